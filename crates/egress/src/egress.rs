//! What all threads share: rules, trust, and the upstreams that are in use.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use gatewright_observe::UpstreamMetrics;
use gatewright_types::Origin;

use crate::address_guard::AddressGuard;
use crate::tls::{self, ClientConfigs};
use crate::{Client, EgressError, Loopback, Options, OwnTls};

/// The way out, for all threads.
#[derive(Clone, Debug)]
pub struct Egress(pub(crate) Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) guard: AddressGuard,
    pub(crate) tls: ClientConfigs,
    pub(crate) metrics: UpstreamMetrics,
    /// A short lock, taken when stages are compiled.
    upstreams: Mutex<HashMap<(Origin, String), Weak<Upstream>>>,
    next_id: AtomicU64,
}

/// Where requests go: one pool of connections per thread belongs to it. Outlives reloads for as
/// long as anything published uses it.
#[derive(Debug)]
pub struct Upstream {
    pub(crate) id: u64,
    pub(crate) origin: Origin,
    /// Over TLS, the name asked for and checked in the certificate.
    pub(crate) server_name: String,
    pub(crate) protocol: Protocol,
}

/// What is spoken with an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

impl Egress {
    /// Loads trust and rules.
    ///
    /// # Errors
    ///
    /// [`EgressError`] when a CA file cannot be used.
    pub fn new(
        options: &Options,
        loopback: Loopback,
        metrics: UpstreamMetrics,
    ) -> Result<Self, EgressError> {
        Ok(Self(Arc::new(Shared {
            guard: AddressGuard::new(options, loopback),
            tls: tls::client_configs(options)?,
            metrics,
            options: options.clone(),
            upstreams: Mutex::default(),
            next_id: AtomicU64::new(0),
        })))
    }

    /// The same trust, for what the operator's own configuration names (a control plane, a
    /// collector): no API chose the address, so it may be on this machine.
    #[must_use]
    pub fn for_the_operator(&self) -> Self {
        self.operators(self.0.tls.clone())
    }

    /// The same with other TLS, whose files are read now. Blocks.
    ///
    /// # Errors
    ///
    /// [`EgressError`] when a file cannot be used.
    pub fn for_the_operator_with(&self, own: &OwnTls) -> Result<Self, EgressError> {
        Ok(self.operators(self.0.tls.with(own)?))
    }

    fn operators(&self, tls: ClientConfigs) -> Self {
        let Shared { options, metrics, .. } = &*self.0;
        Self(Arc::new(Shared {
            guard: AddressGuard::new(options, Loopback::Allowed),
            tls,
            metrics: metrics.clone(),
            options: options.clone(),
            upstreams: Mutex::default(),
            next_id: AtomicU64::new(0),
        }))
    }

    /// How long a piece of an answer's body is waited for.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.0.options.body_timeout_ms)
    }

    /// The upstream at an origin; the same one for all who ask while anybody holds it.
    #[must_use]
    pub fn upstream(&self, origin: &Origin) -> Arc<Upstream> {
        self.upstream_named(origin, &origin.host)
    }

    /// The upstream at an origin whose certificate must be for another name. Shared by those who ask
    /// for the same name only: a connection that was checked for one says nothing of another.
    #[must_use]
    pub fn upstream_named(&self, origin: &Origin, server_name: &str) -> Arc<Upstream> {
        let key = (origin.clone(), server_name.to_ascii_lowercase());
        let mut upstreams = self.0.upstreams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(upstream) = upstreams.get(&key).and_then(Weak::upgrade) {
            return upstream;
        }
        upstreams.retain(|_, upstream| upstream.strong_count() > 0);
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let protocol = match self.0.options.http2_origins.contains(origin) {
            true => Protocol::Http2,
            false => Protocol::Http1,
        };
        let (origin, server_name) = key.clone();
        let upstream = Arc::new(Upstream { id, origin, server_name, protocol });
        upstreams.insert(key, Arc::downgrade(&upstream));
        upstream
    }

    /// A client for this thread, which must run a local runtime.
    #[must_use]
    pub fn worker<B>(&self) -> Client<B>
    where
        B: http_body::Body<Data = bytes::Bytes> + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Client::new(self.0.clone())
    }
}
