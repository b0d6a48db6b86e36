//! Networks that addresses are looked up in.

use std::net::IpAddr;

use gatewright_types::canonical_network;
use ipnet::IpNet;
use serde::Deserialize;

/// Any number of networks, merged and in order, so that a list of hundreds costs little more than
/// one of two.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(from = "Vec<IpNet>")]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is in one of them, whichever way it is written.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let behind = self.0.partition_point(|network| network.network() <= address);
        behind.checked_sub(1).is_some_and(|last| self.0[last].contains(&address))
    }
}

impl From<Vec<IpNet>> for Networks {
    fn from(networks: Vec<IpNet>) -> Self {
        let networks = networks.into_iter().map(canonical_network).collect();
        let mut merged = IpNet::aggregate(&networks);
        merged.sort_unstable();
        Self(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        let parsed = texts.iter().map(|text| text.parse().expect("a network"));
        parsed.collect::<Vec<IpNet>>().into()
    }

    #[track_caller]
    fn check(networks: &Networks, address: &str, expected: bool) {
        assert_eq!(networks.contains(address.parse().expect("one")), expected, "{address}");
    }

    #[test]
    fn addresses_are_found_in_any_of_many() {
        let many = networks(&[
            "10.0.0.0/8",
            "10.1.0.0/16",
            "192.0.2.64/26",
            "192.0.2.7/32",
            "172.16.3.4/12",
            "2001:db8::/32",
            "::ffff:198.51.100.0/120",
        ]);
        for inside in [
            "10.0.0.0",
            "10.1.2.3",
            "10.255.255.255",
            "192.0.2.7",
            "192.0.2.64",
            "192.0.2.127",
            "172.16.0.0",
            "172.31.255.255",
            "2001:db8:ffff::1",
            "198.51.100.9",
            "::ffff:198.51.100.9",
            "::ffff:10.1.2.3",
        ] {
            check(&many, inside, true);
        }
        for outside in [
            "9.255.255.255",
            "11.0.0.0",
            "192.0.2.6",
            "192.0.2.8",
            "192.0.2.63",
            "192.0.2.128",
            "172.15.255.255",
            "172.32.0.0",
            "0.0.0.0",
            "255.255.255.255",
            "2001:db7:ffff::",
            "2001:db9::",
            "::",
            "::10.1.2.3",
            "198.51.101.0",
        ] {
            check(&many, outside, false);
        }
    }

    #[test]
    fn everything_and_nothing() {
        assert!(networks(&[]).is_empty());
        check(&networks(&[]), "10.0.0.1", false);
        check(&networks(&["0.0.0.0/0"]), "10.0.0.1", true);
        check(&networks(&["0.0.0.0/0"]), "::1", false);
        check(&networks(&["::/0"]), "::1", true);
        check(&networks(&["::/0"]), "10.0.0.1", false);
    }
}
