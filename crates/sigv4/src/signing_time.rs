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

    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The day of a scope, `20260102`.
    pub(crate) fn day(self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }

    /// Reads the form of `x-amz-date`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let month = Month::try_from(small(&bytes[4..6])?).ok()?;
        let date = (number(&bytes[..4])?, month, small(&bytes[6..8])?);
        Self::new(date, [&bytes[9..11], &bytes[11..13], &bytes[13..15]])
    }

    /// Reads the form of `date`, `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 9110 section 5.6.7). The
    /// obsolete forms are none to sign with; botocore writes `-0000` for `GMT`.
    pub(crate) fn parse_http_date(text: &str) -> Option<Self> {
        let text = text.strip_suffix(" GMT").or_else(|| text.strip_suffix(" -0000"))?;
        let bytes = text.as_bytes();
        if bytes.len() != 25 || bytes[19] != b':' || bytes[22] != b':' {
            return None;
        }
        if [3, 4, 7, 11, 16].map(|at| bytes[at]) != *b",    " {
            return None;
        }
        let names = *b"JanFebMarAprMayJunJulAugSepOctNovDec";
        let index = names.chunks(3).position(|name| name == &bytes[8..11])?;
        let month = Month::try_from(u8::try_from(index + 1).ok()?).ok()?;
        let date = (number(&bytes[12..16])?, month, small(&bytes[5..7])?);
        let time = Self::new(date, [&bytes[17..19], &bytes[20..22], &bytes[23..25]])?;
        let weekday = time.utc()?.weekday().to_string();
        (weekday.as_bytes()[..3] == bytes[..3]).then_some(time)
    }

    fn new((year, month, day): (u16, Month, u8), time: [&[u8]; 3]) -> Option<Self> {
        let [hour, minute, second] = time;
        let date = Date::from_calendar_date(year.into(), month, day).ok()?;
        let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
        Some(Self(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp()))
    }

    fn utc(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.0).ok()
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0_u16, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0'))
    })
}

fn small(digits: &[u8]) -> Option<u8> {
    number(digits).and_then(|number| u8::try_from(number).ok())
}

impl std::fmt::Display for SigningTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.utc().ok_or(std::fmt::Error)?;
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
        assert_eq!(time, SigningTime::from_unix_seconds(1_440_938_160));
        assert_eq!(time.to_string(), "20150830T123600Z");
        assert_eq!(time.day(), "20150830");
        for broken in
            ["", "20150830T123600", "2015-08-30T12:36Z", "20151330T123600Z", "2015083xT123600Z"]
        {
            assert_eq!(SigningTime::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn http_dates_are_read() {
        let time = SigningTime::parse("20150830T123600Z");
        for date in ["Sun, 30 Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 -0000"] {
            assert_eq!(SigningTime::parse_http_date(date), time, "{date}");
        }
        let broken = [
            "",
            "GMT",
            "20150830T123600Z",
            "Mon, 30 Aug 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:36:00",
            "Sun, 30 Aug 2015 12:36:00 +0200",
            "Sun, 30 aug 2015 12:36:00 GMT",
            "Sun, 30 anF 2015 12:36:00 GMT",
            "Sun, 31 Sep 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:60:00 GMT",
            "Sun, 30 Aug 2015 12:36:+1 GMT",
            "Sun,_30 Aug 2015 12:36:00 GMT",
            "Sun, 3é Aug 2015 12:36:00 GMT",
            "Sunday, 30-Aug-15 12:36:00 GMT",
            "Sun Aug 30 12:36:00 2015",
        ];
        for date in broken {
            assert_eq!(SigningTime::parse_http_date(date), None, "{date}");
        }
    }
}
