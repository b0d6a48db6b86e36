//! Host names.

/// A host without its port.
///
/// ```
/// use gatewright_types::without_port;
///
/// assert_eq!(without_port("a.example:8080"), "a.example");
/// assert_eq!(without_port("[::1]"), "[::1]");
/// ```
#[must_use]
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
