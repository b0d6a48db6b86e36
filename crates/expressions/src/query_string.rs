//! Query strings as received: parameters in their order, decoded only where somebody looks.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// One parameter, as received.
#[derive(Clone, Copy)]
pub(crate) struct QueryParameter<'q> {
    /// Name and value, as they stand between two `&`.
    pub(crate) raw: &'q str,
}

/// The parameters of a query string.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = QueryParameter<'_>> {
    query.split('&').map(|raw| QueryParameter { raw })
}

impl<'q> QueryParameter<'q> {
    /// Whether it has this name, letter for letter, once decoded.
    pub(crate) fn is_named(self, name: &str) -> bool {
        *decode(self.split().0) == *name.as_bytes()
    }

    /// The decoded value; empty where there is no `=`.
    pub(crate) fn value(self) -> Cow<'q, [u8]> {
        decode(self.split().1)
    }

    fn split(self) -> (&'q str, &'q str) {
        self.raw.split_once('=').unwrap_or((self.raw, ""))
    }
}

/// `+` is a space, `%XX` a byte; a `%` that begins none stays.
fn decode(raw: &str) -> Cow<'_, [u8]> {
    if !raw.contains('+') {
        return Cow::from(percent_decode(raw.as_bytes()));
    }
    let spaced = raw.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let rows: [(&str, &str, &[u8]); 8] = [
            ("a=1", "a", b"1"),
            ("a", "a", b""),
            ("a=b=c", "a", b"b=c"),
            ("%61=%2B+%20", "a", b"+  "),
            ("a+b=%", "a b", b"%"),
            ("a[]=%zz%4", "a[]", b"%zz%4"),
            ("caf%C3%A9=%FF", "café", b"\xff"),
            ("=x", "", b"x"),
        ];
        for (raw, name, value) in rows {
            let parameter = QueryParameter { raw };
            assert!(parameter.is_named(name), "{raw}");
            assert_eq!(*parameter.value(), *value, "{raw}");
        }
        assert!(!QueryParameter { raw: "A=1" }.is_named("a"), "8.1: with case");
    }
}
