//! A JWT authorizer as a route uses it, and one thread's part of all of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use gatewright_egress::{Client, Egress};
use gatewright_expressions::IdentitySource;
use gatewright_snapshot::JwtPlan;
use http::{HeaderMap, HeaderValue};
use http_body_util::Empty;

use super::fetch::fetch_key_set;
use super::{
    ClaimedToken, Issuer, JwtError, Keys, Requirements, TokenCache, VerifiedToken, www_authenticate,
};
use crate::Options;

/// Issuers and requirements in use, for all threads. They outlive reloads for as long as anything
/// published names them, and with them the keys and the tokens that were verified.
#[derive(Debug)]
pub struct JwtAuthorizers {
    options: Options,
    issuers: Mutex<HashMap<String, Weak<Issuer>>>,
    requirements: Mutex<Vec<Weak<Required>>>,
    next_id: AtomicU64,
}

/// Requirements with what they are known by in the threads' caches.
#[derive(Debug)]
struct Required {
    id: u64,
    requirements: Requirements,
}

/// What a route asks of a request.
#[derive(Debug)]
pub struct JwtAuthorizer {
    source: IdentitySource,
    issuer: Arc<Issuer>,
    required: Arc<Required>,
    scopes: Vec<String>,
}

/// One thread's part: verified tokens, and a way to issuers.
#[derive(Debug)]
pub struct JwtWorker {
    egress: Egress,
    client: Rc<Client<Empty<Bytes>>>,
    caches: RefCell<HashMap<u64, Cached, foldhash::fast::RandomState>>,
}

#[derive(Debug)]
struct Cached {
    owner: Weak<Required>,
    tokens: TokenCache,
}

/// Verified tokens kept for each authorizer and thread; twice as many at most.
const TOKENS_MAX: usize = 10_000;

impl JwtAuthorizers {
    /// None in use yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            issuers: Mutex::default(),
            requirements: Mutex::default(),
            next_id: AtomicU64::new(0),
        }
    }

    /// The authorizer of a route.
    #[must_use]
    pub fn authorizer(&self, plan: &JwtPlan) -> JwtAuthorizer {
        JwtAuthorizer {
            source: plan.source.clone(),
            issuer: self.issuer(&plan.issuer),
            required: self.required(Requirements {
                issuer: plan.issuer.clone(),
                audience: plan.audience.clone(),
                algorithms: self.options.algorithms.clone(),
            }),
            scopes: plan.scopes.clone(),
        }
    }

    fn issuer(&self, url: &str) -> Arc<Issuer> {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(issuer) = issuers.get(url).and_then(Weak::upgrade) {
            return issuer;
        }
        issuers.retain(|_, issuer| issuer.strong_count() > 0);
        let insecure = self.options.insecure_issuers.iter().any(|allowed| allowed == url);
        let issuer = Arc::new(Issuer::new(url, insecure));
        issuers.insert(url.to_owned(), Arc::downgrade(&issuer));
        issuer
    }

    fn required(&self, requirements: Requirements) -> Arc<Required> {
        let mut all = self.requirements.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = all.iter().filter_map(Weak::upgrade);
        if let Some(found) = found.find(|required| required.requirements == requirements) {
            return found;
        }
        all.retain(|required| required.strong_count() > 0);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let required = Arc::new(Required { id, requirements });
        all.push(Arc::downgrade(&required));
        required
    }
}

impl JwtAuthorizer {
    /// The scopes that backends are told of: all of the token's, where the route asks for some.
    #[must_use]
    pub fn scopes_told<'t>(&self, token: &'t VerifiedToken) -> Option<&'t [String]> {
        (!self.scopes.is_empty()).then_some(&token.scopes)
    }

    /// The value of `www-authenticate` for a refusal.
    #[must_use]
    pub fn challenge(&self, error: &JwtError) -> HeaderValue {
        www_authenticate(error, &self.scopes)
    }
}

impl JwtWorker {
    /// The part of the current thread, which must run a local runtime.
    #[must_use]
    pub fn new(egress: &Egress) -> Self {
        Self {
            egress: egress.clone(),
            client: Rc::new(egress.worker()),
            caches: RefCell::default(),
        }
    }

    /// Says who calls.
    ///
    /// # Errors
    ///
    /// [`JwtError`]: 403 for a good token without a scope of the route, 401 for any other.
    pub async fn authorize(
        &self,
        authorizer: &JwtAuthorizer,
        headers: &HeaderMap,
        query: Option<&str>,
        unix_seconds: i64,
    ) -> Result<Rc<VerifiedToken>, JwtError> {
        let value = authorizer.source.find(headers, query).ok_or(JwtError::Missing)?;
        let token = strip_scheme(&value);
        if token.is_empty() {
            return Err(JwtError::Missing);
        }
        let version = authorizer.issuer.version();
        let cached = self.cached(authorizer, token, version, unix_seconds);
        let verified = match cached.filter(|_| !authorizer.issuer.is_due()) {
            Some(verified) => verified,
            // Boxed, since it is rare and large.
            None => Box::pin(self.verify(authorizer, token, unix_seconds)).await?,
        };
        if !verified.has_scope(&authorizer.scopes) {
            return Err(JwtError::Scope);
        }
        Ok(verified)
    }

    fn cached(
        &self,
        authorizer: &JwtAuthorizer,
        token: &str,
        version: u64,
        unix_seconds: i64,
    ) -> Option<Rc<VerifiedToken>> {
        let mut caches = self.caches.borrow_mut();
        caches.get_mut(&authorizer.required.id)?.tokens.get(token, version, unix_seconds)
    }

    async fn verify(
        &self,
        authorizer: &JwtAuthorizer,
        token: &str,
        unix_seconds: i64,
    ) -> Result<Rc<VerifiedToken>, JwtError> {
        let requirements = &authorizer.required.requirements;
        let claimed = ClaimedToken::parse(token, &requirements.algorithms)?;
        let keys = match authorizer.issuer.known(claimed.kid()) {
            Some(keys) => keys,
            None => self.fetch(authorizer.issuer.clone(), claimed.kid().to_owned()).await?,
        };
        let verified = Rc::new(claimed.verify(&keys.set, requirements, unix_seconds)?);
        let mut caches = self.caches.borrow_mut();
        let cached = match caches.entry(authorizer.required.id) {
            std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::hash_map::Entry::Vacant(_) => {
                caches.retain(|_, cached| cached.owner.strong_count() > 0);
                caches.entry(authorizer.required.id).or_insert_with(|| Cached {
                    owner: Arc::downgrade(&authorizer.required),
                    tokens: TokenCache::new(TOKENS_MAX),
                })
            }
        };
        cached.tokens.insert(token, keys.version, verified.clone());
        Ok(verified)
    }

    /// Keys that may have to be fetched: by a task of their own, which its deadlines end. Whoever
    /// asked may go away meanwhile, and must not leave the others without.
    async fn fetch(&self, issuer: Arc<Issuer>, kid: String) -> Result<Keys, JwtError> {
        let (egress, client) = (self.egress.clone(), self.client.clone());
        let fetching = tokio::task::spawn_local(async move {
            let fetch = async |issuer: &Issuer| fetch_key_set(&egress, &client, issuer).await;
            issuer.keys(&kid, fetch).await
        });
        fetching.await.unwrap_or(Err(JwtError::Jwks))
    }
}

/// The token itself; `Bearer ` may stand in front, in any letters.
fn strip_scheme(value: &str) -> &str {
    const SCHEME: &str = "bearer ";
    match value.split_at_checked(SCHEME.len()) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => {
            token.trim_start_matches(' ')
        }
        _ => value,
    }
}
