//! The values of `IpAddress` operators: CIDR blocks; an address alone is a block of one.

use std::net::IpAddr;

use gatewright_types::canonical_network;
use ipnet::IpNet;

/// Reads a block, in canonical form.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    Some(canonical_network(network))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read() {
        for (text, expected) in [
            ("203.0.113.0/24", "203.0.113.0/24"),
            ("203.0.113.7", "203.0.113.7/32"),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::/64"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(network(text).expect(text).to_string(), expected);
        }
        for broken in ["", "*", "203.0.113.0/33", "203.0.113", "203.0.113.0/", "host", "10.0.0.*"] {
            assert_eq!(network(broken), None, "{broken}");
        }
    }
}
