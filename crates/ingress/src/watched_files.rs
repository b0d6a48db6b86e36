//! Files that configuration names: read at the start, and again whenever they change.
//!
//! What cannot be used is refused at the start; later what was read before stays in use.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gatewright_types::limits;
use rustls::pki_types::pem;
use tokio::sync::watch;

/// How soon a change of files is seen.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{key}: cannot read {}", path.display())]
    Unreadable {
        /// The key that names it.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It does not hold what it should.
    #[error("{key}: {} holds no {expected}", path.display())]
    Unfit {
        /// The key that names it.
        key: String,
        /// The file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
        /// Why it is not, where PEM has been read.
        #[source]
        source: Option<pem::Error>,
    },
}

/// Files that belong together, and what they are read to.
pub(crate) trait Source {
    /// What is read from them.
    type Read;
    /// Why it is not.
    type Error: Error + From<FileError>;
    /// What they are, for the log.
    const WHAT: &'static str;

    /// The key of the table's entry that names them.
    fn key(&self) -> &str;
    /// Each of them, with its own key below.
    fn files(&self) -> Vec<(&'static str, &Path)>;
    /// Reads them.
    fn read(&self) -> Result<Self::Read, Self::Error>;
}

/// A source, and the files that were found when it was read.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    pub(crate) source: S,
    /// The files that are in use.
    read: Vec<FileStamp>,
    /// The files that could not be used, when they were looked at last.
    refused: Option<Vec<FileStamp>>,
    complained: bool,
}

/// What tells one state of a file from another, whatever it is reached by: Kubernetes swaps a symbolic
/// link above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStamp {
    inode: (u64, u64),
    modified: (i64, i64),
    bytes: u64,
}

impl<S: Source> Watched<S> {
    /// Reads it for the first time.
    pub(crate) fn load(source: S) -> Result<(Self, S::Read), S::Error> {
        let read = stamps(&source)?;
        let content = source.read()?;
        Ok((Self { source, read, refused: None, complained: false }, content))
    }

    /// One that is read when it is looked at, if it can be.
    pub(crate) fn unread(source: S) -> Self {
        Self { source, read: Vec::new(), refused: None, complained: false }
    }

    /// What is in use from now on, if that is another.
    pub(crate) fn refresh(&mut self) -> Option<S::Read> {
        let found = stamps(&self.source);
        if found.as_ref().is_ok_and(|stamps| *stamps == self.read) {
            (self.refused, self.complained) = (None, false);
            return None;
        }
        // Files that are not there are one state too.
        let found_or_none = found.as_ref().map(Clone::clone).unwrap_or_default();
        if self.complained && self.refused.as_ref() == Some(&found_or_none) {
            return None;
        }
        let content = found.map_err(S::Error::from).and_then(|_| self.source.read());
        match content {
            Ok(content) => {
                // Replaced while they were read: what was read may be half of each.
                let settled = stamps(&self.source).ok()? == found_or_none;
                settled.then(|| {
                    self.read = found_or_none;
                    (self.refused, self.complained) = (None, false);
                    tracing::info!(key = self.source.key(), "{} read again", S::WHAT);
                    content
                })
            }
            Err(error) => {
                self.refuse(found_or_none, &error);
                None
            }
        }
    }

    /// Files are often replaced one by one: only what is as wrong at the next look is worth a word.
    fn refuse(&mut self, found: Vec<FileStamp>, error: &S::Error) {
        self.complained = self.refused.as_ref() == Some(&found);
        if self.complained {
            let cause = error.source().map(ToString::to_string);
            tracing::warn!(%error, cause, "{} refused, the last good one serves on", S::WHAT);
        }
        self.refused = Some(found);
    }
}

impl FileStamp {
    /// Of the file that a path leads to.
    ///
    /// # Errors
    ///
    /// When it cannot be looked at.
    pub fn of(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path)?;
        Ok(Self {
            inode: (metadata.dev(), metadata.ino()),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            bytes: metadata.len(),
        })
    }
}

fn stamps(source: &impl Source) -> Result<Vec<FileStamp>, FileError> {
    let stamp = |(name, path): (&str, &Path)| {
        FileStamp::of(path).map_err(|error| unreadable(source, name, path, error))
    };
    source.files().into_iter().map(stamp).collect()
}

/// Looks at files every second until `shutdown` turns true; away from the thread that runs it, since
/// a file system may hang.
pub(crate) async fn follow(
    look: impl Fn() + Clone + Send + 'static,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = shutdown.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = tokio::task::spawn_blocking(look.clone()).await {
            tracing::error!(%error, "looking at files failed");
        }
    }
}

/// A file of a source, whole.
pub(crate) fn read(source: &impl Source, name: &str, path: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(source, name, path, limits::CERTIFICATE_FILE_BYTES_MAX)
}

/// The same, where another bound holds.
pub(crate) fn read_at_most(
    source: &impl Source,
    name: &str,
    path: &Path,
    bytes_max: u64,
) -> Result<Vec<u8>, FileError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let whole = std::fs::File::open(path)
        .and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes))
        .and_then(|count| match count as u64 <= bytes_max {
            true => Ok(()),
            false => Err(std::io::ErrorKind::FileTooLarge.into()),
        });
    whole.map(|()| bytes).map_err(|error| unreadable(source, name, path, error))
}

fn unreadable(source: &impl Source, name: &str, path: &Path, error: std::io::Error) -> FileError {
    let key = format!("{}.{name}", source.key());
    FileError::Unreadable { key, path: path.to_owned(), source: error }
}

/// A file that holds something else than it should.
pub(crate) fn unfit(
    source: &impl Source,
    name: &str,
    path: &Path,
    (expected, cause): (&'static str, Option<pem::Error>),
) -> FileError {
    let key = format!("{}.{name}", source.key());
    FileError::Unfit { key, path: path.to_owned(), expected, source: cause }
}
