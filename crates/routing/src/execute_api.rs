//! Default endpoints: which API and stage a request without a custom domain is for
//! (spec/http-api-runtime.md sections 1.1 and 1.2).

use std::borrow::Cow;

use gatewright_types::without_port;

/// The host form `{apiId}.execute-api.{region}.{base domain}`.
#[derive(Clone, Debug)]
pub struct ExecuteApiHost {
    suffix: String,
}

impl ExecuteApiHost {
    /// The form of one gateway, which is one region.
    #[must_use]
    pub fn new(region: &str, base_domain: &str) -> Self {
        Self { suffix: format!(".execute-api.{region}.{base_domain}").to_ascii_lowercase() }
    }

    /// The host name of an API, without a port.
    #[must_use]
    pub fn host_name(&self, api_id: &str) -> String {
        format!("{api_id}{}", self.suffix)
    }

    /// The API id in a `Host` header's value. Letter case, port and a trailing dot do not count.
    #[must_use]
    pub fn api_id<'a>(&self, host: &'a str) -> Option<Cow<'a, str>> {
        // Mostly there is neither port nor dot, and nothing to look for.
        self.api_id_of_name(host).or_else(|| {
            let name = without_port(host);
            self.api_id_of_name(name.strip_suffix('.').unwrap_or(name))
        })
    }

    fn api_id_of_name<'a>(&self, name: &'a str) -> Option<Cow<'a, str>> {
        let (api_id, suffix) = name.split_at_checked(name.len().checked_sub(self.suffix.len())?)?;
        if !suffix.eq_ignore_ascii_case(&self.suffix) || api_id.is_empty() {
            return None;
        }
        if api_id.bytes().any(|byte| byte == b'.') {
            return None;
        }
        Some(if api_id.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(api_id.to_ascii_lowercase())
        } else {
            Cow::Borrowed(api_id)
        })
    }
}

/// The path form `/_aws/execute-api/{apiId}/{stage}/…`, for clients that cannot choose the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathAddress<'a> {
    /// The API.
    pub api_id: &'a str,
    /// The stage, `$default` among them; empty when the path ends before it.
    pub stage_name: &'a str,
    /// What routes are matched against; begins with `/`.
    pub route_path: &'a str,
}

impl<'a> PathAddress<'a> {
    /// Reads a decoded path; absent when it is not of this form.
    #[must_use]
    pub fn parse(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix("/_aws/execute-api/")?;
        let (api_id, rest) = split_segment(rest);
        let (stage_name, route_path) = split_segment(rest.trim_start_matches('/'));
        Some(Self { api_id, stage_name, route_path })
    }
}

/// A decoded path cut behind its first segment, which may name a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageSplit<'a> {
    /// The first segment that is not empty.
    pub first_segment: &'a str,
    /// The rest; begins with `/`.
    pub rest: &'a str,
}

impl<'a> StageSplit<'a> {
    /// Cuts a path.
    #[must_use]
    pub fn of(path: &'a str) -> Self {
        let (first_segment, rest) = split_segment(path.trim_start_matches('/'));
        Self { first_segment, rest }
    }
}

/// The text up to the next `/`, and the text from there on; `/` when there is none.
fn split_segment(text: &str) -> (&str, &str) {
    match text.find('/') {
        Some(end) => text.split_at(end),
        None => (text, "/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_name_an_api() {
        let form = ExecuteApiHost::new("eu-west-1", "gw.example.com");
        let rows = [
            ("a1b2c3d4e5.execute-api.eu-west-1.gw.example.com", Some("a1b2c3d4e5")),
            ("a1b2c3d4e5.execute-api.eu-west-1.gw.example.com:8080", Some("a1b2c3d4e5")),
            ("A1B2C3D4E5.Execute-API.eu-west-1.GW.example.com.", Some("a1b2c3d4e5")),
            ("a1b2c3d4e5.execute-api.eu-west-1.gw.example.com.:80", Some("a1b2c3d4e5")),
            ("x.a1b2c3d4e5.execute-api.eu-west-1.gw.example.com", None),
            (".execute-api.eu-west-1.gw.example.com", None),
            ("a1b2c3d4e5.execute-api.us-east-1.gw.example.com", None),
            ("gw.example.com", None),
            ("éééééééééééééééééééééééééééééééééé", None),
            ("", None),
            ("[::1]:8080", None),
        ];
        for (host, api_id) in rows {
            assert_eq!(form.api_id(host).as_deref(), api_id, "{host}");
        }
        assert_eq!(form.host_name("abc"), "abc.execute-api.eu-west-1.gw.example.com");
    }

    #[test]
    fn paths_name_api_and_stage() {
        let check = |path, expected: Option<(&str, &str, &str)>| {
            let found = PathAddress::parse(path)
                .map(|address| (address.api_id, address.stage_name, address.route_path));
            assert_eq!(found, expected, "{path}");
        };
        check("/_aws/execute-api/abc/dev/pets/1", Some(("abc", "dev", "/pets/1")));
        check("/_aws/execute-api/abc/$default/", Some(("abc", "$default", "/")));
        check("/_aws/execute-api/abc/dev", Some(("abc", "dev", "/")));
        check("/_aws/execute-api/abc", Some(("abc", "", "/")));
        check("/_aws/execute-apiabc/dev", None);
        check("/pets", None);
    }

    #[test]
    fn the_first_segment_may_be_a_stage() {
        let check = |path, first, rest| {
            let split = StageSplit::of(path);
            assert_eq!((split.first_segment, split.rest), (first, rest), "{path}");
        };
        check("/dev/pets", "dev", "/pets");
        check("/dev", "dev", "/");
        check("/dev/", "dev", "/");
        check("//dev//x", "dev", "//x");
        check("/", "", "/");
    }
}
