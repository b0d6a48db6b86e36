//! The time a request says it was signed at, `20260102T030405Z`.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// A point in time, in seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningTime(i64);

impl SigningTime {
    /// From seconds since the Unix epoch.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    pub(crate) fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Reads the form of `x-amz-date`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0_u16, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0'))
            })
        };
        let small = |from, to| number(from, to).and_then(|number| u8::try_from(number).ok());
        let month = Month::try_from(small(4, 6)?).ok()?;
        let date = Date::from_calendar_date(number(0, 4)?.into(), month, small(6, 8)?).ok()?;
        let time = Time::from_hms(small(9, 11)?, small(11, 13)?, small(13, 15)?).ok()?;
        Some(Self(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp()))
    }
}

impl std::fmt::Display for SigningTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = OffsetDateTime::from_unix_timestamp(self.0).map_err(|_| std::fmt::Error)?;
        let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
        let (hour, minute, second) = time.to_hms();
        write!(f, "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        let time = SigningTime::parse("20150830T123600Z").expect("a time");
        assert_eq!(time.unix_seconds(), 1_440_938_160);
        assert_eq!(time.to_string(), "20150830T123600Z");
        for broken in
            ["", "20150830T123600", "2015-08-30T12:36Z", "20151330T123600Z", "2015083xT123600Z"]
        {
            assert_eq!(SigningTime::parse(broken), None, "{broken}");
        }
    }
}
