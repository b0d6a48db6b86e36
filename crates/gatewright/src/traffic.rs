//! The traffic threads: one single-threaded runtime for each, sharing nothing on a request's way.

use std::rc::Rc;
use std::thread::JoinHandle;

use anyhow::Context;
use gatewright_data_plane::DataPlane;
use gatewright_ingress::{Drained, Listener, serve};
use tokio::runtime::{Builder, LocalRuntime};

use crate::config::Traffic;
use crate::shutdown::Shutdown;

/// A runtime for one thread, whose futures stay on it.
pub(crate) fn local_runtime() -> std::io::Result<LocalRuntime> {
    Builder::new_current_thread().enable_all().build_local(tokio::runtime::LocalOptions::default())
}

/// The running threads.
#[derive(Debug)]
pub(crate) struct TrafficThreads(Vec<JoinHandle<()>>);

impl TrafficThreads {
    /// Starts a thread for each listener.
    pub(crate) fn start(
        listeners: Vec<Listener>,
        data_plane: &DataPlane,
        traffic: &Traffic,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let mut threads = Vec::with_capacity(listeners.len());
        for (number, listener) in listeners.into_iter().enumerate() {
            let (data_plane, limits) = (data_plane.clone(), traffic.limits.clone());
            let shutdown = shutdown.clone();
            let work = move || {
                let served = local_runtime().and_then(|runtime| {
                    runtime.block_on(async {
                        let worker = Rc::new(data_plane.worker());
                        let bytes_max = data_plane.payload_bytes();
                        serve(listener, worker, &limits, bytes_max, shutdown.watch()).await
                    })
                });
                match served {
                    Ok(Drained::Whole) => {}
                    Ok(Drained::Cut(connections)) => {
                        tracing::warn!(connections, "drain timeout: requests were cut off");
                    }
                    Err(error) => tracing::error!(%error, "traffic thread failed"),
                }
                // A thread less would serve less than was asked for: all end, and a supervisor starts anew.
                shutdown.begin();
            };
            let thread = std::thread::Builder::new().name(format!("traffic-{number}"));
            threads.push(thread.spawn(work).context("cannot start a traffic thread")?);
        }
        Ok(Self(threads))
    }

    /// Waits until all have drained.
    pub(crate) fn join(self) {
        for thread in self.0 {
            if thread.join().is_err() {
                tracing::error!("a traffic thread panicked");
            }
        }
    }
}
