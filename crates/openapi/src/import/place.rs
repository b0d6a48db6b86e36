//! Where in a document something stands, written as AWS writes it: `paths.'/pets'(get).responses`.

use std::fmt;

/// A place, as a chain up to the root; nothing is allocated until it is shown.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Root,
    Pointer(&'a str),
    Member(&'a str),
    Path(&'a str),
    Operation(&'a str),
    Index(usize),
}

/// Characters of a name that are shown; a hostile name may be megabytes long.
const NAME_CHARS_SHOWN: usize = 200;

impl<'a> Place<'a> {
    /// The document.
    pub(super) fn root() -> Place<'static> {
        Place { parent: None, segment: Segment::Root }
    }

    /// What a `$ref` led to.
    pub(super) fn pointer(pointer: &'a str) -> Self {
        Place { parent: None, segment: Segment::Pointer(pointer) }
    }

    pub(super) fn member(&'a self, name: &'a str) -> Self {
        self.child(Segment::Member(name))
    }

    /// An entry of `paths`.
    pub(super) fn path(&'a self, path: &'a str) -> Self {
        self.child(Segment::Path(path))
    }

    /// An operation of a path item.
    pub(super) fn operation(&'a self, method: &'a str) -> Self {
        self.child(Segment::Operation(method))
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        self.child(Segment::Index(index))
    }

    fn child(&'a self, segment: Segment<'a>) -> Self {
        Place { parent: Some(self), segment }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            let first = matches!(parent.segment, Segment::Root);
            if !first && !matches!(self.segment, Segment::Operation(_)) {
                f.write_str(".")?;
            }
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Pointer(name) | Segment::Member(name) => f.write_str(&shown(name)),
            Segment::Path(path) => write!(f, "'{}'", shown(path)),
            Segment::Operation(method) => write!(f, "({method})"),
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// The beginning of a text that a document gives, for a message.
pub(super) fn shown(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(NAME_CHARS_SHOWN) {
        None => text.into(),
        Some((end, _)) => format!("{}...", &text[..end]).into(),
    }
}
