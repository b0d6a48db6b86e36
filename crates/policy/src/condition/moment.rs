//! The values of `Date…` operators: the W3C profile of ISO 8601, or seconds since the epoch
//! ("Condition operators", Date).
//!
//! The profile's forms: `2026`, `2026-01`, `2026-01-02`, `2026-01-02T03:04Z`, with seconds, and
//! with fractions of them; a time has an offset, `Z` or `+01:00`. Four digits are a year.

use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

/// Nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i128);

const NANOSECONDS: i128 = 1_000_000_000;

impl Moment {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != 4
            && text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit())
        {
            return text.parse::<i64>().ok().map(|seconds| Self(i128::from(seconds) * NANOSECONDS));
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let whole = date.len() == "2026-01-02".len();
        let mut fields = date.split('-');
        let year = digits(fields.next()?, 4)?;
        let mut field = || fields.next().map_or(Some(1), |field| digits(field, 2));
        let (month, day) = (small(field()?)?, small(field()?)?);
        if fields.next().is_some() {
            return None;
        }
        let month = Month::try_from(month).ok()?;
        let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, day).ok()?;
        let (time, offset) = match time {
            None => (Time::MIDNIGHT, UtcOffset::UTC),
            Some(time) if whole => read_time(time)?,
            Some(_) => return None,
        };
        let moment = PrimitiveDateTime::new(date, time).assume_offset(offset);
        Some(Self(moment.unix_timestamp_nanos()))
    }
}

fn read_time(text: &str) -> Option<(Time, UtcOffset)> {
    let (clock, offset) = match text.strip_suffix('Z') {
        Some(clock) => (clock, UtcOffset::UTC),
        None => {
            let (clock, offset) = text.split_at(text.find(['+', '-'])?);
            (clock, read_offset(offset)?)
        }
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut fields = clock.split(':');
    let hour = small(digits(fields.next()?, 2)?)?;
    let minute = small(digits(fields.next()?, 2)?)?;
    let second = fields.next().map(|field| digits(field, 2));
    if fields.next().is_some() {
        return None;
    }
    let nanosecond = match (second, fraction) {
        (_, None) => 0,
        (None, Some(_)) => return None,
        (Some(_), Some(fraction)) => nanoseconds(fraction)?,
    };
    let second = second.map_or(Some(0), |second| small(second?))?;
    Some((Time::from_hms_nano(hour, minute, second, nanosecond).ok()?, offset))
}

fn read_offset(text: &str) -> Option<UtcOffset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    UtcOffset::from_whole_seconds(sign * seconds).ok()
}

/// The fraction of a second in nanoseconds; digits beyond those do not count.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(padded.fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

/// Exactly so many digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let valid = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok()).flatten()
}

fn small(number: u32) -> Option<u8> {
    u8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        for (text, seconds) in [
            ("2020-04-01T00:00:00Z", 1_585_699_200),
            ("2020-04-01T00:00Z", 1_585_699_200),
            ("2020-04-01", 1_585_699_200),
            ("2020-04", 1_585_699_200),
            ("2020", 1_577_836_800),
            ("2020-04-01T02:30:00+02:30", 1_585_699_200),
            ("2020-03-31T16:00:00-08:00", 1_585_699_200),
            ("1585699200", 1_585_699_200),
            ("-1", -1),
            ("0", 0),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(Moment::parse(text), Some(Moment(seconds * NANOSECONDS)), "{text}");
        }
        let early = Moment::parse("2020-04-01T00:00:00.1Z").expect("a date");
        let late = Moment::parse("2020-04-01T00:00:00.123456789123Z").expect("a date");
        assert!(early < late);
    }

    #[test]
    fn other_texts_are_no_dates() {
        for broken in [
            "",
            "-",
            "now",
            "2020-13",
            "2020-02-30",
            "2020-1-1",
            "2020-04-01T00:00:00",
            "2020-04-01T24:00:00Z",
            "2020-04-01T00:00:60Z",
            "2020-04-01T00:00:00.Z",
            "2020-04-01T00:00.5Z",
            "2020-04-01T00Z",
            "2020-04-01T00:00:00:00Z",
            "2020-04-01T00:00:00+24:00",
            "2020-04-01T00:00:00+0100",
            "2020-04T00:00Z",
            "2020-04-01-01",
            "2020-04-01 00:00:00Z",
            "99999999999999999999",
            "١٢٣٤٥",
            "2020-04-01T00:00:00é",
        ] {
            assert_eq!(Moment::parse(broken), None, "{broken}");
        }
    }
}
