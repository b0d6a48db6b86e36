//! Addresses as proxies write them (RFC 7239 section 6), with a port or without.

use std::net::{IpAddr, Ipv6Addr};

/// None for what is no address, as `unknown` and `_hidden` are.
pub(super) fn address(node: &[u8]) -> Option<IpAddr> {
    let node = std::str::from_utf8(node).ok()?;
    let (address, port) = match node.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), port)
        }
        None => match node.find(':') {
            // One colon: behind it is a port. More: an address of IPv6 as it is.
            Some(colon) if !node[colon + 1..].contains(':') => {
                let (address, port) = node.split_at(colon);
                (address.parse().ok()?, port)
            }
            _ => (node.parse().ok()?, ""),
        },
    };
    is_port(port).then(|| address.to_canonical())
}

/// None, or one, which may be hidden as well.
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else {
        return text.is_empty();
    };
    match port.strip_prefix('_') {
        Some(hidden) => {
            let is_hidden = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !hidden.is_empty() && hidden.bytes().all(is_hidden)
        }
        None => port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (node, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:1", "192.0.2.7"),
            ("192.0.2.7:65535", "192.0.2.7"),
            ("192.0.2.7:_a-b.c", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("2001:DB8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::1", "::1"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("[::ffff:192.0.2.7]:1", "192.0.2.7"),
        ] {
            assert_eq!(address(node.as_bytes()), expected.parse().ok(), "{node}");
        }
        for node in [
            "",
            "unknown",
            "_hidden",
            "localhost",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.07",
            "0xc0.0.2.7",
            "3221225991",
            "192.0.2.7:",
            "192.0.2.7:x",
            "192.0.2.7:+1",
            "192.0.2.7:65536",
            "192.0.2.7:_",
            "192.0.2.7 ",
            "192.0.2.7/32",
            "[192.0.2.7]",
            "[192.0.2.7]:1",
            "[2001:db8::7",
            "[2001:db8::7]x",
            "[2001:db8::7]443",
            "2001:db8::7]:443",
            "[fe80::1%eth0]",
            "[]",
            ":",
            ":80",
            "unix:",
            "::1::",
        ] {
            assert_eq!(address(node.as_bytes()), None, "{node}");
        }
        assert_eq!(address(b"192.0.2.7\xff"), None);
    }
}
