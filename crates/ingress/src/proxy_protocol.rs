//! PROXY protocol, version 2 (<https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt>): for whom a
//! proxy makes a connection, said in front of all that the client sends.
//!
//! Whether there has to be a header the peer's address says, never its bytes. Version 1, a line of
//! text, is refused. TLVs are passed over, checksums among them: TCP has its own. (The crate `ppp`
//! reads headers out of buffers, which is the smaller part of this, and brings a second thiserror.)

use std::net::{Ipv6Addr, SocketAddr};

use gatewright_types::limits;
use tokio::io::{AsyncRead, AsyncReadExt};

/// For whom a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    /// For a client at this address.
    Client(SocketAddr),
    /// For a client without one, of a Unix socket for example.
    Unknown,
    /// For itself, to see whether we are there (LOCAL).
    Proxy,
}

/// Why a connection that has to begin with a header is closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeaderError {
    /// The proxy went away, or what it sends could not be read.
    #[error("connection ended within the header")]
    Read(#[from] std::io::Error),
    #[error("no PROXY protocol header")]
    Missing,
    #[error("a PROXY protocol header of another version than 2")]
    Version,
    #[error("{bytes} bytes, where {} are taken", limits::PROXY_HEADER_BYTES_MAX)]
    TooLong { bytes: usize },
    #[error("unknown command {0}")]
    Command(u8),
    #[error("unknown address family or transport protocol {0:#04x}")]
    Family(u8),
    #[error("shorter than its addresses")]
    Short,
}

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The signature, version and command, family and transport protocol, and how many bytes follow.
const FIXED_BYTES: usize = 16;

/// Reads the header, and no byte more: what follows is for TLS or HTTP.
pub(crate) async fn read<T: AsyncRead + Unpin>(stream: &mut T) -> Result<Announced, HeaderError> {
    let mut fixed = [0; FIXED_BYTES];
    stream.read_exact(&mut fixed).await?;
    let mut rest = vec![0; rest_bytes(&fixed)?];
    stream.read_exact(&mut rest).await?;
    announced(&fixed, &rest)
}

/// How many bytes follow the fixed ones.
fn rest_bytes(fixed: &[u8; FIXED_BYTES]) -> Result<usize, HeaderError> {
    let [.., version_command, _family, high, low] = *fixed;
    if !fixed.starts_with(SIGNATURE) {
        let is_text = fixed.starts_with(b"PROXY ");
        return Err(if is_text { HeaderError::Version } else { HeaderError::Missing });
    }
    if version_command >> 4 != 2 {
        return Err(HeaderError::Version);
    }
    let rest = usize::from(u16::from_be_bytes([high, low]));
    let bytes = FIXED_BYTES + rest;
    if bytes > limits::PROXY_HEADER_BYTES_MAX {
        return Err(HeaderError::TooLong { bytes });
    }
    Ok(rest)
}

fn announced(fixed: &[u8; FIXED_BYTES], rest: &[u8]) -> Result<Announced, HeaderError> {
    let [.., version_command, family, _, _] = *fixed;
    match version_command & 0xf {
        // Whatever else it says.
        0 => return Ok(Announced::Proxy),
        1 => {}
        command => return Err(HeaderError::Command(command)),
    }
    // The source comes first, then the destination, of which nobody asks.
    match (family >> 4, family & 0xf) {
        (0, 0..=2) => Ok(Announced::Unknown),
        (1, 0..=2) => {
            let [a, b, c, d, _, _, _, _, high, low, _, _] = beginning(rest)?;
            Ok(Announced::Client(([a, b, c, d], u16::from_be_bytes([high, low])).into()))
        }
        (2, 0..=2) => {
            let addresses: [u8; 36] = beginning(rest)?;
            let source = Ipv6Addr::from(beginning::<16>(&addresses)?);
            let port = u16::from_be_bytes(beginning(&addresses[32..])?);
            Ok(Announced::Client((source.to_canonical(), port).into()))
        }
        (3, 0..=2) => beginning::<216>(rest).map(|_| Announced::Unknown),
        _ => Err(HeaderError::Family(family)),
    }
}

fn beginning<const N: usize>(bytes: &[u8]) -> Result<[u8; N], HeaderError> {
    bytes.first_chunk().copied().ok_or(HeaderError::Short)
}

#[cfg(test)]
mod tests;
