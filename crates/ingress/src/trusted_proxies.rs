//! Whose request a proxy passes on, as far as its operator trusts it (`traffic.trusted_proxies`).
//!
//! Each proxy appends the address that it saw to what it was sent. So the list is read from its end:
//! who stands behind a trusted proxy was written by one, and the first that is no trusted proxy is
//! the client, whatever it wrote itself in front. What cannot be read ends the walk at the proxy
//! that wrote it. Of all headers one kind is believed, and of clients that come by no trusted proxy
//! none.

mod elements;
mod node;

use std::net::IpAddr;
use std::rc::Rc;

use gatewright_types::AddressText;
use http::header::{FORWARDED, HeaderName};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;

use crate::networks::Networks;
use crate::{Options, Peer, Transport};

/// The proxies, and what of theirs is believed.
#[derive(Debug)]
pub(crate) struct TrustedProxies {
    networks: Networks,
    header: ForwardedHeader,
}

/// Which headers trusted proxies write. A client's own pass through untouched where a proxy writes
/// the others, so no more than these can be believed.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, and `X-Forwarded-Proto` for the scheme.
    #[default]
    #[serde(alias = "X-Forwarded-For")]
    XForwardedFor,
    /// `Forwarded` (RFC 7239), `for` and `proto`.
    #[serde(alias = "Forwarded")]
    Forwarded,
}

/// What a proxy says of who came to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hop {
    /// Absent where there is none, or none that can be read.
    address: Option<IpAddr>,
    transport: Option<Transport>,
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl TrustedProxies {
    pub(crate) fn new(options: &Options) -> Rc<Self> {
        let networks = options.trusted_proxies.clone();
        Rc::new(Self { networks, header: options.forwarded_header })
    }

    /// These, if they include who comes from this address.
    pub(crate) fn including(self: &Rc<Self>, address: IpAddr) -> Option<Rc<Self>> {
        self.networks.contains(address).then(|| self.clone())
    }

    /// Whose request it is, which a trusted proxy passes on.
    pub(crate) fn client_of(&self, mut proxy: Peer, headers: &HeaderMap) -> Peer {
        proxy.is_proxied = true;
        match self.header {
            ForwardedHeader::XForwardedFor => {
                let transport = x_forwarded_proto(headers).unwrap_or(proxy.transport);
                Peer { transport, ..self.walk(proxy, x_forwarded_for(headers)) }
            }
            ForwardedHeader::Forwarded => {
                let lines = headers.get_all(FORWARDED).iter().rev();
                self.walk(proxy, lines.flat_map(|line| elements::from_the_end(line.as_bytes())))
            }
        }
    }

    /// From hop to hop, the nearest first.
    fn walk(&self, mut found: Peer, hops: impl Iterator<Item = Hop>) -> Peer {
        let mut client = None;
        for Hop { address, transport } in hops {
            found.transport = transport.unwrap_or(found.transport);
            let Some(address) = address else {
                break;
            };
            client = Some(address);
            if !self.networks.contains(address) {
                break;
            }
        }
        Peer { client: client.map_or(found.client, AddressText::new), ..found }
    }
}

/// The addresses, several lines being one list.
fn x_forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = Hop> {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev().map(HeaderValue::as_bytes);
    let addresses = lines.flat_map(|line| line.rsplit(|byte| *byte == b','));
    addresses.map(|text| Hop { address: node::address(text.trim_ascii()), transport: None })
}

/// The scheme; of several the last, which the nearest proxy wrote.
fn x_forwarded_proto(headers: &HeaderMap) -> Option<Transport> {
    let line = headers.get_all(X_FORWARDED_PROTO).iter().next_back()?;
    let last = line.as_bytes().rsplit(|byte| *byte == b',').next()?;
    Transport::of_scheme(last.trim_ascii())
}

#[cfg(test)]
mod tests;
