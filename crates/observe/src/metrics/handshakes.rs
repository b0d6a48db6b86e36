//! TLS handshakes of clients, by what became of them.

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// What became of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeOutcome {
    /// A new session.
    Full,
    /// A session that the client brought along.
    Resumed,
    /// A certificate authority saw that a name is ours.
    Challenge,
    /// The name the client asked for has no certificate.
    NoCertificate,
    /// The name asks for certificates of clients, and what they are held against is not there.
    NoTruststore,
    /// It was not over in time.
    TimedOut,
    /// The client went away.
    Closed,
    /// The two could not agree, or it was no TLS at all.
    Failed,
}

/// Counts handshakes.
#[derive(Clone, Debug)]
pub struct HandshakeMetrics {
    full: IntCounter,
    resumed: IntCounter,
    challenge: IntCounter,
    no_certificate: IntCounter,
    no_truststore: IntCounter,
    timed_out: IntCounter,
    closed: IntCounter,
    failed: IntCounter,
}

impl HandshakeMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let legal = "metric names are legal and differ";
        let options = Opts::new(
            "gatewright_tls_handshakes_total",
            "TLS handshakes of clients, by what became of them.",
        );
        let family = IntCounterVec::new(options, &["outcome"]).expect(legal);
        registry.register(Box::new(family.clone())).expect(legal);
        let outcome = |name| family.with_label_values(&[name]);
        Self {
            full: outcome("full"),
            resumed: outcome("resumed"),
            challenge: outcome("challenge"),
            no_certificate: outcome("no_certificate"),
            no_truststore: outcome("no_truststore"),
            timed_out: outcome("timed_out"),
            closed: outcome("closed"),
            failed: outcome("failed"),
        }
    }

    /// One more.
    pub fn count(&self, outcome: HandshakeOutcome) {
        let counter = match outcome {
            HandshakeOutcome::Full => &self.full,
            HandshakeOutcome::Resumed => &self.resumed,
            HandshakeOutcome::Challenge => &self.challenge,
            HandshakeOutcome::NoCertificate => &self.no_certificate,
            HandshakeOutcome::NoTruststore => &self.no_truststore,
            HandshakeOutcome::TimedOut => &self.timed_out,
            HandshakeOutcome::Closed => &self.closed,
            HandshakeOutcome::Failed => &self.failed,
        };
        counter.inc();
    }
}
