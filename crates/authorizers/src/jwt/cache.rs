//! Verified tokens, kept by one thread until they expire.
//!
//! The key is the whole token, compared whole; its hash is keyed anew in each process, since clients
//! choose tokens. Bounded: there are two generations, and when the young one is full it becomes the
//! old one, whose tokens live on if they are asked for. Only good tokens are kept, so nobody without
//! one can fill it.

use std::collections::HashMap;
use std::rc::Rc;

use super::VerifiedToken;

/// One authorizer's tokens.
#[derive(Debug)]
pub struct TokenCache {
    young: Generation,
    old: Generation,
    tokens_max: usize,
    /// The issuer's keys' version that all of it was verified with.
    version: u64,
}

type Generation = HashMap<Box<str>, Rc<VerifiedToken>, foldhash::quality::RandomState>;

impl TokenCache {
    /// A cache of about this many tokens, twice as many at most.
    #[must_use]
    pub fn new(tokens_max: usize) -> Self {
        Self { young: Generation::default(), old: Generation::default(), tokens_max, version: 0 }
    }

    /// A token that was verified before with the keys of this version, and has not expired.
    pub fn get(
        &mut self,
        token: &str,
        version: u64,
        unix_seconds: i64,
    ) -> Option<Rc<VerifiedToken>> {
        self.forget_other_versions(version);
        let found = match self.young.get(token) {
            Some(found) => found.clone(),
            None => {
                let (key, found) = self.old.remove_entry(token)?;
                self.keep(key, found.clone());
                found
            }
        };
        (found.expires > unix_seconds as f64).then_some(found)
    }

    /// Keeps a token that was verified with the keys of this version.
    pub fn insert(&mut self, token: &str, version: u64, verified: Rc<VerifiedToken>) {
        self.forget_other_versions(version);
        self.keep(token.into(), verified);
    }

    fn keep(&mut self, token: Box<str>, verified: Rc<VerifiedToken>) {
        if self.young.len() >= self.tokens_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(token, verified);
    }

    /// A key that is gone must take its tokens with it.
    fn forget_other_versions(&mut self, version: u64) {
        if self.version != version {
            self.young.clear();
            self.old.clear();
            self.version = version;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(expires: f64) -> Rc<VerifiedToken> {
        Rc::new(VerifiedToken { claims: Default::default(), scopes: Vec::new(), expires })
    }

    #[test]
    fn tokens_live_until_they_expire() {
        let mut cache = TokenCache::new(10);
        cache.insert("a", 1, verified(100.0));
        assert!(cache.get("a", 1, 99).is_some());
        assert!(cache.get("a", 1, 100).is_none());
        assert!(cache.get("A", 1, 99).is_none());
    }

    #[test]
    fn other_keys_forget_all() {
        let mut cache = TokenCache::new(10);
        cache.insert("a", 1, verified(100.0));
        assert!(cache.get("a", 2, 0).is_none());
        assert!(cache.get("a", 1, 0).is_none());
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let mut cache = TokenCache::new(10);
        for number in 0..1_000 {
            cache.insert("used", 1, verified(100.0));
            cache.insert(&number.to_string(), 1, verified(100.0));
            assert!(cache.get("used", 1, 0).is_some());
            assert!(cache.young.len() + cache.old.len() <= 20);
        }
        assert!(cache.get("999", 1, 0).is_some());
        assert!(cache.get("0", 1, 0).is_none());
    }
}
