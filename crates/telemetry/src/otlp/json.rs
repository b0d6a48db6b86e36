//! OTLP's shapes as JSON, as far as they are used: what ProtoJSON makes of them, with trace and span
//! ids in hex and 64-bit numbers as text.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// An attribute.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct KeyValue<'a> {
    key: &'static str,
    value: Attribute<'a>,
}

/// An attribute's value.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) enum Attribute<'a> {
    #[serde(rename = "stringValue")]
    Text(&'a str),
    #[serde(rename = "intValue")]
    Number(Int64),
    #[serde(rename = "doubleValue")]
    Real(f64),
}

/// A 64-bit number, which JSON cannot hold, as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Int64(pub(crate) u64);

impl Serialize for Int64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'a> KeyValue<'a> {
    pub(crate) fn new(key: &'static str, value: Attribute<'a>) -> Self {
        Self { key, value }
    }
}

/// Some of the shapes as JSON, to be put into others.
pub(crate) fn raw<T: Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("plain structs and strings are JSON")
}

/// Appends one of the shapes and a comma.
pub(crate) fn append<T: Serialize>(bytes: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(&mut *bytes, value).expect("plain structs and strings are JSON");
    bytes.push(b',');
}

/// Who sends.
pub(crate) fn resource(instance: &str) -> Box<RawValue> {
    #[derive(Serialize)]
    struct Resource<'a> {
        attributes: [KeyValue<'a>; 3],
    }
    raw(&Resource {
        attributes: [
            KeyValue::new("service.name", Attribute::Text("gatewright")),
            KeyValue::new("service.version", Attribute::Text(env!("CARGO_PKG_VERSION"))),
            KeyValue::new("service.instance.id", Attribute::Text(instance)),
        ],
    })
}

/// Appends a log record, whose attributes are JSON already.
pub(crate) fn log_record(bytes: &mut Vec<u8>, line: &[u8], unix_nanos: u64, attributes: &RawValue) {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct LogRecord<'a> {
        time_unix_nano: Int64,
        observed_time_unix_nano: Int64,
        severity_number: u8,
        severity_text: &'static str,
        body: Attribute<'a>,
        attributes: &'a RawValue,
    }
    let time = Int64(unix_nanos);
    let record = LogRecord {
        time_unix_nano: time,
        observed_time_unix_nano: time,
        severity_number: 9,
        severity_text: "INFO",
        // A header's value may be in the line, and any bytes in that.
        body: Attribute::Text(&String::from_utf8_lossy(line)),
        attributes,
    };
    append(bytes, &record);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn log_records_are_as_the_protocol_has_them() {
        let attributes = [
            KeyValue::new("gatewright.api.id", Attribute::Text("a1")),
            KeyValue::new("number", Attribute::Number(Int64(1 << 62))),
            KeyValue::new("real", Attribute::Real(0.25)),
        ];
        let attributes = raw(&attributes);
        let mut bytes = Vec::new();
        log_record(&mut bytes, b"\"GET /\" 200 \xff", 1_700_000_000_123_456_789, &attributes);
        expect![[r#"{"timeUnixNano":"1700000000123456789","observedTimeUnixNano":"1700000000123456789","severityNumber":9,"severityText":"INFO","body":{"stringValue":"\"GET /\" 200 �"},"attributes":[{"key":"gatewright.api.id","value":{"stringValue":"a1"}},{"key":"number","value":{"intValue":"4611686018427387904"}},{"key":"real","value":{"doubleValue":0.25}}]},"#]].assert_eq(&String::from_utf8(bytes).expect("UTF-8"));
    }

    #[test]
    fn the_resource_says_who_sends() {
        expect![[r#"{"attributes":[{"key":"service.name","value":{"stringValue":"gatewright"}},{"key":"service.version","value":{"stringValue":"VERSION"}},{"key":"service.instance.id","value":{"stringValue":"x"}}]}"#]]
            .assert_eq(&resource("x").get().replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }
}
