//! Persistence: every resource, its revisions, and what data planes must hear.
//!
//! Two databases, one text per query (docs/adr/0002): `resources/` holds the queries,
//! `sqlite` and `postgres` only what truly differs, and one conformance suite runs on both. A
//! transaction is whole or was not: dropping it rolls back. `sqlx` appears nowhere else.

mod changes;
mod error;
mod migrations;
mod page;
mod postgres;
mod resources;
mod session;
mod sqlite;
mod store;

pub use changes::{
    AccessKeyChange, ChangeKey, Changes, DomainNameChange, DomainNameRow, StageChange, StageRow,
};
pub use error::{Constraint, StoreError};
pub use page::{Listed, Page};
pub use resources::access_key::AccessKey;
pub use resources::api_key::{ApiKeyFilter, StoredApiKey};
pub use session::{Reader, Session, WriteTransaction};
pub use store::Store;

#[cfg(test)]
mod conformance;
