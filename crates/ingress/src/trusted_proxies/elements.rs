//! The elements of `Forwarded` (RFC 7239 section 4), the last first.
//!
//! The list is taken apart from its end, where the nearest proxy wrote: no quote that a client
//! leaves open in front can swallow what is behind it.

use std::iter;

use super::{Hop, Transport, node};

/// What each element of a line says. One that cannot be read says nothing.
pub(super) fn from_the_end(line: &[u8]) -> impl Iterator<Item = Hop> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        let (before, element) = split_last(rest?);
        rest = before;
        Some(hop(element.trim_ascii()).unwrap_or_default())
    })
}

/// The last element, and what is in front of the comma before it.
fn split_last(list: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let mut is_quoted = false;
    for at in (0..list.len()).rev() {
        match list[at] {
            b'"' if !is_escaped(&list[..at]) => is_quoted = !is_quoted,
            b',' if !is_quoted => return (Some(&list[..at]), &list[at + 1..]),
            _ => {}
        }
    }
    (None, list)
}

/// Whether what follows is, by an odd number of backslashes.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// None where an element cannot be read: then nothing in it counts.
fn hop(element: &[u8]) -> Option<Hop> {
    let (mut client, mut scheme) = (None, None);
    let mut rest = Some(element);
    while let Some(text) = rest {
        let equals = text.iter().position(|byte| *byte == b'=')?;
        let (name, text) = (&text[..equals], &text[equals + 1..]);
        let (value, behind) = value(text)?;
        rest = match behind {
            [] => None,
            [b';', behind @ ..] => Some(behind),
            _ => return None,
        };
        let place = match name {
            _ if name.eq_ignore_ascii_case(b"for") => &mut client,
            _ if name.eq_ignore_ascii_case(b"proto") => &mut scheme,
            _ if !name.is_empty() && name.iter().all(is_plain) => continue,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    Some(Hop {
        address: client.and_then(node::address),
        transport: scheme.and_then(Transport::of_scheme),
    })
}

/// A value, without its quotes, and what is behind it. Escapes stay: no address and no scheme has
/// any.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let [b'"', quoted @ ..] = text {
        let end =
            (0..quoted.len()).find(|at| quoted[*at] == b'"' && !is_escaped(&quoted[..*at]))?;
        return Some((&quoted[..end], &quoted[end + 1..]));
    }
    let end = text.iter().position(|byte| !is_plain(byte)).unwrap_or(text.len());
    Some(text.split_at(end))
}

/// What needs no quotes: more than tokens have, since addresses with ports are written without.
fn is_plain(byte: &u8) -> bool {
    byte.is_ascii_graphic() && !b"\"\\;,=".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: &str, transport: Option<Transport>) -> Hop {
        Hop { address: address.parse().ok(), transport }
    }

    #[track_caller]
    fn check(line: &str, expected: &[Hop]) {
        assert_eq!(from_the_end(line.as_bytes()).collect::<Vec<_>>(), expected, "{line}");
    }

    #[test]
    fn elements_come_last_first() {
        let (plain, tls) = (Some(Transport::Plain), Some(Transport::Tls));
        check("for=192.0.2.1", &[said("192.0.2.1", None)]);
        check("For=192.0.2.1;PROTO=HTTPS;by=_a", &[said("192.0.2.1", tls)]);
        check("proto=http;host=\"a:80\";for=\"192.0.2.1:80\"", &[said("192.0.2.1", plain)]);
        check(
            "for=\"[2001:db8::1]:80\" ,for=192.0.2.2:80, for=unknown;proto=https",
            &[said("-", tls), said("192.0.2.2", None), said("2001:db8::1", None)],
        );
        check("proto=ftp", &[said("-", None)]);
        check("for=192.0.2.1,", &[Hop::default(), said("192.0.2.1", None)]);
        check("", &[Hop::default()]);
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for element in [
            "for",
            "=192.0.2.1",
            "for = 192.0.2.1",
            "for=192.0.2.1;",
            ";for=192.0.2.1",
            "for=192.0.2.1 proto=https",
            "for=192.0.2.1;proto",
            "for=192.0.2.1;for=192.0.2.2",
            "proto=http;proto=https;for=192.0.2.1",
            "for=\"192.0.2.1",
            "for=192.0.2.1\"",
            "for=\"192.0.2.1\"x",
            "for=\"192.0.2.1\\\"",
            "for=192.0.2.1;a b=c",
            "192.0.2.1",
        ] {
            check(element, &[Hop::default()]);
        }
    }

    /// A comma in quotes separates nothing, and what a client leaves open reaches no further than
    /// its own part.
    #[test]
    fn quotes_hide_nothing_of_the_nearest_proxy() {
        let nearest = said("192.0.2.1", Some(Transport::Plain));
        for hostile in
            ["for=\"", "\"", "for=\"x\\", "\\", "for=\"a\\\"", "\"\"\"", "for=\"6.6.6.6, "]
        {
            for spelling in ["for=192.0.2.1;proto=http", "for=\"192.0.2.1\";proto=http"] {
                let line = format!("{hostile}, {spelling}");
                let first = from_the_end(line.as_bytes()).next();
                assert_eq!(first, Some(nearest), "{line}");
            }
        }
        let mut random = fastrand::Rng::with_seed(7);
        let pieces =
            ["\"", "\\", ",", ";", "=", " ", "for=", "6.6.6.6", "proto=https", "a", "\u{fc}"];
        for _ in 0..10_000 {
            let hostile = (0..random.usize(..12)).map(|_| pieces[random.usize(..pieces.len())]);
            let line = format!("{}, for=\"192.0.2.1:80\";proto=http", hostile.collect::<String>());
            assert_eq!(from_the_end(line.as_bytes()).next(), Some(nearest), "{line}");
        }
        // A host that the client chose, quoted by the proxy.
        check("for=192.0.2.1;host=\"x, for=6.6.6.6;a=\\\"\";proto=http", &[nearest]);
        check("for=192.0.2.1;host=\"x, for=6.6.6.6\\\\\";proto=http", &[nearest]);
    }
}
