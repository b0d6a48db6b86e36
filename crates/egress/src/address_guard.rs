//! Which addresses may be dialled (design.md section 5): what a published API must not be able to
//! reach from inside the network it runs in.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use crate::Options;

/// Whether upstreams on this machine may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loopback {
    /// They may: a laptop's upstreams live there.
    Allowed,
    /// Only where `egress.allow` says so.
    Denied,
}

/// The rules, of which the longest match decides.
#[derive(Debug)]
pub(crate) struct AddressGuard {
    rules: Vec<(IpNet, Verdict)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
}

/// Link-local (with the metadata service 169.254.169.254), the metadata service over IPv6,
/// unspecified, multicast, broadcast.
const DENIED: [&str; 8] = [
    "0.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "fe80::/10",
    "fd00:ec2::254/128",
    "ff00::/8",
];
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1/128"];

impl AddressGuard {
    pub(crate) fn new(options: &Options, loopback: Loopback) -> Self {
        let parse = |text: &&str| text.parse::<IpNet>().expect("a network of the tables above");
        let loopback = match loopback {
            Loopback::Allowed => Verdict::Allow,
            Loopback::Denied => Verdict::Deny,
        };
        let mut rules = DENIED.iter().map(|text| (parse(text), Verdict::Deny)).collect::<Vec<_>>();
        rules.extend(LOOPBACK.iter().map(|text| (parse(text), loopback)));
        rules.extend(options.deny.iter().map(|network| (*network, Verdict::Deny)));
        rules.extend(options.allow.iter().map(|network| (*network, Verdict::Allow)));
        Self { rules }
    }

    /// Whether an address may be dialled. Of two rules for one network the later one counts:
    /// the operator's, and of those `allow`.
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        let address = plain(address);
        let decisive = self
            .rules
            .iter()
            .filter(|(network, _)| network.contains(&address))
            .max_by_key(|(network, _)| network.prefix_len());
        decisive.is_none_or(|(_, verdict)| *verdict == Verdict::Allow)
    }
}

/// The IPv4 address that an IPv6 one only wraps (mapped, or NAT64), so that no spelling gets by.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return v4.into();
    }
    const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];
    if v6.segments()[..6] == NAT64 {
        let [.., a, b, c, d] = v6.octets();
        return IpAddr::from([a, b, c, d]);
    }
    if v6.segments()[..6] == [0; 6] && v6 != Ipv6Addr::LOCALHOST && v6 != Ipv6Addr::UNSPECIFIED {
        let [.., a, b, c, d] = v6.octets();
        return IpAddr::from([a, b, c, d]);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(guard: &AddressGuard, address: &str, permitted: bool) {
        assert_eq!(guard.permits(address.parse().expect("an address")), permitted, "{address}");
    }

    #[test]
    fn what_must_not_be_reached_is_denied_in_every_spelling() {
        let guard = AddressGuard::new(&Options::default(), Loopback::Denied);
        for denied in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "::169.254.169.254",
            "fd00:ec2::254",
            "fe80::1",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "ff02::1",
            "127.0.0.1",
            "127.1.2.3",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            check(&guard, denied, false);
        }
        for permitted in
            ["10.0.0.1", "192.168.1.1", "172.16.0.1", "8.8.8.8", "2606:4700::1", "fd00::1"]
        {
            check(&guard, permitted, true);
        }
    }

    #[test]
    fn the_longest_match_decides() {
        let networks = |texts: &[&str]| {
            texts.iter().map(|text| text.parse().expect("a network")).collect::<Vec<IpNet>>()
        };
        let options = Options {
            allow: networks(&["169.254.10.0/24", "10.1.0.0/16"]),
            deny: networks(&["10.0.0.0/8", "10.1.2.3/32"]),
            ..Options::default()
        };
        let guard = AddressGuard::new(&options, Loopback::Allowed);
        check(&guard, "127.0.0.1", true);
        check(&guard, "169.254.10.1", true);
        check(&guard, "169.254.11.1", false);
        check(&guard, "10.2.0.1", false);
        check(&guard, "10.1.0.1", true);
        check(&guard, "10.1.2.3", false);
    }
}
