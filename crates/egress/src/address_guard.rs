//! Which addresses may be dialled (design.md section 5): what a published API must not be able to
//! reach from inside the network it runs in.

use std::net::{IpAddr, Ipv6Addr};

use gatewright_types::canonical_network;
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
        for (networks, verdict) in
            [(&options.deny, Verdict::Deny), (&options.allow, Verdict::Allow)]
        {
            // One of mapped addresses is for what they lead to.
            rules.extend(networks.iter().map(|network| (canonical_network(*network), verdict)));
        }
        Self { rules }
    }

    /// Whether an address may be dialled: as it is written, and as what it leads to. Of two rules
    /// for one network the later one counts: the operator's, and of those `allow`.
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        self.permits_spelling(address)
            && plain(address).is_none_or(|plain| self.permits_spelling(plain))
    }

    fn permits_spelling(&self, address: IpAddr) -> bool {
        let decisive = self
            .rules
            .iter()
            .filter(|(network, _)| network.contains(&address))
            .max_by_key(|(network, _)| network.prefix_len());
        decisive.is_none_or(|(_, verdict)| *verdict == Verdict::Allow)
    }
}

/// The IPv4 address that an IPv6 one leads to, so that no spelling gets by: mapped and compatible
/// (RFC 4291 section 2.5.5), NAT64 (RFC 6052), 6to4 (RFC 3056).
fn plain(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(v6) = address else {
        return None;
    };
    let octets = v6.octets();
    let own = v6 == Ipv6Addr::LOCALHOST || v6 == Ipv6Addr::UNSPECIFIED;
    let at = match v6.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] if !own => 12,
        [0x2002, ..] => 2,
        _ => return None,
    };
    Some([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]].into())
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
            "2002:a9fe:a9fe::1",
            "2002:7f00:1::",
            "64:ff9b::127.0.0.1",
            "::127.0.0.1",
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
        for permitted in [
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "8.8.8.8",
            "2606:4700::1",
            "fd00::1",
            "2002:808:808::1",
            "64:ff9b::8.8.8.8",
        ] {
            check(&guard, permitted, true);
        }
    }

    /// A rule for a kind of wrapped addresses counts beside those for what they wrap.
    #[test]
    fn wrapped_addresses_have_rules_of_their_own() {
        let deny = vec!["64:ff9b::/96".parse().expect("a network")];
        let options = Options { deny, ..Options::default() };
        let guard = AddressGuard::new(&options, Loopback::Denied);
        check(&guard, "8.8.8.8", true);
        check(&guard, "64:ff9b::8.8.8.8", false);
    }

    #[test]
    fn a_rule_for_mapped_addresses_is_for_what_they_stand_for() {
        let deny = vec!["::ffff:10.0.0.0/104".parse().expect("a network")];
        let options = Options { deny, ..Options::default() };
        let guard = AddressGuard::new(&options, Loopback::Denied);
        for denied in ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"] {
            check(&guard, denied, false);
        }
        check(&guard, "11.0.0.1", true);
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
