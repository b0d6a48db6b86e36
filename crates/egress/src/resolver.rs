//! From names to addresses, each for as long as its record lives.

use std::net::IpAddr;

use hickory_resolver::TokioResolver;

use crate::SendError;

/// The resolver of one thread: its lookups run on the thread's own runtime.
#[derive(Debug)]
pub(crate) struct Resolver(Option<TokioResolver>);

impl Resolver {
    /// By `/etc/resolv.conf` and `/etc/hosts`. Without them, only literal addresses and
    /// `localhost` resolve.
    pub(crate) fn new() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        Self(resolver.map_err(|error| tracing::warn!(%error, "no DNS resolver")).ok())
    }

    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, SendError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        if host.eq_ignore_ascii_case("localhost") {
            // RFC 6761 section 6.3: never a question for a name server.
            return Ok(vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()]);
        }
        let resolver =
            self.0.as_ref().ok_or_else(|| SendError::Resolve("no DNS resolver".into()))?;
        let found = resolver.lookup_ip(host).await;
        Ok(found.map_err(|error| SendError::Resolve(error.into()))?.iter().collect())
    }
}
