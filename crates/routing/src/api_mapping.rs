//! API mappings: which stage a path below a domain name is for (`http-api-mappings`;
//! spec/http-api-runtime.md section 1.3).

use std::sync::Arc;

use gatewright_types::{ApiId, StageName};

/// A stage that requests are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The API.
    pub api_id: ApiId,
    /// The stage.
    pub stage_name: StageName,
}

/// A domain name's API mappings.
#[derive(Clone, Debug, Default)]
pub struct ApiMappingTable(Vec<(Arc<str>, Target)>);

/// A mapping that takes a path.
#[derive(Clone, Copy, Debug)]
pub struct MappingMatch<'t, 'p> {
    /// Its key; empty for the one that takes all.
    pub key: &'t Arc<str>,
    /// Where it leads.
    pub target: &'t Target,
    /// What is left of the path for routes; begins with `/`.
    pub rest: &'p str,
}

impl ApiMappingTable {
    /// Of keys, without slashes around them, and where they lead.
    pub fn new<'k>(mappings: impl Iterator<Item = (&'k str, Target)>) -> Self {
        let mut mappings = mappings.map(|(key, target)| (key.into(), target)).collect::<Vec<_>>();
        // The longest first: it decides, whatever routes its API has.
        mappings.sort_by_key(|(key, _): &(Arc<str>, _)| std::cmp::Reverse(key.len()));
        Self(mappings)
    }

    /// The mapping of the longest key that a decoded path begins with, segment by segment.
    #[must_use]
    pub fn find<'t, 'p>(&'t self, path: &'p str) -> Option<MappingMatch<'t, 'p>> {
        self.0.iter().find_map(|(key, target)| {
            let rest = behind(path, key)?;
            Some(MappingMatch { key, target, rest })
        })
    }
}

/// What follows a base path of whole segments; begins with `/`.
pub(crate) fn behind<'p>(path: &'p str, base_path: &str) -> Option<&'p str> {
    if base_path.is_empty() {
        return Some(path);
    }
    match path.strip_prefix('/')?.strip_prefix(base_path)? {
        "" => Some("/"),
        rest if rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_key_decides() {
        let keys = ["", "orders/v1/items", "orders/v2/items", "orders/v2/items/categories", "a"];
        let target = |key: &str| Target {
            api_id: ApiId::new(key.to_owned()),
            stage_name: StageName::new("dev"),
        };
        let table = ApiMappingTable::new(keys.iter().map(|key| (*key, target(key))));
        for (path, key, rest) in [
            ("/orders/v1/items", "orders/v1/items", "/"),
            ("/orders/v1/items/", "orders/v1/items", "/"),
            ("/orders/v1/items/123", "orders/v1/items", "/123"),
            ("/orders/v2/items", "orders/v2/items", "/"),
            ("/orders/v2/items/categories/5", "orders/v2/items/categories", "/5"),
            ("/orders/v1/itemsx", "", "/orders/v1/itemsx"),
            ("/customers", "", "/customers"),
            ("/", "", "/"),
            ("/A", "", "/A"),
            ("//a", "", "//a"),
            ("/a//b", "a", "//b"),
        ] {
            let found = table.find(path).expect(path);
            assert_eq!((&**found.key, found.rest), (key, rest), "{path}");
            assert_eq!(found.target.api_id.as_str(), key);
        }
        let table = ApiMappingTable::new([("a", target("a"))].into_iter());
        assert!(table.find("/b").is_none());
        assert!(ApiMappingTable::default().find("/").is_none());
    }
}
