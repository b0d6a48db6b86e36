//! Headers, set in one place.

use http::header::MaxSizeReached;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Puts a header in the place of all of its name.
///
/// `HeaderMap::insert` is some hundred instructions, which compilers write out wherever it is called, and a
/// request sets about ten headers, each once: read from memory as many times, that costs more than
/// what is done. So there is one.
///
/// A map that is full (32,768 entries, far above what a message's head may hold) stays as it is.
#[inline(never)]
pub fn set_header(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _: Result<Option<HeaderValue>, MaxSizeReached> = headers.try_insert(name, value);
}
