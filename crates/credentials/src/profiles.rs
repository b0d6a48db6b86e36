//! The file as last read, and reading it again.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use gatewright_sigv4::Credentials;
use gatewright_types::limits::CREDENTIALS_FILE_BYTES_MAX;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::MalformedProfiles;
use crate::profile_table::ProfileTable;

/// The profiles of `aws.credentials_file` as last read. Cloned handles see the same; whoever signs
/// reads no file.
#[derive(Clone, Debug, Default)]
pub struct Profiles(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Absent where none is configured.
    path: Option<PathBuf>,
    table: ArcSwap<ProfileTable>,
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfilesError {
    /// Not readable, or no text.
    #[error("{path} cannot be read")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Larger than such a file may be.
    #[error("{path} has more than {CREDENTIALS_FILE_BYTES_MAX} bytes")]
    TooLarge {
        /// The file.
        path: String,
    },
    /// No shared credentials file.
    #[error("{path} is not a credentials file")]
    Malformed {
        /// The file.
        path: String,
        /// Where.
        #[source]
        source: MalformedProfiles,
    },
}

/// How often the file is read again. Its content is compared, not its time: a mounted Secret is
/// another file each time, and a coarse clock could hide a second change.
const READ_INTERVAL: Duration = Duration::from_secs(2);

impl Profiles {
    /// The profiles of a file. Blocks.
    ///
    /// # Errors
    ///
    /// [`ProfilesError`].
    pub fn open(path: &Path) -> Result<Self, ProfilesError> {
        let table = ArcSwap::from_pointee(read(path)?);
        Ok(Self(Arc::new(Inner { path: Some(path.to_owned()), table })))
    }

    /// The credentials of a profile, if it has any.
    #[must_use]
    pub fn get(&self, profile: &str) -> Option<Arc<Credentials>> {
        self.0.table.load().get(profile).cloned()
    }

    /// Reads the file again every two seconds, until `shutdown` turns true. What cannot be read
    /// changes nothing.
    pub async fn follow(&self, mut shutdown: watch::Receiver<bool>) {
        let Some(path) = &self.0.path else {
            return;
        };
        let mut ticks = interval(READ_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut fails = false;
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = shutdown.wait_for(|stop| *stop) => return,
            }
            let file = path.clone();
            let Ok(found) = tokio::task::spawn_blocking(move || read(&file)).await else {
                // The runtime ends.
                return;
            };
            match found {
                Ok(table) => {
                    fails = false;
                    self.replace(table);
                }
                // Said once, not every two seconds.
                Err(error) if !fails => {
                    fails = true;
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "aws.credentials_file: what was read before stays");
                }
                Err(_) => {}
            }
        }
    }

    fn replace(&self, table: ProfileTable) {
        if **self.0.table.load() != table {
            tracing::info!(profiles = table.len(), "aws.credentials_file has changed");
            self.0.table.store(Arc::new(table));
        }
    }
}

fn read(path: &Path) -> Result<ProfileTable, ProfilesError> {
    let name = || path.display().to_string();
    let failed = |source| ProfilesError::File { path: name(), source };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    let read =
        file.take(CREDENTIALS_FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > CREDENTIALS_FILE_BYTES_MAX {
        return Err(ProfilesError::TooLarge { path: name() });
    }
    let table = ProfileTable::parse(&text);
    table.map_err(|source| ProfilesError::Malformed { path: name(), source })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const ONE: &str = "[a]\naws_access_key_id = one\naws_secret_access_key = s\n";
    const TWO: &str = "[a]\naws_access_key_id = two\naws_secret_access_key = s\n";

    fn id(profiles: &Profiles) -> Option<String> {
        profiles.get("a").map(|credentials| credentials.access_key_id.clone())
    }

    /// Waits, in paused time, until the profile is another's.
    async fn becomes(profiles: &Profiles, expected: Option<&str>) {
        while id(profiles).as_deref() != expected {
            tokio::time::sleep(READ_INTERVAL).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_is_read_again_while_it_is_followed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("credentials");
        fs::write(&path, ONE).expect("written");
        let profiles = Profiles::open(&path).expect("readable");
        assert_eq!(id(&profiles).as_deref(), Some("one"));

        let (stop, stopped) = watch::channel(false);
        let follower = profiles.clone();
        let following = tokio::spawn(async move { follower.follow(stopped).await });
        // Renamed, as whoever replaces a file whole does.
        fs::write(directory.path().join("new"), TWO).expect("written");
        fs::rename(directory.path().join("new"), &path).expect("renamed");
        becomes(&profiles, Some("two")).await;
        // What cannot be read, or is none, changes nothing.
        fs::remove_file(&path).expect("removed");
        tokio::time::sleep(READ_INTERVAL * 3).await;
        fs::write(&path, "[a\n").expect("written");
        tokio::time::sleep(READ_INTERVAL * 3).await;
        assert_eq!(id(&profiles).as_deref(), Some("two"));
        fs::write(&path, ONE).expect("written");
        becomes(&profiles, Some("one")).await;
        // A profile that is taken away is gone.
        fs::write(&path, "[b]\n").expect("written");
        becomes(&profiles, None).await;

        stop.send_replace(true);
        following.await.expect("ends");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_file_there_is_nothing_to_follow() {
        let profiles = Profiles::default();
        let (_stop, stopped) = watch::channel(false);
        profiles.follow(stopped).await;
        assert_eq!(id(&profiles), None);
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("credentials");
        let refused = || Profiles::open(&path).expect_err("refused");
        assert!(matches!(refused(), ProfilesError::File { .. }));
        fs::write(&path, "aws_access_key_id = x\n").expect("written");
        assert!(matches!(refused(), ProfilesError::Malformed { .. }));
        fs::write(&path, [0xff]).expect("written");
        assert!(matches!(refused(), ProfilesError::File { .. }));
        let limit = usize::try_from(CREDENTIALS_FILE_BYTES_MAX).expect("fits");
        fs::write(&path, "#".repeat(limit + 1)).expect("written");
        assert!(matches!(refused(), ProfilesError::TooLarge { .. }));
        fs::write(&path, "#".repeat(limit)).expect("written");
        assert!(Profiles::open(&path).is_ok());
    }
}
