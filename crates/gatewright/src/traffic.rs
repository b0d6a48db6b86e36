//! The traffic threads: one single-threaded runtime for each, sharing nothing on a request's way.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context;
use gatewright_data_plane::DataPlane;
use gatewright_ingress::{Certificates, Drained, Listener, Tls, Truststores, serve};
use gatewright_observe::Metrics;
use tokio::runtime::{Builder, LocalRuntime};

use crate::config::Traffic;
use crate::shutdown::Shutdown;

/// A runtime for one thread, whose futures stay on it.
pub(crate) fn local_runtime() -> std::io::Result<LocalRuntime> {
    Builder::new_current_thread().enable_all().build_local(tokio::runtime::LocalOptions::default())
}

/// What traffic comes in by: for each thread a listener, and one for TLS where that is wanted.
#[derive(Debug)]
pub(crate) struct TrafficListeners {
    plain: Vec<Listener>,
    tls: Option<(Vec<Listener>, Certificates)>,
    truststores: Truststores,
}

impl TrafficListeners {
    /// Binds them, and reads the certificates.
    pub(crate) fn bind(
        traffic: &Traffic,
        truststores: &Truststores,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let tls = match &traffic.tls {
            None => None,
            Some(tls) => {
                let default_arn = tls.default_certificate.as_deref();
                let certificates = Certificates::load(
                    &tls.certificates,
                    default_arn,
                    &traffic.limits,
                    metrics.certificates(),
                )?;
                Some((bind(tls.listen, traffic.threads)?, certificates))
            }
        };
        let plain = bind(traffic.listen, traffic.threads)?;
        Ok(Self { plain, tls, truststores: truststores.clone() })
    }

    /// Where they listen.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.plain[0].address()
    }

    /// Where those of TLS do.
    pub(crate) fn tls_address(&self) -> std::io::Result<Option<SocketAddr>> {
        self.tls.as_ref().map(|(listeners, _)| listeners[0].address()).transpose()
    }

    /// The certificates of TLS clients.
    pub(crate) fn certificates(&self) -> Option<&Certificates> {
        self.tls.as_ref().map(|(_, certificates)| certificates)
    }

    /// Those of each thread.
    fn by_thread(self, data_plane: &DataPlane, metrics: &Metrics) -> Vec<Vec<Listener>> {
        let mut threads = self.plain.into_iter().map(|plain| vec![plain]).collect::<Vec<_>>();
        if let Some((listeners, certificates)) = self.tls {
            let names = Arc::new(data_plane.catalogue());
            let (truststores, handshakes) = (self.truststores, metrics.handshakes());
            let challenges = data_plane.challenges();
            let tls = Tls { certificates, truststores, names, handshakes, challenges };
            for (thread, listener) in threads.iter_mut().zip(listeners) {
                thread.push(listener.with_tls(tls.clone()));
            }
        }
        threads
    }
}

fn bind(address: SocketAddr, threads: usize) -> anyhow::Result<Vec<Listener>> {
    Listener::bind(address, threads).with_context(|| format!("traffic: cannot listen on {address}"))
}

/// The running threads.
#[derive(Debug)]
pub(crate) struct TrafficThreads(Vec<JoinHandle<()>>);

impl TrafficThreads {
    /// Starts a thread for each listener.
    pub(crate) fn start(
        listeners: TrafficListeners,
        data_plane: &DataPlane,
        metrics: &Metrics,
        traffic: &Traffic,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let mut threads = Vec::with_capacity(traffic.threads);
        let by_thread = listeners.by_thread(data_plane, metrics);
        for (number, listeners) in by_thread.into_iter().enumerate() {
            let (data_plane, limits) = (data_plane.clone(), traffic.limits.clone());
            let shutdown = shutdown.clone();
            let work = move || {
                let served = local_runtime().and_then(|runtime| {
                    runtime.block_on(async {
                        let worker = Rc::new(data_plane.worker());
                        let bytes_max = data_plane.payload_bytes();
                        serve(listeners, worker, &limits, bytes_max, shutdown.watch()).await
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
