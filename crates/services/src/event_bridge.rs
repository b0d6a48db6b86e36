//! Amazon EventBridge (API reference, `PutEvents`).

use bytes::Bytes;
use gatewright_expressions::ServiceArguments;
use http::Request;
use serde::Serialize;
use serde_json::Number;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::json_protocol::{self, Version};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents<'a> {
    entries: [Entry<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_bus_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Time<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_header: Option<&'a str>,
}

/// A time in the protocol: seconds since the Unix epoch.
#[derive(Serialize)]
#[serde(untagged)]
enum Time<'a> {
    Seconds(Number),
    /// What is no time, for EventBridge to refuse in its own words.
    Text(&'a str),
}

/// `PutEvents` with one entry.
pub(crate) fn put_events(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    let entry = Entry {
        detail: arguments.text("Detail"),
        detail_type: arguments.text("DetailType"),
        source: arguments.text("Source"),
        event_bus_name: arguments.text("EventBusName"),
        resources: arguments.list("Resources"),
        time: arguments.text("Time").map(Time::of),
        trace_header: arguments.text("TraceHeader"),
    };
    let input = PutEvents { entries: [entry] };
    json_protocol::request(Version::V1_1, "AWSEvents.PutEvents", &input)
}

impl<'a> Time<'a> {
    /// A number, or a time of RFC 3339.
    fn of(text: &'a str) -> Self {
        let seconds = || {
            let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
            match time.millisecond() {
                0 => Some(Number::from(time.unix_timestamp())),
                // The protocol knows no finer.
                _ => Number::from_f64((time.unix_timestamp_nanos() / 1_000_000) as f64 / 1_000.0),
            }
        };
        let number = text.parse().ok().or_else(seconds);
        number.map_or(Self::Text(text), Self::Seconds)
    }
}

#[cfg(test)]
mod tests {
    use gatewright_types::IntegrationSubtype as S;

    use super::*;
    use crate::testing::{arguments, shown};

    const HEAD: &str =
        "POST /\ncontent-type: application/x-amz-json-1.1\nx-amz-target: AWSEvents.PutEvents\n\n";

    #[test]
    fn an_entry_has_every_parameter() {
        let all = arguments(
            S::EventBridgePutEvents,
            &[
                ("Detail", "{\"a\":\"é\"}"),
                ("DetailType", "made"),
                ("Source", "orders"),
                ("EventBusName", "bus"),
                ("Resources", r#"["arn:a","arn:b"]"#),
                ("Time", "2026-01-02T03:04:05Z"),
                ("TraceHeader", "Root=1-0"),
            ],
        );
        assert_eq!(
            shown(&put_events(&all)),
            HEAD.to_owned()
                + r#"{"Entries":[{"Detail":"{\"a\":\"é\"}","DetailType":"made","Source":"orders","EventBusName":"bus","#
                + r#""Resources":["arn:a","arn:b"],"Time":1767323045,"TraceHeader":"Root=1-0"}]}"#
        );
        let few = arguments(S::EventBridgePutEvents, &[("Detail", "{}"), ("Source", "s")]);
        let expected = r#"{"Entries":[{"Detail":"{}","Source":"s"}]}"#;
        assert_eq!(shown(&put_events(&few)), HEAD.to_owned() + expected);
    }

    #[test]
    fn times_are_seconds() {
        for (text, expected) in [
            ("2026-01-02T04:04:05.250+01:00", "1767323045.25"),
            ("2026-01-02T03:04:05.000001Z", "1767323045"),
            ("1767323045", "1767323045"),
            ("1767323045.5", "1767323045.5"),
            ("soon", "\"soon\""),
            ("", "\"\""),
        ] {
            assert_eq!(serde_json::to_string(&Time::of(text)).expect("JSON"), expected, "{text}");
        }
    }
}
