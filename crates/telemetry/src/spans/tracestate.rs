//! The `tracestate` header (<https://www.w3.org/TR/trace-context/#tracestate-header>): passed on as
//! it is while it is valid, and not looked into.

use http::header::{HeaderMap, HeaderValue};

use super::TRACESTATE;

const MEMBERS_MAX: usize = 32;

/// Whether all its lines together are a list. None at all are one.
pub(super) fn is_valid(headers: &HeaderMap) -> bool {
    let values = headers.get_all(TRACESTATE).iter();
    let mut members = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let mut count = 0;
    members.all(|member| {
        let member = member.trim_ascii();
        count += usize::from(!member.is_empty());
        member.is_empty() || (count <= MEMBERS_MAX && is_member(member))
    })
}

/// Its lines as one value; none where there is none.
pub(super) fn combined(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(TRACESTATE).iter();
    let first = values.next()?;
    let rest = values.map(HeaderValue::as_bytes).collect::<Vec<_>>();
    if rest.is_empty() {
        return Some(first.clone());
    }
    let text = std::iter::once(first.as_bytes()).chain(rest).collect::<Vec<_>>().join(&b',');
    HeaderValue::from_bytes(&text).ok()
}

/// `key=value`. Keys as in level 2, which takes all that level 1 does.
fn is_member(member: &[u8]) -> bool {
    let Some(at) = member.iter().position(|byte| *byte == b'=') else {
        return false;
    };
    let (key, value) = (&member[..at], &member[at + 1..]);
    let is_first = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_key = |byte: &u8| is_first(byte) || b"_-*/@".contains(byte);
    let is_value = |byte: &u8| matches!(byte, b' '..=b'~') && !b",=".contains(byte);
    (1..=256).contains(&key.len())
        && is_first(&key[0])
        && key.iter().all(is_key)
        && (1..=256).contains(&value.len())
        && value.iter().all(is_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let line = |line: &&str| (TRACESTATE, HeaderValue::from_str(line).expect("a value"));
        lines.iter().map(line).collect()
    }

    #[test]
    fn lists_are_told_from_what_is_none() {
        let many = |count: usize| vec!["a=1"; count].join(",");
        for (lines, valid) in [
            (&[][..], true),
            (&[""], true),
            (&["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], true),
            (&["a=1 , \tb=2,,c=3"], true),
            (&["a=1", "b=2"], true),
            (&["tenant@system=x y", "1a_-*/=~"], true),
            (&[many(32).as_str()], true),
            (&[many(33).as_str()], false),
            (&[many(20).as_str(), many(13).as_str()], false),
            (&["a"], false),
            (&["a="], false),
            (&["=1"], false),
            (&["A=1"], false),
            (&["-a=1"], false),
            (&["a b=1"], false),
            (&["a=1=2"], false),
            (&["a=1\t2"], false),
            (&[format!("{}=1", "a".repeat(256)).as_str()], true),
            (&[format!("{}=1", "a".repeat(257)).as_str()], false),
            (&[format!("a={}", "1".repeat(257)).as_str()], false),
        ] {
            assert_eq!(is_valid(&headers(lines)), valid, "{lines:?}");
        }
    }

    #[test]
    fn lines_are_joined() {
        assert_eq!(combined(&headers(&[])), None);
        assert_eq!(combined(&headers(&["a=1"])).expect("one"), "a=1");
        assert_eq!(combined(&headers(&["a=1", "b=2"])).expect("two"), "a=1,b=2");
    }
}
