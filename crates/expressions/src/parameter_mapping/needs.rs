//! What must be there for values to be computed, known when they are compiled.

/// What values need beside a message's head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// The message's body.
    pub(super) body: bool,
    /// What the client said, as `$context` repeats it.
    pub(super) client: bool,
}

impl Needs {
    /// Both.
    pub(super) fn and(self, other: Self) -> Self {
        Self { body: self.body | other.body, client: self.client | other.client }
    }
}
