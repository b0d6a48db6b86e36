//! What is kept, and shared by replicas: one directory of small files, each replaced whole.
//!
//! ```text
//! <store>/<authority>/lock                    held by the replica that orders
//!                    /account.json            whom the authority knows, with the key
//!                    /certificates/<name>.pem the chain and its key, in one file: they never differ
//!                    /challenges/<name>.json  what the authority asks for just now
//!                    /attempts/<name>.json    orders that came to nothing, and when the next may be
//! ```
//!
//! Everything has mode 0600, since all but the last two hold keys. What is no longer wanted stays: a
//! domain name that comes back needs no new order.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use gatewright_secrets::write_private;
use instant_acme::AccountCredentials;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use crate::ChallengeKind;

/// The directory.
#[derive(Debug)]
pub(crate) struct Store(PathBuf);

/// Held by the one replica that orders, until it is dropped.
#[derive(Debug)]
pub(crate) struct OrderLock {
    _file: File,
}

/// Whom the authority knows.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredAccount {
    pub(crate) contact: Vec<String>,
    pub(crate) credentials: AccountCredentials,
}

/// What an authority asks of a name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredChallenge {
    pub(crate) kind: ChallengeKind,
    pub(crate) token: String,
    pub(crate) key_authorization: String,
}

/// A challenge's file, for as long as its order lasts.
#[derive(Debug)]
pub(crate) struct ShownChallenge(PathBuf);

impl Drop for ShownChallenge {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "cannot be removed");
        }
    }
}

impl Store {
    /// The part of a directory that belongs to an authority, made when absent: certificates of one
    /// that was tried first are not taken for another's.
    pub(crate) fn open(directory: &Path, directory_url: &str) -> io::Result<Self> {
        let root = directory.join(authority_name(directory_url));
        for part in ["certificates", "challenges", "attempts"] {
            let part = root.join(part);
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&part);
            made.map_err(|error| about(&part, &error))?;
        }
        Ok(Self(root))
    }

    /// Absent while another replica holds it.
    pub(crate) fn lock(&self) -> io::Result<Option<OrderLock>> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.0.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(OrderLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    pub(crate) fn certificate_file(&self, name: &str) -> PathBuf {
        self.0.join("certificates").join(format!("{name}.pem"))
    }

    pub(crate) fn put_certificate(&self, name: &str, pem: &str) -> io::Result<()> {
        write_private(&self.certificate_file(name), pem)
    }

    pub(crate) fn account_file(&self) -> PathBuf {
        self.0.join("account.json")
    }

    pub(crate) fn account(&self) -> io::Result<Option<StoredAccount>> {
        read(&self.account_file())
    }

    pub(crate) fn put_account(&self, account: &StoredAccount) -> io::Result<()> {
        write(&self.account_file(), account)
    }

    /// Forgets an account that the authority does not know any more.
    pub(crate) fn forget_account(&self) -> io::Result<()> {
        remove(&self.account_file())
    }

    fn attempt_file(&self, name: &str) -> PathBuf {
        self.0.join("attempts").join(format!("{name}.json"))
    }

    pub(crate) fn attempt(&self, name: &str) -> io::Result<Option<Attempt>> {
        read(&self.attempt_file(name))
    }

    pub(crate) fn put_attempt(&self, name: &str, attempt: &Attempt) -> io::Result<()> {
        write(&self.attempt_file(name), attempt)
    }

    pub(crate) fn forget_attempt(&self, name: &str) -> io::Result<()> {
        remove(&self.attempt_file(name))
    }

    /// Shows a challenge's answer to all replicas.
    pub(crate) fn show(
        &self,
        name: &str,
        challenge: &StoredChallenge,
    ) -> io::Result<ShownChallenge> {
        let path = self.0.join("challenges").join(format!("{name}.json"));
        write(&path, challenge)?;
        Ok(ShownChallenge(path))
    }

    /// All that are shown, by name.
    pub(crate) fn challenges(&self) -> io::Result<BTreeMap<String, StoredChallenge>> {
        let mut challenges = BTreeMap::new();
        for entry in self.0.join("challenges").read_dir()? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.and_then(|name| name.strip_suffix(".json")).map(str::to_owned);
            let Some(name) = name else { continue };
            match read(&path) {
                Ok(Some(challenge)) => drop(challenges.insert(name, challenge)),
                // Gone again; or damaged, and gone when the next order begins.
                Ok(None) => {}
                Err(error) if error.kind() == ErrorKind::InvalidData => {}
                Err(error) => return Err(error),
            }
        }
        Ok(challenges)
    }

    /// Removes what an order left behind whose replica was killed. For who holds the lock.
    pub(crate) fn clear_challenges(&self, _lock: &OrderLock) -> io::Result<()> {
        for entry in self.0.join("challenges").read_dir()? {
            remove(&entry?.path())?;
        }
        Ok(())
    }
}

