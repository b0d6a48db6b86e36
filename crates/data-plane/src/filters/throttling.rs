//! Throttling: a token bucket for each route (`http-api-throttling`; spec/http-api-runtime.md
//! section 11).
//!
//! A bucket is one number that every thread changes with one atomic operation (the generic cell rate
//! algorithm, GCRA): the time at which it will be full again. Buckets outlive reloads, and belong to
//! a route by its key; what a route may do is its plan's.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use gatewright_snapshot::ThrottlePlan;
use gatewright_types::{ApiId, StageName};
use tokio::time::Instant;

/// A route's bucket and what it may hold.
#[derive(Debug)]
pub(crate) struct Throttle {
    bucket: Arc<Bucket>,
    /// Nanoseconds in which a token comes; absent where none ever does.
    interval: Option<NonZeroU64>,
    /// Nanoseconds in which an empty bucket is full.
    capacity: u64,
}

/// Nanoseconds since the buckets' beginning at which the bucket is full.
#[derive(Debug, Default)]
struct Bucket(AtomicU64);

/// All buckets in use.
#[derive(Debug)]
pub(crate) struct Buckets {
    began: Instant,
    /// What all routes share.
    account: Option<Throttle>,
    /// A short lock, taken when stages are compiled.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    buckets: HashMap<(ApiId, StageName, String), Weak<Bucket>>,
    /// How many there may be before those of routes that are gone are forgotten.
    sweep_at: usize,
}

impl Buckets {
    /// No route's yet; `account` is the rate and burst that all share, if they do.
    pub(crate) fn new(account: Option<(f64, u32)>) -> Self {
        let account = account
            .map(|(rate, burst)| Throttle::new(Arc::default(), ThrottlePlan { rate, burst }));
        Self { began: Instant::now(), account, kept: Mutex::default() }
    }

    /// Whether a route's bucket and the account's each have a token for a request; both give it, or
    /// the route's alone when the account has none.
    pub(crate) fn admit(&self, route: Option<&Throttle>, now: Instant) -> bool {
        if route.is_none() && self.account.is_none() {
            return true;
        }
        let now = self.at(now);
        [route, self.account.as_ref()].into_iter().flatten().all(|throttle| throttle.admits(now))
    }

    /// A route's throttle; its bucket is the one it had before, while anybody holds it.
    pub(crate) fn throttle(
        &self,
        api_id: &ApiId,
        stage_name: &StageName,
        route_key: &str,
        plan: ThrottlePlan,
    ) -> Throttle {
        let key = (api_id.clone(), stage_name.clone(), route_key.to_owned());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = kept.buckets.get(&key).and_then(Weak::upgrade);
        let throttle = Throttle::new(bucket.unwrap_or_else(|| kept.insert(key)), plan);
        throttle.bound(self.at(Instant::now()));
        throttle
    }

    /// A point in time as buckets count it.
    fn at(&self, now: Instant) -> Duration {
        now - self.began
    }
}

impl Kept {
    /// Forgets the buckets of routes that are gone each time their number has doubled: a change
    /// costs what it changes, however many routes there are.
    fn insert(&mut self, key: (ApiId, StageName, String)) -> Arc<Bucket> {
        const SWEEP_AT_MIN: usize = 64;
        if self.buckets.len() >= self.sweep_at {
            self.buckets.retain(|_, bucket| bucket.strong_count() > 0);
            self.sweep_at = SWEEP_AT_MIN.max(2 * self.buckets.len());
        }
        let new = Arc::new(Bucket::default());
        self.buckets.insert(key, Arc::downgrade(&new));
        new
    }
}

impl Throttle {
    fn new(bucket: Arc<Bucket>, plan: ThrottlePlan) -> Self {
        const SECOND: f64 = 1e9;
        // A slower rate than one token in a century is none.
        let interval = SECOND / plan.rate;
        let interval = (plan.rate > 0.0 && interval < 3e18).then_some(interval.max(1.0) as u64);
        let capacity = interval.unwrap_or(0).saturating_mul(u64::from(plan.burst));
        let interval = interval.and_then(NonZeroU64::new);
        Self { bucket, interval, capacity }
    }

