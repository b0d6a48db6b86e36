//! The end: SIGTERM or SIGINT begins it, and everything that was started is waited for.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Turns true when the process shall stop.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn watch(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    pub(crate) fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Waits for a signal, or for somebody to have begun the end.
    pub(crate) async fn wait(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut begun = self.watch();
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: draining"),
            _ = interrupt.recv() => tracing::info!("interrupted: draining"),
            _ = begun.wait_for(|begun| *begun) => {}
        }
        self.begin();
        Ok(())
    }
}
