//! Custom domain names: from a `Host` header's value to one of them (`http-api-custom-domain-names`;
//! spec/http-api-runtime.md section 1.1).

use std::borrow::Cow;
use std::collections::HashMap;

use gatewright_types::without_port;

/// Domain names, in lower case, and what they stand for. A wildcard (`*.example.com`) stands for just
/// one more label, and an exact name outweighs it.
#[derive(Clone, Debug)]
pub struct DomainNameTable<T> {
    exact: HashMap<String, T>,
    /// By what follows the `*`.
    wildcards: HashMap<String, T>,
}

impl<T> Default for DomainNameTable<T> {
    fn default() -> Self {
        Self { exact: HashMap::new(), wildcards: HashMap::new() }
    }
}

impl<T> DomainNameTable<T> {
    /// Puts a domain name in, or in another's place.
    pub fn insert(&mut self, domain_name: &str, value: T) {
        match domain_name.strip_prefix('*') {
            Some(suffix) => self.wildcards.insert(suffix.to_owned(), value),
            None => self.exact.insert(domain_name.to_owned(), value),
        };
    }

    /// Takes a domain name out.
    pub fn remove(&mut self, domain_name: &str) {
        match domain_name.strip_prefix('*') {
            Some(suffix) => self.wildcards.remove(suffix),
            None => self.exact.remove(domain_name),
        };
    }

    /// What a host stands for. Letter case, port and a trailing dot do not count.
    #[must_use]
    pub fn find(&self, host: &str) -> Option<&T> {
        if self.exact.is_empty() && self.wildcards.is_empty() {
            return None;
        }
        let name = without_port(host);
        let name = name.strip_suffix('.').unwrap_or(name);
        let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(name),
        };
        self.exact.get(&*name).or_else(|| {
            let suffix = &name[name.find('.').filter(|dot| *dot > 0)?..];
            self.wildcards.get(suffix)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_names_outweigh_wildcards_of_one_label() {
        let mut table = DomainNameTable::default();
        for name in ["api.example.com", "*.example.com", "*.eu.example.com"] {
            table.insert(name, name);
        }
        for (host, expected) in [
            ("api.example.com", Some("api.example.com")),
            ("API.Example.com.:8443", Some("api.example.com")),
            ("other.example.com", Some("*.example.com")),
            ("eu.example.com", Some("*.example.com")),
            ("a.eu.example.com", Some("*.eu.example.com")),
            ("a.b.example.com", None),
            (".example.com", None),
            ("example.com", None),
            ("*.example.com", Some("*.example.com")),
            ("[::1]:80", None),
            ("", None),
        ] {
            assert_eq!(table.find(host).copied(), expected, "{host}");
        }
        table.remove("*.example.com");
        assert_eq!(table.find("other.example.com"), None);
    }
}
