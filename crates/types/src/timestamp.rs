//! Points in time as the management API writes them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A UTC time of second precision, `2020-04-08T19:05:45Z` on the wire (restJson1 `iso8601`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From seconds since the Unix epoch.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// As access logs and events write it: `14/Apr/2025:22:13:56 +0000` (the common log format).
    #[must_use]
    pub fn common_log_format(self) -> [u8; 26] {
        let mut text = *b"01/Jan/1970:00:00:00 +0000";
        let Ok(time) = OffsetDateTime::from_unix_timestamp(self.0) else {
            return text;
        };
        let (year, month, day) = time.to_calendar_date();
        let (hour, minute, second) = time.to_hms();
        write_digits(&mut text[0..2], day.into());
        text[3..6].copy_from_slice(MONTHS[usize::from(u8::from(month)) - 1]);
        write_digits(&mut text[7..11], year.unsigned_abs());
        write_digits(&mut text[12..14], hour.into());
        write_digits(&mut text[15..17], minute.into());
        write_digits(&mut text[18..20], second.into());
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Self(parsed.unix_timestamp()))
    }
}

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Fills the text with a number's lowest digits.
fn write_digits(text: &mut [u8], mut number: u32) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok())
            .ok_or(std::fmt::Error)?;
        f.write_str(&text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected an ISO 8601 time"))
    }
}

/// The v1 API's form: a number, seconds since the Unix epoch.
pub(crate) mod unix_seconds {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    pub(crate) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.unix_seconds())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_unix_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_logs_have_it() {
        let rows = [
            (1_744_668_836, "14/Apr/2025:22:13:56 +0000"),
            (0, "01/Jan/1970:00:00:00 +0000"),
            (1_709_251_199, "29/Feb/2024:23:59:59 +0000"),
            (1_767_225_599, "31/Dec/2025:23:59:59 +0000"),
        ];
        for (seconds, text) in rows {
            let written = Timestamp::from_unix_seconds(seconds).common_log_format();
            assert_eq!(std::str::from_utf8(&written), Ok(text));
        }
    }

    #[test]
    fn is_written_with_second_precision() {
        let time = Timestamp::from_unix_seconds(1_586_372_745);
        assert_eq!(time.to_string(), "2020-04-08T19:05:45Z");
        assert_eq!(Timestamp::parse("2020-04-08T19:05:45Z"), Some(time));
    }
}
