//! The last-good catalogue on disk: what a data plane starts from when no control plane answers.
//!
//! A change costs what it changes. Every value carries its checksum; a file that is damaged
//! anywhere is refused whole and set aside, never served in part. What access keys are made of is
//! sealed in it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatewright_secrets::MasterKey;
use gatewright_types::{ApiId, StageName};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use sha2::{Digest, Sha256};

use crate::{Batch, Entry, EntryKey, Position};

/// The file, open.
#[derive(Clone, Debug)]
pub struct LastGood {
    database: Arc<Database>,
    master_key: Arc<MasterKey>,
}

/// What opening found.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub last_good: LastGood,
    /// What it holds; absent when it is new.
    pub batch: Option<Batch>,
    /// Why what was there before was set aside.
    pub damaged: Option<String>,
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LastGoodError {
    /// The database in it fails.
    #[error("the last-good catalogue's file")]
    Database(#[source] Box<redb::Error>),
    /// Another process has it open.
    #[error("{path} is in use by another process")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// What it holds is not what was written.
    #[error("{0}")]
    Damaged(String),
    /// The damaged file cannot be set aside.
    #[error("{path} cannot be set aside")]
    SetAside {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The thread that writes is gone.
    #[error("the write to disk was interrupted")]
    Interrupted,
}

const META: TableDefinition<'_, &str, &str> = TableDefinition::new("meta");
const ENTRIES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("entries");
const FORMAT: &str = "1";
const CHECKSUM_BYTES: usize = 32;
const REVISION_BYTES: usize = 8;

impl LastGood {
    /// Opens the file, which is made when absent. A damaged one is renamed to `….damaged`.
    ///
    /// # Errors
    ///
    /// When another process has it open, or the disk fails.
    pub fn open(path: &Path, master_key: MasterKey) -> Result<Opened, LastGoodError> {
        let master_key = Arc::new(master_key);
        match read_existing(path, &master_key) {
            Ok((last_good, batch)) => Ok(Opened { last_good, batch, damaged: None }),
            Err(LastGoodError::Damaged(why)) => {
                let mut aside = path.as_os_str().to_owned();
                aside.push(".damaged");
                std::fs::rename(path, &aside)
                    .map_err(|source| LastGoodError::SetAside { path: path.to_owned(), source })?;
                let (last_good, batch) = read_existing(path, &master_key)?;
                Ok(Opened { last_good, batch, damaged: Some(why) })
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps a batch, whole or not at all.
    ///
    /// # Errors
    ///
    /// When the disk fails; the file then holds what it held before.
    pub async fn save(&self, batch: Batch) -> Result<(), LastGoodError> {
        let Self { database, master_key } = self.clone();
        let saved =
            tokio::task::spawn_blocking(move || write(&database, &master_key, &batch)).await;
        saved.map_err(|_| LastGoodError::Interrupted)?.map_err(failed)
    }
}

fn read_existing(
    path: &Path,
    master_key: &Arc<MasterKey>,
) -> Result<(LastGood, Option<Batch>), LastGoodError> {
    let database = Database::create(path).map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => LastGoodError::InUse { path: path.to_owned() },
        redb::DatabaseError::Storage(redb::StorageError::Io(error))
            if error.kind() != std::io::ErrorKind::InvalidData
                && error.kind() != std::io::ErrorKind::UnexpectedEof =>
        {
            failed(redb::Error::Io(error))
        }
        // Not a file of ours, cut short, or of a future version of the library.
        other => LastGoodError::Damaged(format!("{}: {other}", path.display())),
    })?;
    let batch = read(&database, master_key).map_err(|error| match error {
        LastGoodError::Database(cause) => {
            LastGoodError::Damaged(format!("{}: {cause}", path.display()))
        }
        other => other,
    })?;
    let (database, master_key) = (Arc::new(database), Arc::clone(master_key));
    Ok((LastGood { database, master_key }, batch))
}

fn write(database: &Database, master_key: &MasterKey, batch: &Batch) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut entries = transaction.open_table(ENTRIES)?;
        if batch.complete {
            entries.retain(|_, _| false)?;
        }
        for entry in &batch.entries {
            let key = entry.key.to_string();
            // A secret that cannot be sealed is not kept, and heard of anew after a restart.
            let value = entry.value.as_ref().and_then(|value| match entry.key {
                EntryKey::AccessKey { .. } => master_key.seal(&key, value).map(Cow::Owned),
                _ => Some(Cow::Borrowed(value.as_str())),
            });
            match value {
                Some(value) => {
                    entries
                        .insert(key.as_str(), summed(&key, entry.revision, &value).as_slice())?;
                }
                None => {
                    entries.remove(key.as_str())?;
                }
            }
        }
        let mut meta = transaction.open_table(META)?;
        meta.insert("format", FORMAT)?;
        meta.insert("source", batch.position.source.as_str())?;
        meta.insert("revision", batch.position.revision.to_string().as_str())?;
    }
    transaction.commit()?;
    Ok(())
}

fn read(database: &Database, master_key: &MasterKey) -> Result<Option<Batch>, LastGoodError> {
    let transaction = database.begin_read().map_err(failed)?;
    let meta = match transaction.open_table(META) {
        Ok(meta) => meta,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let text = |name: &str| -> Result<String, LastGoodError> {
        let value = meta.get(name).map_err(failed)?;
        value
            .map(|value| value.value().to_owned())
            .ok_or_else(|| LastGoodError::Damaged(format!("{name} is missing")))
    };
    let format = text("format")?;
    if format != FORMAT {
        return Err(LastGoodError::Damaged(format!(
            "format {format} is not known to this version"
        )));
    }
    let revision = text("revision")?
        .parse()
        .map_err(|_| LastGoodError::Damaged("the revision is not a number".to_owned()))?;
    let position = Position { source: text("source")?, revision };
    let mut entries = Vec::new();
    for item in transaction.open_table(ENTRIES).map_err(failed)?.iter().map_err(failed)? {
        let (key, value) = item.map_err(failed)?;
        let (key, value) = (key.value(), value.value());
        entries.push(
            opened(master_key, key, value)
                .ok_or_else(|| LastGoodError::Damaged(format!("entry {key} is damaged")))?,
        );
    }
    Ok(Some(Batch { position, complete: true, entries }))
}

/// Checksum, revision, value.
fn summed(key: &str, revision: u64, value: &str) -> Vec<u8> {
    let mut bytes = checksum(key, revision, value.as_bytes()).to_vec();
    bytes.extend(revision.to_be_bytes());
    bytes.extend(value.as_bytes());
    bytes
}

fn opened(master_key: &MasterKey, key: &str, bytes: &[u8]) -> Option<Entry> {
    let (sum, rest) = bytes.split_first_chunk::<CHECKSUM_BYTES>()?;
    let (revision, value) = rest.split_first_chunk::<REVISION_BYTES>()?;
    let revision = u64::from_be_bytes(*revision);
    if checksum(key, revision, value) != *sum {
        return None;
    }
    let value = String::from_utf8(value.to_vec()).ok()?;
    let parsed = parse_key(key)?;
    let value = match parsed {
        EntryKey::AccessKey { .. } => master_key.open(key, &value)?,
        _ => value,
    };
    Some(Entry { revision, key: parsed, value: Some(value) })
}

fn checksum(key: &str, revision: u64, value: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new().chain_update(key).chain_update(revision.to_be_bytes());
    digest.chain_update(value).finalize().into()
}

fn parse_key(text: &str) -> Option<EntryKey> {
    let (kind, name) = text.split_once('/')?;
    Some(match kind {
        "stage" => {
            let (api_id, stage_name) = name.split_once('/')?;
            let (api_id, stage_name) = (ApiId::new(api_id), StageName::new(stage_name));
            EntryKey::Stage { api_id, stage_name }
        }
        "access_key" => EntryKey::AccessKey { access_key_id: name.to_owned() },
        "domain_name" => EntryKey::DomainName { domain_name: name.to_owned() },
        _ => return None,
    })
}

fn failed(error: impl Into<redb::Error>) -> LastGoodError {
    LastGoodError::Database(Box::new(error.into()))
}

#[cfg(test)]
mod tests;
