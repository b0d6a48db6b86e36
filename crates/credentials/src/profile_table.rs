//! The format of AWS's shared credentials file ("Shared config and credentials files" of the AWS SDKs
//! and tools reference guide): sections are profiles, of which the access keys count here.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_sigv4::Credentials;

/// The access keys of a file, by profile.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ProfileTable(BTreeMap<String, Arc<Credentials>>);

/// A text that is none. What stands on the line may be a secret, and is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct MalformedProfiles {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// A profile as far as it has been read.
#[derive(Default)]
struct Draft {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
}

impl ProfileTable {
    /// Reads a file's text. A profile without an access key's id and secret (one that assumes a role,
    /// or asks a program) is none of ours; of two values the later counts.
    pub(crate) fn parse(text: &str) -> Result<Self, MalformedProfiles> {
        let mut drafts = BTreeMap::<String, Draft>::new();
        let mut current = None;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (index, written) in text.lines().enumerate() {
            let malformed = |problem| MalformedProfiles { line: index + 1, problem };
            let line = written.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(section) = line.strip_prefix('[') {
                let name =
                    section_name(section).ok_or_else(|| malformed("not a section's name"))?;
                current = Some(drafts.entry(name.to_owned()).or_default());
                continue;
            }
            let Some((name, value)) = line.split_once('=') else {
                // What follows a line of another's, such as a list.
                if written.starts_with([' ', '\t']) && current.is_some() {
                    continue;
                }
                return Err(malformed("neither a section, a property nor a comment"));
            };
            let draft = current.as_mut().ok_or_else(|| malformed("a property of no section"))?;
            let value = without_comment(value);
            let (place, is_sent) = match &*name.trim().to_ascii_lowercase() {
                "aws_access_key_id" => (&mut draft.access_key_id, true),
                "aws_secret_access_key" => (&mut draft.secret_access_key, false),
                "aws_session_token" => (&mut draft.session_token, true),
                _ => continue,
            };
            if is_sent && !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(malformed("not a value that can stand in a header"));
            }
            value.clone_into(place);
        }
        let profiles =
            drafts.into_iter().filter_map(|(name, draft)| Some((name, draft.credentials()?)));
        Ok(Self(profiles.collect()))
    }

    pub(crate) fn get(&self, profile: &str) -> Option<&Arc<Credentials>> {
        self.0.get(profile)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Draft {
    fn credentials(self) -> Option<Arc<Credentials>> {
        if self.access_key_id.is_empty() || self.secret_access_key.is_empty() {
            return None;
        }
        Some(Arc::new(Credentials {
            access_key_id: self.access_key_id,
            secret_access_key: self.secret_access_key,
            session_token: Some(self.session_token).filter(|token| !token.is_empty()),
        }))
    }
}

/// The profile of `name]` or, as the configuration file writes it, `profile name]`.
fn section_name(section: &str) -> Option<&str> {
    let (name, rest) = section.split_once(']')?;
    if !without_comment(rest).is_empty() && !rest.starts_with(['#', ';']) {
        return None;
    }
    let name = name.trim();
    let name = match name.strip_prefix("profile") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim(),
        _ => name,
    };
    let quoted = |quote| name.strip_prefix(quote)?.strip_suffix(quote);
    let name = quoted('"').or_else(|| quoted('\'')).unwrap_or(name);
    (!name.is_empty()).then_some(name)
}

/// White space and `#` or `;` end a value.
fn without_comment(value: &str) -> &str {
    let mut starts = value.match_indices(['#', ';']).map(|(at, _)| at);
    let comment = starts.find(|at| value[..*at].ends_with([' ', '\t']));
    value[..comment.unwrap_or(value.len())].trim()
}

#[cfg(test)]
mod tests;
