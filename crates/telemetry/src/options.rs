//! What operators may set.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatewright_types::ConfigKey;
use serde::Deserialize;

use crate::access_logs::plain_arn;

/// `[telemetry]`: where spans and OTLP log records go.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// OTLP/HTTP, without `/v1/traces` and `/v1/logs`. Empty: no spans.
    pub otlp_endpoint: String,
    /// Headers that are sent with it, one `name: value` a line; read again for each request, so
    /// that tokens rotate. Empty: none.
    pub otlp_headers_file: PathBuf,
    /// The part, from 0 to 1, of requests without a trace context that is recorded.
    #[serde(deserialize_with = "ratio")]
    pub sample_ratio: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { otlp_endpoint: String::new(), otlp_headers_file: PathBuf::new(), sample_ratio: 1.0 }
    }
}

/// `[access_logs."<ARN>"]`: what the `destinationArn` of a stage's access log settings means.
pub type AccessLogOptions = BTreeMap<String, Sink>;

/// Where the lines of one ARN go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Sink {
    /// Standard output, as for an ARN that is not mapped.
    Stdout {},
    /// A file.
    File(FileOptions),
    /// Log records to `telemetry.otlp_endpoint`.
    Otlp {},
}

/// A file with rotation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileOptions {
    /// Appended to; made with mode 0640 when absent.
    pub path: PathBuf,
    /// Bytes at which the file becomes `<path>.1`; 0: never.
    #[serde(default = "rotate_bytes")]
    pub rotate_bytes: u64,
    /// Rotated files that are kept.
    #[serde(default = "rotate_files")]
    pub rotate_files: u32,
}

fn rotate_bytes() -> u64 {
    100 * 1024 * 1024
}

fn rotate_files() -> u32 {
    5
}

/// Below this a file would rotate with nearly every write.
const ROTATE_BYTES_MIN: u64 = 64 * 1024;
const ROTATE_FILES_MAX: u32 = 1000;

/// A setting contradicts another, or is out of range.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Not a base URL.
    #[error("telemetry.otlp_endpoint: '{0}' is not http(s)://host:port, with or without a path")]
    Endpoint(String),
    /// An access log goes where nothing is.
    #[error("access_logs.\"{0}\".kind: otlp needs telemetry.otlp_endpoint")]
    NoEndpoint(String),
    /// A file without a name.
    #[error("access_logs.\"{0}\".path is empty")]
    NoPath(String),
    /// Out of range.
    #[error("access_logs.\"{0}\".rotate_bytes is neither 0 nor at least {ROTATE_BYTES_MIN}")]
    RotateBytes(String),
    /// Out of range.
    #[error("access_logs.\"{0}\".rotate_files is not between 1 and {ROTATE_FILES_MAX}")]
    RotateFiles(String),
    /// One log group, with and without `:*`.
    #[error("access_logs.\"{0}\" and access_logs.\"{0}:*\" mean the same")]
    Twice(String),
    /// Two rotations of one file.
    #[error("access_logs.\"{0}\" rotates the file of access_logs.\"{1}\" differently")]
    Rotations(String, String),
}

impl Options {
    /// Checks what a single value cannot show.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names the key.
    pub fn check(&self, access_logs: &AccessLogOptions) -> Result<(), OptionsError> {
        if !self.otlp_endpoint.is_empty() && crate::otlp::Endpoint::parse(self).is_none() {
            return Err(OptionsError::Endpoint(self.otlp_endpoint.clone()));
        }
        let mut files = BTreeMap::new();
        for (arn, sink) in access_logs {
            let plain = plain_arn(arn);
            if plain != arn && access_logs.contains_key(plain) {
                return Err(OptionsError::Twice(plain.to_owned()));
            }
            match sink {
                Sink::Stdout {} => {}
                Sink::Otlp {} if self.otlp_endpoint.is_empty() => {
                    return Err(OptionsError::NoEndpoint(arn.clone()));
                }
                Sink::Otlp {} => {}
                Sink::File(file) => {
                    file.check(arn)?;
                    let (first, same) = files.entry(&file.path).or_insert((arn, file));
                    if *same != file {
                        return Err(OptionsError::Rotations(arn.clone(), (*first).clone()));
                    }
                }
            }
        }
        Ok(())
    }
}

impl FileOptions {
    fn check(&self, arn: &str) -> Result<(), OptionsError> {
        if self.path.as_os_str().is_empty() {
            return Err(OptionsError::NoPath(arn.to_owned()));
        }
        if self.rotate_bytes != 0 && self.rotate_bytes < ROTATE_BYTES_MIN {
            return Err(OptionsError::RotateBytes(arn.to_owned()));
        }
        if !(1..=ROTATE_FILES_MAX).contains(&self.rotate_files) {
            return Err(OptionsError::RotateFiles(arn.to_owned()));
        }
        Ok(())
    }
}

