//! Networks, in one spelling.

use ipnet::{IpNet, Ipv4Net};

/// A network of IPv4 addresses that are mapped into IPv6 ones (RFC 4291 section 2.5.5.2), as the IPv4
/// network it stands for; any other as it is. With the addresses that it is compared with in canonical
/// form, too, neither spelling evades the other.
#[must_use]
pub fn canonical_network(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else {
        return network;
    };
    let v4 = v6.network().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    let v4 = v4.and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    v4.map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_networks_are_those_of_ipv4() {
        for (text, expected) in [
            ("203.0.113.0/24", "203.0.113.0/24"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.0.0.1/128", "10.0.0.1/32"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
            ("::ffff:0:0/95", "::ffff:0.0.0.0/95"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::/0", "::/0"),
        ] {
            let network = canonical_network(text.parse().expect("a network"));
            assert_eq!(network.to_string(), expected, "{text}");
        }
    }
}
