//! The feed on the wire: one JSON record a line. Format 2 added access keys and domain
//! names.
//!
//! `hello`, then entries and a `synced` mark that makes them one batch, again and again; a
//! `heartbeat` when nothing changes.

use gatewright_types::{ApiId, StageName};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Batch, Entry, EntryKey, Position};

/// The format this version speaks.
pub(crate) const FORMAT: u32 = 2;

/// A value as it came, which may hold a secret; absent where the key is gone.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Document(Option<Box<RawValue>>);

impl Document {
    fn into_value(self) -> Option<String> {
        self.0.map(|document| document.get().to_owned())
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Document" } else { "no document" })
    }
}

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Record {
    Hello { format: u32 },
    Stage(StageRecord),
    AccessKey(AccessKeyRecord),
    DomainName(DomainNameRecord),
    Synced { source: String, revision: u64, complete: bool },
    Heartbeat {},
}

/// A stage; without a document it is gone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StageRecord {
    revision: u64,
    api_id: ApiId,
    stage_name: StageName,
    document: Document,
}

/// An access key; without a document it is gone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccessKeyRecord {
    revision: u64,
    access_key_id: String,
    document: Document,
}

/// A domain name; without a document it is gone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DomainNameRecord {
    revision: u64,
    domain_name: String,
    document: Document,
}

/// A line is not a record of this format.
#[derive(Debug, thiserror::Error)]
#[error("a line of the feed is not readable")]
pub(crate) struct WireError(#[from] serde_json::Error);

/// A record as a line.
pub(crate) fn line(record: &Record) -> Result<String, WireError> {
    let mut text = serde_json::to_string(record)?;
    text.push('\n');
    Ok(text)
}

/// A batch as lines.
pub(crate) fn lines(batch: Batch) -> Result<String, WireError> {
    let mut text = String::new();
    for Entry { revision, key, value } in batch.entries {
        let document = Document(value.map(RawValue::from_string).transpose()?);
        text.push_str(&line(&match key {
            EntryKey::Stage { api_id, stage_name } => {
                Record::Stage(StageRecord { revision, api_id, stage_name, document })
            }
            EntryKey::AccessKey { access_key_id } => {
                Record::AccessKey(AccessKeyRecord { revision, access_key_id, document })
            }
            EntryKey::DomainName { domain_name } => {
                Record::DomainName(DomainNameRecord { revision, domain_name, document })
            }
        })?);
    }
    let Position { source, revision } = batch.position;
    text.push_str(&line(&Record::Synced { source, revision, complete: batch.complete })?);
    Ok(text)
}

/// A line's record.
pub(crate) fn parse(line: &[u8]) -> Result<Record, WireError> {
    Ok(serde_json::from_slice(line)?)
}

impl From<StageRecord> for Entry {
    fn from(record: StageRecord) -> Self {
        Self {
            revision: record.revision,
            key: EntryKey::Stage { api_id: record.api_id, stage_name: record.stage_name },
            value: record.document.into_value(),
        }
    }
}

impl From<AccessKeyRecord> for Entry {
    fn from(record: AccessKeyRecord) -> Self {
        Self {
            revision: record.revision,
            key: EntryKey::AccessKey { access_key_id: record.access_key_id },
            value: record.document.into_value(),
        }
    }
}

impl From<DomainNameRecord> for Entry {
    fn from(record: DomainNameRecord) -> Self {
        Self {
            revision: record.revision,
            key: EntryKey::DomainName { domain_name: record.domain_name },
            value: record.document.into_value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_survive_the_wire() {
        let key = |name: &str| EntryKey::Stage {
            api_id: ApiId::new("a1"),
            stage_name: StageName::new(name),
        };
        let batch = Batch {
            position: Position { source: "s".to_owned(), revision: 7 },
            complete: false,
            entries: vec![
                Entry { revision: 6, key: key("dev"), value: Some("{\"x\":\"é\"}".to_owned()) },
                Entry { revision: 7, key: key("$default"), value: None },
                Entry {
                    revision: 7,
                    key: EntryKey::AccessKey { access_key_id: "AKIA1".to_owned() },
                    value: Some("{}".to_owned()),
                },
                Entry {
                    revision: 7,
                    key: EntryKey::DomainName { domain_name: "*.example.com".to_owned() },
                    value: None,
                },
            ],
        };
        let text = lines(batch.clone()).expect("encodes");
        assert_eq!(
            text,
            "{\"stage\":{\"revision\":6,\"api_id\":\"a1\",\"stage_name\":\"dev\",\"document\":{\"x\":\"é\"}}}\n\
             {\"stage\":{\"revision\":7,\"api_id\":\"a1\",\"stage_name\":\"$default\",\"document\":null}}\n\
             {\"access_key\":{\"revision\":7,\"access_key_id\":\"AKIA1\",\"document\":{}}}\n\
             {\"domain_name\":{\"revision\":7,\"domain_name\":\"*.example.com\",\"document\":null}}\n\
             {\"synced\":{\"source\":\"s\",\"revision\":7,\"complete\":false}}\n"
        );
        let entries = text.lines().take(4).map(|line| match parse(line.as_bytes()) {
            Ok(Record::Stage(record)) => Entry::from(record),
            Ok(Record::AccessKey(record)) => Entry::from(record),
            Ok(Record::DomainName(record)) => Entry::from(record),
            other => panic!("{other:?}"),
        });
        assert_eq!(entries.collect::<Vec<_>>(), batch.entries);
        assert!(parse(b"{\"unheard_of\":{}}").is_err());
    }
}
