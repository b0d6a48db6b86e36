//! Secrets at rest: AES-256-GCM under a key that lives in a file of its own, and digests by which a
//! secret is found again without opening any (HMAC-SHA-256).

use std::fmt;
use std::io::Write;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The key that seals stored secrets.
pub struct MasterKey {
    sealing: RandomizedNonceKey,
    digesting: hmac::Key,
}

/// The key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Not readable, or not to be made.
    #[error("secret key file {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not a key.
    #[error("secret key file {path} does not hold 32 bytes in base64")]
    Content {
        /// The file.
        path: String,
    },
    /// No random bytes for a new one.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
}

const KEY_BYTES: usize = 32;

impl MasterKey {
    /// Reads the key file; makes one, readable by its owner only, when there is none.
    ///
    /// # Errors
    ///
    /// [`MasterKeyError`].
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        let name = || path.display().to_string();
        let failed = |source| MasterKeyError::File { path: name(), source };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_BYTES];
                getrandom::fill(&mut key).map_err(MasterKeyError::Random)?;
                let text = BASE64_STANDARD.encode(key);
                write_private(path, &format!("{text}\n")).map_err(failed)?;
                text
            }
            Err(error) => return Err(failed(error)),
        };
        let content = || MasterKeyError::Content { path: name() };
        let key = BASE64_STANDARD.decode(text.trim()).map_err(|_| content())?;
        Self::new(&key).ok_or_else(content)
    }

    fn new(key: &[u8]) -> Option<Self> {
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
        // A key of its own: what is made for one purpose says nothing about the other.
        let own = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), b"gatewright digests");
        Some(Self { sealing, digesting: hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()) })
    }

    /// Encrypts a secret for its owner; another owner's cannot be put in its place.
    #[must_use]
    pub fn seal(&self, owner: &str, secret: &str) -> Option<String> {
        let mut sealed = secret.as_bytes().to_vec();
        let aad = Aad::from(owner.as_bytes());
        let nonce = self.sealing.seal_in_place_append_tag(aad, &mut sealed).ok()?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Some(BASE64_STANDARD.encode(bytes))
    }

    /// Decrypts what [`seal`](Self::seal) made; absent under another key or owner.
    #[must_use]
    pub fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64_STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(owner.as_bytes());
        let secret = self.sealing.open_in_place(Nonce::from(nonce), aad, &mut sealed).ok()?;
        String::from_utf8(secret.to_vec()).ok()
    }

    /// The same for the same secret of the same kind, and not to be made, or compared with a guess,
    /// without the key.
    #[must_use]
    pub fn digest(&self, kind: &str, secret: &str) -> String {
        let mut context = hmac::Context::with_key(&self.digesting);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(secret.as_bytes());
        BASE64_STANDARD.encode(context.sign())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
///
/// When the disk fails; a file that was there before is left as it was.
pub fn write_private(path: &Path, content: &str) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_opened_by_the_same_key_and_owner_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("secret.key");
        let key = MasterKey::load_or_create(&path).expect("made");
        let sealed = key.seal("AKIA1", "secret").expect("sealed");
        assert!(!sealed.contains("secret"));
        let again = MasterKey::load_or_create(&path).expect("read");
        assert_eq!(again.open("AKIA1", &sealed).as_deref(), Some("secret"));
        assert_eq!(again.open("AKIA2", &sealed), None);
        let other = MasterKey::load_or_create(&directory.path().join("other")).expect("made");
        assert_eq!(other.open("AKIA1", &sealed), None);
        assert_eq!(again.digest("api key", "secret"), key.digest("api key", "secret"));
        for other in [key.digest("api key", "secreT"), key.digest("token", "secret")] {
            assert_ne!(other, key.digest("api key", "secret"));
        }
        assert_ne!(key.digest("api key", "secret"), other.digest("api key", "secret"));
        #[cfg(unix)]
        {
            let mode = std::fs::metadata(&path).expect("there").permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
        }
        std::fs::write(&path, "short").expect("written");
        assert!(matches!(MasterKey::load_or_create(&path), Err(MasterKeyError::Content { .. })));
    }
}
