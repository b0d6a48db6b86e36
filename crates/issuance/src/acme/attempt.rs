//! Orders that came to nothing: the authority is asked again later, and each time later.

use serde::{Deserialize, Serialize};

/// Let's Encrypt allows five failures an hour for a name; this makes four.
const DELAY_SECONDS_MIN: u64 = 5 * 60;
const DELAY_SECONDS_MAX: u64 = 12 * 3600;

/// What is known of a name's orders since the last that brought a certificate. Written before an order
/// begins, so that a process that is killed again and again does not order again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// Those in a row, the one that has begun included.
    pub(crate) failures: u32,
    /// When the next may begin, in seconds since 1970.
    pub(crate) not_before: i64,
    /// Why the last one failed, for who looks into the file.
    pub(crate) error: Option<String>,
}

impl Attempt {
    /// One that begins now. `spread`, from 0 to 1, moves the next, so that names that failed together
    /// do not come back together.
    pub(crate) fn after(last: Option<&Self>, now: i64, spread: f64) -> Self {
        let failures = last.map_or(0, |last| last.failures).saturating_add(1);
        let doubled = DELAY_SECONDS_MIN.saturating_mul(1 << (failures - 1).min(16));
        let delay = doubled.min(DELAY_SECONDS_MAX) as f64 * (1.0 + spread.clamp(0.0, 1.0) / 4.0);
        Self { failures, not_before: now + delay as i64, error: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_wait() {
        let mut last = None;
        let mut waits = Vec::new();
        for _ in 0..10 {
            let attempt = Attempt::after(last.as_ref(), 1000, 0.0);
            waits.push((attempt.not_before - 1000) / 60);
            last = Some(attempt);
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 720, 720]);
        assert_eq!(Attempt::after(None, 1000, 1.0).not_before, 1000 + 375);
        let many = Attempt { failures: u32::MAX, not_before: 0, error: None };
        assert_eq!(Attempt::after(Some(&many), 0, 0.0).not_before, 12 * 3600);
    }
}