    /// Makes the bucket full no later than an empty one would be: a slower plan before may have said
    /// otherwise.
    fn bound(&self, now: Duration) {
        let full_at = nanoseconds(now).saturating_add(self.capacity);
        self.bucket.0.fetch_min(full_at, Ordering::Relaxed);
    }

    /// Takes a token; false when there is none.
    fn admits(&self, now: Duration) -> bool {
        let Some(interval) = self.interval else {
            return false;
        };
        let now = nanoseconds(now);
        let taken = self.bucket.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            let full_at = full_at.max(now).saturating_add(interval.get());
            (full_at - now <= self.capacity).then_some(full_at)
        });
        taken.is_ok()
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle(buckets: &Buckets, rate: f64, burst: u32) -> Throttle {
        let plan = ThrottlePlan { rate, burst };
        buckets.throttle(&ApiId::new("a"), &StageName::new("s"), "GET /", plan)
    }

    /// How many of a hundred requests at one time are admitted.
    fn admitted(throttle: &Throttle, milliseconds: u64) -> usize {
        let now = Duration::from_millis(milliseconds);
        (0..100).filter(|_| throttle.admits(now)).count()
    }

    #[tokio::test]
    async fn a_bucket_holds_its_burst_and_fills_at_its_rate() {
        let throttle = throttle(&Buckets::new(None), 10.0, 5);
        assert_eq!(admitted(&throttle, 0), 5);
        assert_eq!(admitted(&throttle, 99), 0);
        assert_eq!(admitted(&throttle, 100), 1);
        assert_eq!(admitted(&throttle, 400), 3);
        assert_eq!(admitted(&throttle, 60_000), 5);
    }

    #[tokio::test]
    async fn the_account_bounds_all_routes_together() {
        let buckets = Buckets::new(Some((1.0, 5)));
        let (one, two) = (throttle(&buckets, 100.0, 3), throttle(&buckets, 100.0, 3));
        let now = Instant::now();
        let admitted = |route| (0..10).filter(|_| buckets.admit(route, now)).count();
        assert_eq!(admitted(Some(&one)), 3);
        assert_eq!(admitted(None), 2);
        assert_eq!(admitted(Some(&two)), 0);
    }

    #[tokio::test]
    async fn nothing_passes_where_a_limit_is_zero() {
        let buckets = Buckets::new(None);
        for (rate, burst) in [(0.0, 0), (0.0, 10), (10.0, 0)] {
            assert_eq!(admitted(&throttle(&buckets, rate, burst), 5_000), 0, "{rate} {burst}");
        }
    }

    #[tokio::test]
    async fn a_bucket_outlives_a_reload_and_not_its_route() {
        let buckets = Buckets::new(None);
        let before = throttle(&buckets, 1.0, 3);
        assert_eq!(admitted(&before, 0), 3);
        let after = throttle(&buckets, 1.0, 3);
        drop(before);
        assert_eq!(admitted(&after, 0), 0);
        drop(after);
        assert_eq!(admitted(&throttle(&buckets, 1.0, 3), 0), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_that_was_emptied_slowly_fills_at_its_new_rate() {
        let buckets = Buckets::new(None);
        let slow = throttle(&buckets, 0.001, 5);
        assert_eq!(admitted(&slow, 0), 5);
        let fast = throttle(&buckets, 100.0, 10);
        assert_eq!(admitted(&fast, 0), 0);
        assert_eq!(admitted(&fast, 50), 5);
        assert_eq!(admitted(&fast, 1_000), 10);
    }

    #[tokio::test]
    async fn buckets_of_routes_that_are_gone_are_forgotten() {
        let buckets = Buckets::new(None);
        let (api_id, stage_name) = (ApiId::new("a"), StageName::new("s"));
        let plan = ThrottlePlan { rate: 1.0, burst: 1 };
        let of =
            |number: usize| buckets.throttle(&api_id, &stage_name, &format!("GET /{number}"), plan);
        let held = of(0);
        (1..10_000).for_each(|number| drop(of(number)));
        let kept = buckets.kept.lock().unwrap().buckets.len();
        assert!(kept <= 64, "{kept}");
        assert!(Arc::ptr_eq(&held.bucket, &of(0).bucket));
    }
}
