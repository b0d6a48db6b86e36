//! A port beside traffic: the management API's, the feed's, the one of health and metrics.

use std::net::SocketAddr;

use anyhow::Context;
use gatewright_ingress::{Certificates, Listener, Options, PortCertificate, Tls};
use gatewright_observe::Metrics;

use crate::listen_file::Listening;

/// A bound socket, and how clients speak with it.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) name: &'static str,
    pub(crate) listener: Listener,
    /// To be looked at for changes.
    pub(crate) certificates: Option<Certificates>,
}

impl Port {
    /// Binds it, for plain HTTP.
    pub(crate) fn bind(name: &'static str, address: SocketAddr) -> anyhow::Result<Self> {
        let listeners = Listener::bind(address, 1)
            .with_context(|| format!("{name}: cannot listen on {address}"))?;
        let listener = listeners.into_iter().next().context("no listener")?;
        Ok(Self { name, listener, certificates: None })
    }

    /// The same, for TLS alone where it has a certificate.
    pub(crate) fn secured(
        self,
        certificate: Option<&PortCertificate>,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let Some(certificate) = certificate else {
            return Ok(self);
        };
        let (tls, certificates) = Tls::of_port(certificate, &Options::default(), metrics)?;
        let listener = self.listener.with_tls(tls);
        Ok(Self { listener, certificates: Some(certificates), ..self })
    }

    /// Where it listens.
    pub(crate) fn listening(&self) -> anyhow::Result<Listening> {
        let address = self.listener.address()?;
        Ok(match self.certificates {
            None => Listening::plain(address),
            Some(_) => Listening::tls(address),
        })
    }
}
