//! The values of `IpAddress` operators: CIDR blocks; an address alone is a block of one.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// Reads a block. One within `::ffff:0:0/96` becomes the IPv4 block it stands for, as do the
/// addresses it is compared with, so that neither spelling evades the other.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    let IpNet::V6(v6) = network else {
        return Some(network);
    };
    let mapped = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    Some(match mapped {
        Some((address, length)) => IpNet::V4(Ipv4Net::new(address, length).ok()?),
        None => network,
    })
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
