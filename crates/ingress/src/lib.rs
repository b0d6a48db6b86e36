//! The only place that accepts connections: listeners, PROXY protocol, TLS, HTTP/1.1 and HTTP/2
//! hardening, trusted proxies, size and time limits, drain.
//!
//! Every byte is hostile. hyper parses; around it stand guards that refuse what proxies and servers
//! have disagreed on (`http1`, `http2`), and a sweeper that ends connections and streams that do not
//! move (`sweeper`). One timer per thread and none per request. Runs on single-threaded runtimes:
//! futures need not be `Send`.

mod answer;
mod certificates;
mod challenges;
mod client_certificate;
mod client_verifier;
mod http1;
mod http2;
mod linger;
mod listener;
mod networks;
mod options;
mod port_certificate;
mod protocol;
mod proxy_protocol;
mod refusal;
mod request_body;
mod response_body;
mod serve;
mod service;
mod socket;
mod sweeper;
mod tcp;
mod tls;
mod trusted_proxies;
mod truststore;
mod truststores;
mod watched_files;

pub use certificates::{
    CERTIFICATE_KEYS, CertificateError, CertificateFiles, CertificateTable, Certificates,
};
pub use challenges::{Challenge, Challenges, TlsChallenge};
pub use listener::Listener;
pub use networks::Networks;
pub use options::{KEYS, Options};
pub use port_certificate::{HalfPair, PortCertificate, PortClients};
pub use refusal::refusal_body;
pub use request_body::{RequestBody, RequestBodyError};
pub use rustls::pki_types::DnsName;
pub use serve::{Drained, serve};
pub use service::{Peer, Service, Transport, VerifiedClient};
pub use tls::{ServerName, ServerNames, Tls};
pub use trusted_proxies::ForwardedHeader;
pub use truststore::BrokenCertificate;
pub use truststores::{
    TRUSTSTORE_KEYS, TruststoreError, TruststoreFiles, TruststoreTable, Truststores,
};
pub use watched_files::{FileError, FileStamp};
