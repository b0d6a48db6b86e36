//! An issuer's keys, fetched and kept (OpenID Connect Discovery 1.0 section 4).
//!
//! Keys are good for two hours, and then until newer ones can be had: an issuer that is down takes
//! nobody's access away who had it. After two hours the next token asks for new keys, be it one that
//! was verified before, or a key that is gone would be good for as long as its tokens. A `kid` that no
//! key has asks for new keys, but not more than once a minute, since anybody can make one up; keys that
//! could not be had are not asked for again within some seconds. One thread fetches, the others wait
//! for it or use what there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{JwtError, KeySet};

/// An issuer. Shared by all threads and authorizers that name it, and outlives reloads.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    insecure: bool,
    current: ArcSwapOption<Keys>,
    versions: AtomicU64,
    /// Held by who fetches.
    fetching: Mutex<Attempts>,
}

/// Keys and when they were fetched.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The keys.
    pub set: Arc<KeySet>,
    /// Changes when they do.
    pub version: u64,
    fetched: Instant,
    /// When they are asked for anew.
    due: Instant,
}

#[derive(Debug, Default)]
struct Attempts {
    last: Option<Instant>,
    /// Of the last one, if it failed.
    failure: Option<FetchError>,
}

/// Keys cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The issuer's configuration.
    #[error("the issuer's OpenID configuration cannot be fetched")]
    Discovery,
    /// The keys it names.
    #[error("the issuer's keys cannot be fetched")]
    Jwks,
}

/// How long keys are good without asking again.
const FRESH: Duration = Duration::from_secs(2 * 60 * 60);
/// The time between two fetches because of an unknown `kid`.
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(60);
/// The time between two fetches while there are no keys, or old ones.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

impl Issuer {
    /// An issuer whose keys have not been asked for. Whether it may be asked without TLS is the
    /// operator's to say.
    #[must_use]
    pub fn new(url: &str, insecure: bool) -> Self {
        Self {
            url: url.to_owned(),
            insecure,
            current: ArcSwapOption::empty(),
            versions: AtomicU64::new(0),
            fetching: Mutex::default(),
        }
    }

