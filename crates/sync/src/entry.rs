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
    /// An access key that may be used; the value is an
    /// [`AccessKeyDocument`](gatewright_snapshot::AccessKeyDocument).
    AccessKey {
        /// What signatures name.
        access_key_id: String,
    },
    /// A domain name and what it leads to; the value is a
    /// [`DomainNameDocument`](gatewright_snapshot::DomainNameDocument).
    DomainName {
        /// The name.
        domain_name: String,
    },
}

impl std::fmt::Display for EntryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stage { api_id, stage_name } => write!(f, "stage/{api_id}/{stage_name}"),
            Self::AccessKey { access_key_id } => write!(f, "access_key/{access_key_id}"),
            Self::DomainName { domain_name } => write!(f, "domain_name/{domain_name}"),
        }
    }
}

/// One put or delete.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The revision it was last changed under.
    pub revision: u64,
    /// What it is about.
    pub key: EntryKey,
    /// The value as JSON text; absent for a delete.
    pub value: Option<String>,
}

/// Without the value, which may hold a secret.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { revision, key, value } = self;
        let value = value.as_ref().map(|_| "…");
        f.debug_struct("Entry")
            .field("revision", revision)
            .field("key", key)
            .field("value", &value)
            .finish()
    }
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
