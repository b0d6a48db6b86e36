//! Percent-encoding of what a request puts into an upstream's URI (RFC 3986 section 3.3, 3.4).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but `pchar` and `/`: a value of a greedy variable keeps its slashes.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// Also what separates or means something in a query string.
const QUERY_VALUE: &AsciiSet = &PATH.add(b'&').add(b'+').add(b'=').add(b';');

/// What stands in a configured URI may already be encoded, so `%` stays.
const LITERAL: &AsciiSet = &PATH.remove(b'%').remove(b'?');

pub(super) fn push_path(target: &mut String, decoded: &str) {
    target.extend(utf8_percent_encode(decoded, PATH));
}

pub(super) fn push_query_value(target: &mut String, decoded: &str) {
    target.extend(utf8_percent_encode(decoded, QUERY_VALUE));
}

pub(super) fn literal(configured: &str) -> String {
    utf8_percent_encode(configured, LITERAL).to_string()
}