/// A number from 0 to 1, also as text: so it comes out of the environment.
fn ratio<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelling {
        Whole(i64),
        Number(f64),
        Text(String),
    }
    let ratio = match Spelling::deserialize(deserializer)? {
        Spelling::Whole(whole) => whole as f64,
        Spelling::Number(number) => number,
        Spelling::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
    };
    if (0.0..=1.0).contains(&ratio) {
        return Ok(ratio);
    }
    Err(serde::de::Error::custom("sample_ratio is not a number between 0 and 1"))
}

/// The keys of `[telemetry]`, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "telemetry.otlp_endpoint",
        default: "\"\"",
        meaning: "OTLP over HTTP with JSON, without /v1/…, for example http://collector:4318; empty: no spans",
    },
    ConfigKey {
        key: "telemetry.otlp_headers_file",
        default: "\"\"",
        meaning: "file of headers for it, one `name: value` a line, read again for each request",
    },
    ConfigKey {
        key: "telemetry.sample_ratio",
        default: "\"1.0\"",
        meaning: "part of the requests without a traceparent that is recorded as spans; those with one follow its flag",
    },
];

/// The keys of each table `[access_logs."<ARN>"]`, for docs/CONFIG.md.
pub const TABLE_KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "access_logs.\"<ARN>\".kind",
        default: "(required)",
        meaning: "where the access logs with this destinationArn go: stdout (as for every ARN without a table), file or otlp",
    },
    ConfigKey {
        key: "access_logs.\"<ARN>\".path",
        default: "(required for a file)",
        meaning: "the file; opened anew when it was moved away, so log rotation from outside needs no signal",
    },
    ConfigKey {
        key: "access_logs.\"<ARN>\".rotate_bytes",
        default: "104857600",
        meaning: "bytes at which the file becomes <path>.1; 0: never",
    },
    ConfigKey {
        key: "access_logs.\"<ARN>\".rotate_files",
        default: "5",
        meaning: "rotated files that are kept",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        telemetry: Options,
        #[serde(default)]
        access_logs: AccessLogOptions,
    }

    fn check(text: &str) -> Result<(), String> {
        let file = toml::from_str::<File>(text).map_err(|error| error.to_string())?;
        file.telemetry.check(&file.access_logs).map_err(|error| error.to_string())
    }

    #[test]
    fn mistakes_name_their_key() {
        for (text, expected) in [
            ("[telemetry]\notlp_endpoint = 'collector:4318'", "telemetry.otlp_endpoint: 'coll"),
            ("[telemetry]\nsample_ratio = 1.5", "sample_ratio is not"),
            ("[telemetry]\nsample_ratio = 'half'", "sample_ratio is not"),
            ("[telemetry]\nnope = 1", "unknown field `nope`"),
            ("[access_logs.\"a\"]\nkind = 'otlp'", "access_logs.\"a\".kind: otlp needs"),
            ("[access_logs.\"a\"]\nkind = 'tape'", "unknown variant `tape`"),
            ("[access_logs.\"a\"]\nkind = 'stdout'\npath = 'x'", "unknown field `path`"),
            ("[access_logs.\"a\"]\nkind = 'file'", "missing field `path`"),
            ("[access_logs.\"a\"]\nkind = 'file'\npath = ''", "\"a\".path is empty"),
            (
                "[access_logs.\"a\"]\nkind = 'stdout'\n[access_logs.\"a:*\"]\nkind = 'stdout'",
                "access_logs.\"a\" and access_logs.\"a:*\" mean the same",
            ),
            (
                "[access_logs.\"a\"]\nkind = 'file'\npath = 'x'\nrotate_bytes = 65535",
                "\"a\".rotate_bytes is neither",
            ),
            (
                "[access_logs.\"a\"]\nkind = 'file'\npath = 'x'\nrotate_files = 0",
                "\"a\".rotate_files is not",
            ),
            (
                "[access_logs.\"a\"]\nkind = 'file'\npath = 'x'\n[access_logs.\"b\"]\nkind = 'file'\npath = 'x'\nrotate_files = 2",
                "access_logs.\"b\" rotates the file of access_logs.\"a\" differently",
            ),
        ] {
            let error = check(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_right_is_taken() {
        for text in [
            "",
            "[telemetry]\nsample_ratio = 0",
            "[telemetry]\nsample_ratio = '0.25'",
            "[telemetry]\notlp_endpoint = 'https://collector/otlp'\n[access_logs.\"a\"]\nkind = 'otlp'",
            "[access_logs.\"a\"]\nkind = 'file'\npath = 'x'\nrotate_bytes = 0\n[access_logs.\"b\"]\nkind = 'stdout'",
            "[access_logs.\"a\"]\nkind = 'file'\npath = 'x'\n[access_logs.\"b\"]\nkind = 'file'\npath = 'x'",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
