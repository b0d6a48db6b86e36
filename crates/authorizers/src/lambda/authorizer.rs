//! Lambda authorizers, and the decisions that are kept for them.
//!
//! Decisions are shared by all threads, unlike verified tokens: anybody can check a token again, but
//! a function that was asked by each thread would be called, and paid for, that many times as often.
//! A decision outlives reloads, for as long as a stage has an authorizer of the same settings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use gatewright_credentials::Profiles;
use gatewright_egress::{Client, Egress};
use gatewright_expressions::{ContextValues, LambdaIdentitySource};
use gatewright_lambda::{Function, InvokeError};
use gatewright_policy::Context;
use gatewright_snapshot::{LambdaAuthorizerPlan, PayloadFormat};
use gatewright_types::{ApiId, StageName, Timestamp};
use http::HeaderMap;
use http_body_util::Full;
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::{Grant, LambdaAuthorizerError};

/// Lambda authorizers in use, for all threads.
#[derive(Debug)]
pub struct LambdaAuthorizers {
    operators: Egress,
    profiles: Profiles,
    known: Mutex<Vec<Weak<LambdaAuthorizer>>>,
}

/// One authorizer of one API.
#[derive(Debug)]
pub struct LambdaAuthorizer {
    api_id: ApiId,
    plan: LambdaAuthorizerPlan,
    function: Function,
    /// Absent where each request is decided anew.
    grants: Option<Grants>,
    /// Part of what decisions are kept by: whoever is asked while they are forgotten decides under the
    /// old one, which nobody looks for any more.
    generation: AtomicU64,
    /// How often each stage's decisions were to be forgotten, as far as that is heard.
    epochs: Mutex<BTreeMap<StageName, u64>>,
}

/// By identity. Clients choose those, so the hash is keyed anew in each process.
type Grants = Cache<String, Arc<Grant>, foldhash::quality::RandomState>;

/// Bytes of identities and answers that are kept for one authorizer.
const GRANTS_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What keeping one costs beside these.
const GRANT_BYTES: usize = 512;

impl LambdaAuthorizers {
    /// None in use yet. `operators` leads to what the operator's configuration names, and `profiles`
    /// sign for it.
    #[must_use]
    pub fn new(operators: &Egress, profiles: &Profiles) -> Self {
        let (operators, profiles) = (operators.clone(), profiles.clone());
        Self { operators, profiles, known: Mutex::default() }
    }

    /// The authorizer of a stage, which forgets its decisions if the stage's epoch is newer than any
    /// heard before.
    ///
    /// # Errors
    ///
    /// When the plan's host or target cannot stand in a request.
    pub fn authorizer(
        &self,
        (api_id, stage_name): (&ApiId, &StageName),
        plan: LambdaAuthorizerPlan,
        epoch: u64,
    ) -> Result<Arc<LambdaAuthorizer>, http::Error> {
        let authorizer = self.find_or_make(api_id, plan)?;
        authorizer.reach(stage_name, epoch);
        Ok(authorizer)
    }

    fn find_or_make(
        &self,
        api_id: &ApiId,
        plan: LambdaAuthorizerPlan,
    ) -> Result<Arc<LambdaAuthorizer>, http::Error> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = known.iter().filter_map(Weak::upgrade);
        if let Some(found) = found.find(|found| found.api_id == *api_id && found.plan == plan) {
            return Ok(found);
        }
        known.retain(|authorizer| authorizer.strong_count() > 0);
        let function = Function::new(&plan.function, &self.operators, &self.profiles)?;
        let grants = plan.result_ttl.map(|ttl| {
            Cache::builder()
                .max_capacity(GRANTS_BYTES_MAX)
                .weigher(|identity: &String, grant: &Arc<Grant>| {
                    let bytes = GRANT_BYTES + identity.len() + grant.bytes();
                    u32::try_from(bytes).unwrap_or(u32::MAX)
                })
                // The default would rather not keep what was asked for only once.
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(ttl)
                .build_with_hasher(foldhash::quality::RandomState::default())
        });
        let authorizer = Arc::new(LambdaAuthorizer {
            api_id: api_id.clone(),
            plan,
            function,
            grants,
            generation: AtomicU64::new(0),
            epochs: Mutex::default(),
        });
        known.push(Arc::downgrade(&authorizer));
        Ok(authorizer)
    }
}

