//! Routing rules of a domain name (`rest-api-routing-rules`; spec/http-api-runtime.md section 1.4).

use http::{HeaderMap, HeaderName};

use crate::api_mapping::{Target, behind};

/// A domain name's rules, the lowest priority first.
#[derive(Clone, Debug, Default)]
pub struct RuleTable(Vec<Rule>);

/// One rule: a request has to meet all of its conditions.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The lowest is tried first.
    pub priority: u32,
    /// Of each, one has to begin the path.
    pub base_paths: Vec<Vec<BasePath>>,
    /// Of each, one header has to look so.
    pub headers: Vec<Vec<(HeaderName, Glob)>>,
    /// Where it leads.
    pub target: Target,
    /// Whether the base path that matched is taken off.
    pub strips_base_path: bool,
}

/// Whole segments that a path may begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

/// What a header's value may look like, with case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
    /// Whether anything may stand before it, and behind it.
    open: (bool, bool),
}

/// A rule that takes a request.
#[derive(Clone, Copy, Debug)]
pub struct RuleMatch<'t, 'p> {
    /// Where it leads.
    pub target: &'t Target,
    /// What is left of the path for routes; begins with `/`.
    pub rest: &'p str,
}

impl BasePath {
    /// Of segments, with slashes around them or without.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim_matches('/').to_owned())
    }
}

impl Glob {
    /// Of a text that may begin or end with `*`.
    #[must_use]
    pub fn new(glob: &str) -> Self {
        let (text, before) = glob.strip_prefix('*').map_or((glob, false), |text| (text, true));
        let (text, behind) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        Self { text: text.to_owned(), open: (before, behind) }
    }

    /// Whether a value looks so.
    #[must_use]
    pub fn matches(&self, value: &[u8]) -> bool {
        let text = self.text.as_bytes();
        match self.open {
            (false, false) => value == text,
            (true, false) => value.ends_with(text),
            (false, true) => value.starts_with(text),
            (true, true) => text.is_empty() || value.windows(text.len()).any(|part| part == text),
        }
    }
}

impl RuleTable {
    /// Of rules in any order.
    #[must_use]
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by_key(|rule| rule.priority);
        Self(rules)
    }

    /// The first rule that takes a request of this decoded path and these headers.
    #[must_use]
    pub fn find<'t, 'p>(&'t self, path: &'p str, headers: &HeaderMap) -> Option<RuleMatch<'t, 'p>> {
        self.0.iter().find_map(|rule| {
            let rest = rule.take(path, headers)?;
            Some(RuleMatch { target: &rule.target, rest })
        })
    }
}

impl Rule {
    /// What is left of the path, if this takes it.
    fn take<'p>(&self, path: &'p str, headers: &HeaderMap) -> Option<&'p str> {
        let has = |(name, glob): &(HeaderName, Glob)| {
            headers.get_all(name).iter().any(|value| glob.matches(value.as_bytes()))
        };
        if !self.headers.iter().all(|any_of| any_of.iter().any(has)) {
            return None;
        }
        let mut stripped = path;
        for any_of in &self.base_paths {
            // Of several that match, the longest.
            let rests = any_of.iter().filter_map(|base_path| behind(path, &base_path.0));
            stripped = rests.min_by_key(|rest| rest.len())?;
        }
        Some(if self.strips_base_path { stripped } else { path })
    }
}

#[cfg(test)]
mod tests {
    use gatewright_types::{ApiId, StageName};

    use super::*;

    #[test]
    fn values_are_held_against_globs() {
        for (glob, value, expected) in [
            ("beta", "beta", true),
            ("beta", "Beta", false),
            ("beta", "betas", false),
            ("b*", "beta", true),
            ("b*", "abeta", false),
            ("*a", "beta", true),
            ("*a", "betas", false),
            ("*et*", "beta", true),
            ("*et*", "bet", true),
            ("*et*", "be", false),
            ("*", "", true),
            ("**", "x", true),
            ("b*a", "b*a", true),
            ("b*a", "beta", false),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(Glob::new(glob).matches(value.as_bytes()), expected, "{glob} {value}");
        }
    }

    fn rule(priority: u32, base_paths: &[&str], headers: &[(&'static str, &str)]) -> Rule {
        let header = |(name, glob): &(&'static str, &str)| {
            vec![(HeaderName::from_static(name), Glob::new(glob))]
        };
        Rule {
            priority,
            base_paths: match base_paths {
                [] => Vec::new(),
                any_of => vec![any_of.iter().map(|path| BasePath::new(path)).collect()],
            },
            headers: headers.iter().map(header).collect(),
            target: Target {
                api_id: ApiId::new(priority.to_string()),
                stage_name: StageName::new("dev"),
            },
            strips_base_path: true,
        }
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let table = RuleTable::new(vec![
            rule(40, &[], &[]),
            rule(30, &["users"], &[]),
            rule(10, &["users", "users/v2"], &[("x-version", "beta*"), ("x-tenant", "a")]),
            Rule { strips_base_path: false, ..rule(20, &["kept"], &[]) },
        ]);
        for (path, headers, expected, rest) in [
            ("/users/7", &[][..], "30", "/7"),
            ("/users", &[("x-version", "beta-1"), ("x-tenant", "a")], "10", "/"),
            ("/users/v2/7", &[("x-version", "beta"), ("x-tenant", "a")], "10", "/7"),
            ("/users/7", &[("x-version", "beta-1")], "30", "/7"),
            (
                "/users/7",
                &[("x-version", "1"), ("x-version", "beta"), ("x-tenant", "a")],
                "10",
                "/7",
            ),
            ("/usersx", &[], "40", "/usersx"),
            ("/Users", &[], "40", "/Users"),
            ("/kept/x", &[], "20", "/kept/x"),
            ("/", &[], "40", "/"),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), value.parse().expect("a value"));
            }
            let found = table.find(path, &map).expect(path);
            assert_eq!((found.target.api_id.as_str(), found.rest), (expected, rest), "{path}");
        }
        let table = RuleTable::new(vec![rule(1, &["a"], &[])]);
        assert!(table.find("/b", &HeaderMap::new()).is_none());
    }
}
