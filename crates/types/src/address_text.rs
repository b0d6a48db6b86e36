//! Addresses with their text, which is written once for all requests of a connection.

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
        // There is room for any.
        let _: fmt::Result = write!(text, "{address}");
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
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_the_longest() {
        for address in [
            "0.0.0.0",
            "255.255.255.255",
            "::",
            "::ffff:255.255.255.255",
            "2001:db8:1111:2222:3333:4444:5555:6666",
        ] {
            let parsed = address.parse::<IpAddr>().expect("an address");
            assert_eq!(AddressText::new(parsed).as_str(), parsed.to_string(), "{address}");
        }
    }
}
