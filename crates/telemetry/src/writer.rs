//! The thread that writes lines to standard output or to a file.

mod file;
mod stdout;

use std::io;

pub(crate) use self::file::LogFile;
pub(crate) use self::stdout::Stdout;
use crate::queue::{Message, Outlet};

/// Takes lines, blocking for as long as it takes: only the writer's own thread waits.
pub(crate) trait LineSink {
    /// Writes whole lines.
    ///
    /// # Errors
    ///
    /// Some of the lines may be written; the next call begins on a new line.
    fn write_lines(&mut self, lines: &[u8]) -> io::Result<()>;
}

/// Writes until told to stop. A batch whose write fails is given up, and the next one tried: a
/// full disk costs lines, and is used again as soon as it has room.
pub(crate) fn run(name: &str, mut outlet: Outlet, sink: &mut dyn LineSink) {
    let mut failing = false;
    while let Some(Message::Batch(batch)) = outlet.blocking_recv() {
        match sink.write_lines(&batch.bytes) {
            Ok(()) => {
                batch.metrics.delivered(batch.records);
                if failing {
                    tracing::info!(name, "access log lines are written again");
                }
                failing = false;
            }
            Err(error) => {
                batch.metrics.failed();
                batch.metrics.dropped(batch.records);
                if !failing {
                    tracing::error!(%error, name, "access log lines are lost");
                }
                failing = true;
            }
        }
    }
}