/// An authority's URL as the name of a folder: letters, digits, dots and dashes.
fn authority_name(directory_url: &str) -> String {
    let url = directory_url.strip_prefix("https://").unwrap_or(directory_url);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let name = url.trim_end_matches('/').chars().map(|c| if is_plain(c) { c } else { '-' });
    name.collect::<String>().trim_start_matches('.').to_owned()
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(about(path, &error)),
    };
    // Not the error's own words, which may quote what is secret.
    let unfit = |_| io::Error::new(ErrorKind::InvalidData, "it is not what was written there");
    serde_json::from_slice(&text).map(Some).map_err(|error| about(path, &unfit(error)))
}

fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(value).map_err(io::Error::other)?;
    write_private(path, &text).map_err(|error| about(path, &error))
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(about(path, &error)),
        _ => Ok(()),
    }
}

fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folders_are_named_by_the_authority() {
        for (url, name) in [
            (
                "https://acme-v02.api.letsencrypt.org/directory",
                "acme-v02.api.letsencrypt.org-directory",
            ),
            ("https://127.0.0.1:14000/dir", "127.0.0.1-14000-dir"),
            ("https://ca.example/../x/?y=/", "ca.example-..-x--y-"),
        ] {
            assert_eq!(authority_name(url), name.trim_end_matches('/'));
        }
    }

    #[test]
    fn one_replica_orders() {
        let directory = tempfile::tempdir().expect("a directory");
        let open = || Store::open(directory.path(), "https://ca.example/dir").expect("open");
        let (one, other) = (open(), open());
        let lock = one.lock().expect("lockable").expect("free");
        assert!(other.lock().expect("lockable").is_none());
        drop(lock);
        assert!(other.lock().expect("lockable").is_some());
    }

    #[test]
    fn challenges_are_seen_by_all_until_their_order_ends() {
        let directory = tempfile::tempdir().expect("a directory");
        let open = || Store::open(directory.path(), "https://ca.example/dir").expect("open");
        let (one, other) = (open(), open());
        let challenge = StoredChallenge {
            kind: ChallengeKind::Http,
            token: "t".to_owned(),
            key_authorization: "t.k".to_owned(),
        };
        let shown = one.show("a.example", &challenge).expect("written");
        assert_eq!(std::fs::metadata(&shown.0).expect("there").permissions().mode() & 0o777, 0o600);
        assert!(other.challenges().expect("readable").get("a.example") == Some(&challenge));
        drop(shown);
        assert!(other.challenges().expect("readable").is_empty());
        // A replica that was killed takes nothing back; the next that orders does.
        std::mem::forget(one.show("b.example", &challenge).expect("written"));
        std::fs::write(one.0.join("challenges/c.example.json"), "{").expect("written");
        assert_eq!(other.challenges().expect("readable").len(), 1);
        let lock = other.lock().expect("lockable").expect("free");
        other.clear_challenges(&lock).expect("cleared");
        assert!(other.challenges().expect("readable").is_empty());
    }
}