impl LambdaAuthorizer {
    /// The shape of its events.
    #[must_use]
    pub fn format(&self) -> PayloadFormat {
        self.plan.format
    }

    /// What its identity sources find, in their order.
    ///
    /// # Errors
    ///
    /// [`LambdaAuthorizerError::Missing`] when one finds nothing.
    pub fn identity<'r>(
        &'r self,
        headers: &'r HeaderMap,
        query: Option<&'r str>,
        context: &dyn ContextValues,
    ) -> Result<Vec<Cow<'r, str>>, LambdaAuthorizerError> {
        let find = |source: &'r LambdaIdentitySource| source.find(headers, query, context);
        let found = self.plan.sources.iter().map(find).collect::<Option<_>>();
        found.ok_or(LambdaAuthorizerError::Missing)
    }

    /// Lets a request pass, or not. `event` is written if the function has to be asked; requests of
    /// one identity that come together ask once.
    ///
    /// # Errors
    ///
    /// [`LambdaAuthorizerError`].
    pub async fn authorize(
        &self,
        client: &Client<Full<Bytes>>,
        identity: &[Cow<'_, str>],
        route_arn: &str,
        context: &dyn Context,
        now: Timestamp,
        event: impl FnOnce() -> Vec<u8>,
    ) -> Result<Arc<Grant>, LambdaAuthorizerError> {
        let grant = match &self.grants {
            None => Box::pin(self.ask(client, now, event)).await?,
            Some(grants) => {
                let key = key(self.generation.load(Ordering::Relaxed), identity);
                match grants.get(key.as_str()).await {
                    Some(grant) => grant,
                    None => {
                        let asked = grants.try_get_with(key, self.ask(client, now, event));
                        let asked = Box::pin(asked).await;
                        asked.map_err(|error| LambdaAuthorizerError::clone(&error))?
                    }
                }
            }
        };
        if grant.allows(route_arn, context) {
            Ok(grant)
        } else {
            Err(LambdaAuthorizerError::Denied)
        }
    }

    async fn ask(
        &self,
        client: &Client<Full<Bytes>>,
        now: Timestamp,
        event: impl FnOnce() -> Vec<u8>,
    ) -> Result<Arc<Grant>, LambdaAuthorizerError> {
        let invocation = self.function.prepare(client, event(), now).map_err(failed)?;
        let invoked = invocation.invoke(client).await.map_err(|failure| failed(failure.error))?;
        match Grant::parse(self.plan.answer, &invoked.payload) {
            Ok(grant) => Ok(Arc::new(grant)),
            Err(error) => Err(LambdaAuthorizerError::Answer(Arc::new(error))),
        }
    }

    fn reach(&self, stage_name: &StageName, epoch: u64) {
        let mut epochs = self.epochs.lock().unwrap_or_else(PoisonError::into_inner);
        let before = epochs.insert(stage_name.clone(), epoch);
        if before.is_some_and(|before| before != epoch)
            && let Some(grants) = &self.grants
        {
            self.generation.fetch_add(1, Ordering::Relaxed);
            grants.invalidate_all();
        }
    }
}

/// An identity as one text; where each value ends cannot be mistaken.
fn key(generation: u64, identity: &[Cow<'_, str>]) -> String {
    identity.iter().fold(format!("{generation}."), |mut key, value| {
        // Writing to a String cannot fail.
        let _ = write!(key, "{}:{value}", value.len());
        key
    })
}

/// A function says 401 by failing with this word.
fn failed(error: InvokeError) -> LambdaAuthorizerError {
    match error {
        InvokeError::Function { message, .. } if message == "Unauthorized" => {
            LambdaAuthorizerError::Unauthorized
        }
        error => LambdaAuthorizerError::Invoke(Arc::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_told_apart() {
        let key = |generation, values: &[&'static str]| {
            let values = values.iter().map(|value| Cow::Borrowed(*value)).collect::<Vec<_>>();
            key(generation, &values)
        };
        let mut keys = [&["a", "b"][..], &["ab", ""], &["a,b"], &["1:a", "b"], &["a", "1:b"]]
            .map(|values| key(0, values))
            .to_vec();
        keys.push(key(1, &["a", "b"]));
        for (index, one) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(one), "{one}");
        }
    }
}
