//! A file that grows to a size and is then rotated, and that may be moved away by others.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::LineSink;
use crate::options::FileOptions;

/// An access log's file. Each write looks whether the path still leads to the open file: a tool
/// that moves or removes it needs to send no signal. Appending, so one that truncates works too.
#[derive(Debug)]
pub(crate) struct LogFile {
    options: FileOptions,
    open: Option<Open>,
    rotation_fails: bool,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// The last write broke off, maybe within a line.
    torn: bool,
}

impl LogFile {
    /// Opens the file, so that a mistake shows at the start. What is there and is no regular file
    /// (a FIFO, which waits for its reader) is opened by the first write.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub(crate) fn open(options: &FileOptions) -> io::Result<Self> {
        let waits = fs::metadata(&options.path).is_ok_and(|found| !found.is_file());
        let open = if waits { None } else { Some(Open::at(&options.path)?) };
        Ok(Self { options: options.clone(), open, rotation_fails: false })
    }

    /// The file that the path leads to, rotated if `more` bytes would make it too large.
    fn current(&mut self, more: u64) -> io::Result<&mut Open> {
        let found = match fs::metadata(&self.options.path) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let stays = match (&self.open, &found) {
            (Some(open), Some(found)) => open.is(found),
            _ => false,
        };
        let rotated = found.is_some_and(|found| self.is_full(&found, more)) && self.rotate();
        if rotated || !stays {
            self.open = None;
        }
        match &mut self.open {
            Some(open) => Ok(open),
            closed => Ok(closed.insert(Open::at(&self.options.path)?)),
        }
    }

    fn is_full(&self, found: &Metadata, more: u64) -> bool {
        let limit = self.options.rotate_bytes;
        limit > 0 && found.is_file() && found.len() > 0 && found.len().saturating_add(more) > limit
    }

    /// Whether the path is free for a new file. If not, the old one grows on: lines are worth more
    /// than its size.
    fn rotate(&mut self) -> bool {
        match rotate(&self.options) {
            Ok(()) => {
                self.rotation_fails = false;
                true
            }
            Err(error) => {
                if !self.rotation_fails {
                    let path = self.options.path.display();
                    tracing::error!(%error, %path, "access log cannot be rotated, and grows on");
                }
                self.rotation_fails = true;
                false
            }
        }
    }
}

impl LineSink for LogFile {
    fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        let open = self.current(lines.len() as u64)?;
        if std::mem::replace(&mut open.torn, true) {
            open.file.write_all(b"\n")?;
        }
        open.file.write_all(lines)?;
        open.torn = false;
        Ok(())
    }
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o640).open(path)?;
        Ok(Self { file, torn: false })
    }

    fn is(&self, found: &Metadata) -> bool {
        self.file.metadata().is_ok_and(|own| (own.dev(), own.ino()) == (found.dev(), found.ino()))
    }
}

/// `<path>.<n>` becomes `<path>.<n + 1>`, and the file itself `<path>.1`; the oldest goes.
fn rotate(options: &FileOptions) -> io::Result<()> {
    let numbered = |number: u32| {
        let mut name = options.path.clone().into_os_string();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    for number in (1..options.rotate_files).rev() {
        match fs::rename(numbered(number), numbered(number + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    fs::rename(&options.path, numbered(1))
}

#[cfg(test)]
mod tests;
