//! What the feed carries: entries by key, in batches that are applied whole.

use gatewright_types::{ApiId, StageName};

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKey {
    /// A stage and the deployment it points at; the value is a
    /// [`StageDocument`](gatewright_snapshot::StageDocument).
    Stage {
        /// The API.
        api_id: ApiId,
        /// The stage.
        stage_name: StageName,
    },
}

/// One put or delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The revision it was last changed under.
    pub revision: u64,
    /// What it is about.
    pub key: EntryKey,
    /// The value as JSON text; absent for a delete.
    pub value: Option<String>,
}

/// How far a reader is: revisions count within one database only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The database's own id; a restored copy of it with another history gets another.
    pub source: String,
    /// The last revision applied.
    pub revision: u64,
}

/// Changes that lead from one position to another, applied as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Where a reader stands once it has applied this.
    pub position: Position,
    /// Whether this is the whole state: what it does not name is gone.
    pub complete: bool,
    /// The changes, by rising revision.
    pub entries: Vec<Entry>,
}
