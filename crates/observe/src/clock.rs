//! The machine's clock.

use gatewright_types::{Clock, Timestamp};
use time::OffsetDateTime;

/// Wall-clock time of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(OffsetDateTime::now_utc().unix_timestamp())
    }
}
