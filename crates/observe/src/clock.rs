//! The machine's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatewright_types::{Clock, Timestamp};

/// Wall-clock time of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// Nanoseconds since 1970, for what is finer than a [`Timestamp`].
    #[must_use]
    pub fn unix_nanos(self) -> u64 {
        u64::try_from(since_1970().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(i64::try_from(since_1970().as_secs()).unwrap_or(i64::MAX))
    }
}

fn since_1970() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that all others ask")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
