//! Addresses with their text, which is written once for all requests of a connection, or once for each that a
//! trusted proxy passes on.

use std::fmt::{self, Write};
use std::net::IpAddr;

/// An address and how it is written: `10.0.0.1`, `2001:db8::1`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AddressText {
    address: IpAddr,
    bytes: [u8; Self::BYTES_MAX],
    length: usize,
}

impl AddressText {
    /// The longest: an IPv6 address that ends as an IPv4 one.
    const BYTES_MAX: usize = 45;

    /// Writes an address.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        let mut text = Self { address, bytes: [0; Self::BYTES_MAX], length: 0 };
        match address {
            // Without the formatting machinery: behind a trusted proxy, each request has another client.
            IpAddr::V4(address) => {
                for (index, octet) in address.octets().into_iter().enumerate() {
                    if index > 0 {
                        text.push(b'.');
                    }
                    for divisor in [100, 10, 1] {
                        if octet >= divisor || divisor == 1 {
                            text.push(b'0' + octet / divisor % 10);
                        }
                    }
                }
            }
            // There is room for any.
            IpAddr::V6(address) => drop(write!(text, "{address}")),
        }
        text
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }
}

impl fmt::Display for AddressText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for AddressText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Write for AddressText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| self.push(byte));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_the_standard_library_does() {
        for address in [
            "0.0.0.0",
            "1.20.100.255",
            "10.9.99.109",
            "200.101.1.0",
            "255.255.255.255",
            "::",
            "::1",
            "2001:db8::1",
            "2001:db8:1111:2222:3333:4444:5555:6666",
            "::ffff:255.255.255.255",
        ] {
            let parsed = address.parse::<IpAddr>().expect("an address");
            assert_eq!(AddressText::new(parsed).as_str(), parsed.to_string(), "{address}");
        }
    }
}