    /// Its URL, as tokens name it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it may be asked without TLS.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// The version of the keys as they stand; 0 before there are any.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.current.load().as_ref().map_or(0, |keys| keys.version)
    }

    /// Whether there are keys that are to be asked for anew, and nobody does so yet.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let current = self.current.load();
        current.as_ref().is_some_and(|keys| keys.due <= Instant::now())
            && self.fetching.try_lock().is_ok()
    }

    /// Keys of which one has this id, where nothing has to be fetched for them.
    #[must_use]
    pub fn known(&self, kid: &str) -> Option<Keys> {
        let current = self.current.load();
        let keys = current.as_ref().filter(|keys| keys.set.contains(kid))?;
        (Instant::now() < keys.due).then(|| Keys::clone(keys))
    }

    /// Keys of which one has this id, if fetching can bring that about; else those there are.
    ///
    /// # Errors
    ///
    /// When there are none, and none can be fetched.
    pub async fn keys<F>(&self, kid: &str, fetch: F) -> Result<Keys, JwtError>
    where
        F: AsyncFn(&Self) -> Result<KeySet, FetchError>,
    {
        let now = Instant::now();
        let current = self.current.load_full();
        let interval = match &current {
            Some(keys) if !keys.set.contains(kid) => UNKNOWN_KEY_INTERVAL,
            Some(keys) if now < keys.due => return Ok(Keys::clone(keys)),
            Some(keys) => {
                // Good enough while another fetches.
                let Ok(mut attempts) = self.fetching.try_lock() else {
                    return Ok(Keys::clone(keys));
                };
                let fetched = self.fetch(&mut attempts, RETRY_INTERVAL, &fetch).await;
                return Ok(fetched.unwrap_or_else(|| Keys::clone(keys)));
            }
            None => RETRY_INTERVAL,
        };
        let before = current.as_ref().map(|keys| keys.fetched);
        let mut attempts = self.fetching.lock().await;
        // Whoever held the lock may have fetched what is needed.
        let current = self.current.load_full();
        if let Some(keys) = &current
            && Some(keys.fetched) != before
        {
            return Ok(Keys::clone(keys));
        }
        if let Some(keys) = self.fetch(&mut attempts, interval, &fetch).await {
            return Ok(keys);
        }
        match (current, attempts.failure) {
            (Some(keys), _) => Ok(Keys::clone(&keys)),
            (None, Some(FetchError::Jwks)) => Err(JwtError::Jwks),
            (None, Some(FetchError::Discovery) | None) => Err(JwtError::Discovery),
        }
    }

    /// Fetches, unless the last attempt was within the interval. What fails is logged where it does.
    async fn fetch<F>(&self, attempts: &mut Attempts, interval: Duration, fetch: &F) -> Option<Keys>
    where
        F: AsyncFn(&Self) -> Result<KeySet, FetchError>,
    {
        let now = Instant::now();
        if attempts.last.is_some_and(|last| now - last < interval) {
            return None;
        }
        attempts.last = Some(now);
        let fetched = fetch(self).await;
        attempts.failure = fetched.as_ref().err().copied();
        let Ok(fetched) = fetched else {
            self.postpone(now + RETRY_INTERVAL);
            return None;
        };
        let version = match self.current.load().as_ref() {
            Some(keys) if keys.set.is_same(&fetched) => keys.version,
            _ => self.versions.fetch_add(1, Ordering::Relaxed) + 1,
        };
        let keys = Keys { set: Arc::new(fetched), version, fetched: now, due: now + FRESH };
        self.current.store(Some(Arc::new(keys.clone())));
        Some(keys)
    }

    /// Keys that could not be had anew are good until then.
    fn postpone(&self, due: Instant) {
        if let Some(keys) = self.current.load_full()
            && keys.due < due
        {
            self.current.store(Some(Arc::new(Keys { due, ..Keys::clone(&keys) })));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// An issuer whose answers the test sets, and which counts its calls.
    struct Played {
        issuer: Issuer,
        kid: RefCell<Result<&'static str, FetchError>>,
        calls: Cell<usize>,
    }

    impl Played {
        fn new(kid: Result<&'static str, FetchError>) -> Self {
            let issuer = Issuer::new("https://issuer.example", false);
            Self { issuer, kid: RefCell::new(kid), calls: Cell::new(0) }
        }

        /// The version of the keys that a `kid` brings, and how often the issuer was called so far.
        async fn ask(&self, kid: &str) -> (Result<u64, JwtError>, usize) {
            let fetch = async |_: &Issuer| {
                self.calls.set(self.calls.get() + 1);
                let kid = (*self.kid.borrow())?;
                let key = format!(
                    r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}}"#
                );
                Ok(KeySet::parse(&key).expect("a key set"))
            };
            let keys = self.issuer.keys(kid, fetch).await.map(|keys| keys.version);
            (keys, self.calls.get())
        }
    }

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn keys_are_good_for_two_hours() {
        let played = Played::new(Ok("a"));
        assert_eq!(played.ask("a").await, (Ok(1), 1));
        pass(7_199).await;
        assert_eq!(played.ask("a").await, (Ok(1), 1));
        pass(1).await;
        assert_eq!(played.ask("a").await, (Ok(1), 2), "the same keys are the same version");
    }

    #[tokio::test(start_paused = true)]
    async fn old_keys_are_due_for_one_at_a_time() {
        let played = Played::new(Ok("a"));
        assert!(!played.issuer.is_due(), "there are none");
        assert_eq!(played.ask("a").await, (Ok(1), 1));
        pass(7_199).await;
        assert!(!played.issuer.is_due());
        pass(1).await;
        assert!(played.issuer.is_due());
        let another = played.issuer.fetching.try_lock();
        assert!(!played.issuer.is_due(), "another asks");
        drop(another);
        *played.kid.borrow_mut() = Err(FetchError::Discovery);
        assert_eq!(played.ask("a").await, (Ok(1), 2));
        assert!(!played.issuer.is_due(), "not again within seconds");
        assert!(played.issuer.known("a").is_some());
        pass(5).await;
        assert!(played.issuer.is_due() && played.issuer.known("a").is_none());
        *played.kid.borrow_mut() = Ok("b");
        assert_eq!(played.ask("a").await, (Ok(2), 3), "other keys are another version");
        assert!(!played.issuer.is_due());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_makes_fresh_keys_no_older() {
        let played = Played::new(Ok("a"));
        assert_eq!(played.ask("a").await, (Ok(1), 1));
        *played.kid.borrow_mut() = Err(FetchError::Jwks);
        pass(60).await;
        assert_eq!(played.ask("made up").await, (Ok(1), 2));
        pass(7_139).await;
        assert!(!played.issuer.is_due());
        pass(1).await;
        assert!(played.issuer.is_due());
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_kid_asks_once_a_minute() {
        let played = Played::new(Ok("a"));
        assert_eq!(played.ask("a").await, (Ok(1), 1));
        pass(59).await;
        for _ in 0..100 {
            assert_eq!(played.ask("made up").await, (Ok(1), 1));
        }
        pass(1).await;
        *played.kid.borrow_mut() = Ok("b");
        assert_eq!(played.ask("b").await, (Ok(2), 2));
        for number in 0..100 {
            assert_eq!(played.ask(&format!("made up {number}")).await, (Ok(2), 2));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_good_keys_outlive_their_issuer() {
        let played = Played::new(Ok("a"));
        assert_eq!(played.ask("a").await, (Ok(1), 1));
        *played.kid.borrow_mut() = Err(FetchError::Jwks);
        pass(100_000).await;
        assert_eq!(played.ask("a").await, (Ok(1), 2));
        assert_eq!(played.ask("a").await, (Ok(1), 2), "not again within seconds");
        pass(5).await;
        assert_eq!(played.ask("a").await, (Ok(1), 3));
    }

    #[tokio::test(start_paused = true)]
    async fn without_keys_an_issuer_is_asked_every_few_seconds() {
        for (error, expected) in
            [(FetchError::Discovery, JwtError::Discovery), (FetchError::Jwks, JwtError::Jwks)]
        {
            let played = Played::new(Err(error));
            assert_eq!(played.ask("a").await, (Err(expected.clone()), 1));
            pass(4).await;
            assert_eq!(played.ask("a").await, (Err(expected), 1), "not asked, and called the same");
            pass(1).await;
            *played.kid.borrow_mut() = Ok("a");
            assert_eq!(played.ask("a").await, (Ok(1), 2));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_that_wait_fetch_once() {
        let played = Played::new(Ok("a"));
        let (one, two, three) = tokio::join!(played.ask("a"), played.ask("a"), played.ask("a"));
        assert_eq!((one.0, two.0, three.0), (Ok(1), Ok(1), Ok(1)));
        assert_eq!(played.calls.get(), 1);
    }
}
