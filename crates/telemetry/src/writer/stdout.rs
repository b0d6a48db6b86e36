//! Standard output, without the buffer and the lock of `std::io::stdout`.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use super::LineSink;

/// A terminal or pipe that somebody made non-blocking is asked again after this.
const RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// Where a container's logs are collected.
#[derive(Debug)]
pub(crate) struct Stdout {
    file: File,
    torn: bool,
}

impl Stdout {
    /// # Errors
    ///
    /// No file descriptor is left.
    pub(crate) fn open() -> io::Result<Self> {
        let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(Self { file: descriptor.into(), torn: false })
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.file.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    std::thread::park_timeout(RETRY_INTERVAL);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl LineSink for Stdout {
    fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.torn {
            self.write_all(b"\n")?;
        }
        self.torn = true;
        self.write_all(lines)?;
        self.torn = false;
        Ok(())
    }
}
