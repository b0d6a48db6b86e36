//! Lists in parts: by rising `sequence`, so that what is added or removed meanwhile shifts nothing.

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// What [`Listed::next`] said; absent for the first part.
    pub after: Option<i64>,
    /// Items at most.
    pub limit: u32,
}

impl Page {
    /// The first `limit` items.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// In order of creation.
    pub items: Vec<T>,
    /// Where the next part begins; absent behind the last.
    pub next: Option<i64>,
}
