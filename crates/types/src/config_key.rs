//! What docs/CONFIG.md says of a configuration key.

/// One key of the configuration, as its crate's `options.rs` documents it.
#[derive(Clone, Copy, Debug)]
pub struct ConfigKey {
    /// The dotted key, for example `traffic.idle_timeout_ms`.
    pub key: &'static str,
    /// The default as TOML, or words in parentheses where it depends on something.
    pub default: &'static str,
    /// What it means, in one or two sentences; units are in the key.
    pub meaning: &'static str,
}

impl ConfigKey {
    /// The table whose entries this key stands for, as of `private_integrations."<ARN>"`: their
    /// names are the operator's, so only the file can hold them.
    #[must_use]
    pub fn table(&self) -> Option<&'static str> {
        self.key.split_once(".\"<").map(|(table, _)| table)
    }
}
