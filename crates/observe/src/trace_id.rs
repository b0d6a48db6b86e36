//! `X-Amzn-Trace-Id` of requests that come without one.

use http::HeaderValue;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `Root=1-<8 hex of the time>-<24 hex>`, as AWS's load balancers and gateways write it.
#[must_use]
pub fn new_trace_id(unix_seconds: i64) -> HeaderValue {
    let mut text = *b"Root=1-00000000-000000000000000000000000";
    write_hex(&mut text[7..15], unix_seconds.unsigned_abs());
    write_hex(&mut text[16..32], fastrand::u64(..));
    write_hex(&mut text[32..40], fastrand::u64(..));
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("-"))
}

/// Fills the text with the lowest digits of a number.
fn write_hex(text: &mut [u8], mut number: u64) {
    for digit in text.iter_mut().rev() {
        *digit = HEX[(number & 15) as usize];
        number >>= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_hold_the_time() {
        let id = new_trace_id(0x6600_abcd);
        let text = id.to_str().expect("ASCII");
        assert!(text.starts_with("Root=1-6600abcd-"), "{text}");
        assert_eq!(text.len(), 40);
        assert_ne!(new_trace_id(0), new_trace_id(0));
    }
}
