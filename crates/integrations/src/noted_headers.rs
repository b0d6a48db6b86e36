//! Which of the headers that need work a request has.

use http::HeaderMap;

use gatewright_egress::hop_by_hop;

/// What is there. Found in one pass over the names, where asking the map for each would hash it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NotedHeaders {
    /// `Connection`, or another that concerns one connection only.
    pub(crate) hop_by_hop: bool,
    pub(crate) expect: bool,
    /// `Forwarded`, or one of `X-Forwarded-*`.
    pub(crate) forwarded: bool,
    pub(crate) via: bool,
    pub(crate) trace_id: bool,
}

impl NotedHeaders {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut noted = Self::default();
        for name in headers.keys() {
            match name.as_str() {
                "expect" => noted.expect = true,
                "forwarded" => noted.forwarded = true,
                "via" => noted.via = true,
                "x-amzn-trace-id" => noted.trace_id = true,
                name if name.starts_with("x-forwarded-") => noted.forwarded = true,
                name if hop_by_hop::contains(name) => noted.hop_by_hop = true,
                _ => {}
            }
        }
        noted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_among_others() {
        let noted = |names: &[&'static str]| {
            let names = names.iter().chain(&["host", "x-other", "accept", "v"]);
            NotedHeaders::of(
                &names
                    .map(|name| (name.parse().expect("a name"), "1".parse().expect("a value")))
                    .collect(),
            )
        };
        let nothing = NotedHeaders::default();
        assert_eq!(noted(&[]), nothing);
        assert_eq!(noted(&["expect"]), NotedHeaders { expect: true, ..nothing });
        assert_eq!(noted(&["via"]), NotedHeaders { via: true, ..nothing });
        assert_eq!(noted(&["x-amzn-trace-id"]), NotedHeaders { trace_id: true, ..nothing });
        for name in ["forwarded", "x-forwarded-for", "x-forwarded-anything"] {
            assert_eq!(noted(&[name]), NotedHeaders { forwarded: true, ..nothing }, "{name}");
        }
        for name in ["connection", "te", "keep-alive"] {
            assert_eq!(noted(&[name]), NotedHeaders { hop_by_hop: true, ..nothing }, "{name}");
        }
    }
}
