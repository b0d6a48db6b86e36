//! The path as routes see it: decoded twice (spec/http-api-runtime.md section 2.3).

use std::borrow::Cow;

/// A path with a `%` that begins no encoded byte, or bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path is not properly percent-encoded")]
pub struct BadPath;

/// Decodes a request's path as API Gateway does: once, cut at a `?` that this uncovered, and once
/// more.
///
/// # Errors
///
/// [`BadPath`], which answers 400.
pub fn decode_path(raw: &str) -> Result<Cow<'_, str>, BadPath> {
    if !raw.contains('%') {
        return Ok(Cow::Borrowed(raw));
    }
    let mut once = decode(raw)?;
    if let Some(cut) = once.find('?') {
        once.truncate(cut);
    }
    if once.contains('%') {
        return decode(&once).map(Cow::Owned);
    }
    Ok(Cow::Owned(once))
}

fn decode(text: &str) -> Result<String, BadPath> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = bytes.next().and_then(hex_digit).ok_or(BadPath)?;
            let low = bytes.next().and_then(hex_digit).ok_or(BadPath)?;
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).map_err(|_| BadPath)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_twice() {
        let rows = [
            ("/pets/dog", "/pets/dog"),
            ("/Summer%20Sale", "/Summer Sale"),
            ("/a%2Fb", "/a/b"),
            ("/a%252Fb", "/a/b"),
            ("/question%3Fvalue", "/question"),
            ("/question%253Fvalue", "/question?value"),
            ("/x%2525", "/x%"),
            ("/a%23b", "/a#b"),
            ("/a+b", "/a+b"),
            ("/%E2%82%AC", "/€"),
            ("/%24default", "/$default"),
        ];
        for (raw, decoded) in rows {
            assert_eq!(decode_path(raw).as_deref(), Ok(decoded), "{raw}");
        }
    }

    #[test]
    fn a_plain_path_is_not_copied() {
        assert!(matches!(decode_path("/pets"), Ok(Cow::Borrowed("/pets"))));
    }

    #[test]
    fn broken_encoding_is_refused() {
        for raw in ["/%", "/%2", "/%zz", "/%+1", "/percent%25done", "/%FF", "/%25FF"] {
            assert_eq!(decode_path(raw), Err(BadPath), "{raw}");
        }
    }
}
