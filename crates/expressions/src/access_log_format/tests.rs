use gatewright_types::limits::ACCESS_LOG_ENTRY_BYTES_MAX;

use super::{AccessLogFormat, AccessLogFormatProblem, ContextValues, ContextVariable};

/// Values by the variable's name; a name without one prints `-`.
struct Values(&'static [(&'static str, &'static [u8])]);

impl ContextValues for Values {
    fn write(&self, variable: &ContextVariable, out: &mut Vec<u8>) {
        let found =
            self.0.iter().find(|(name, _)| ContextVariable::parse(name).as_ref() == Some(variable));
        if let Some((_, value)) = found {
            out.extend_from_slice(value);
        }
    }
}

const REQUEST: Values = Values(&[
    ("requestId", b"AZzecgvEPHcEPew="),
    ("identity.sourceIp", b"64.136.145.109"),
    ("requestTime", b"15/Feb/2023:23:08:37 +0000"),
    ("httpMethod", b"GET"),
    ("routeKey", b"$default"),
    ("protocol", b"HTTP/1.1"),
    ("status", b"500"),
    ("responseLength", b"35"),
    ("integrationErrorMessage", b"The IAM role"),
    ("error.message", b"Internal Server Error"),
    ("authorizer.claims.sub", b"0a1b"),
    ("authorizer.tenant", b"blue"),
]);

fn line(format: &str, values: &Values) -> String {
    let format = AccessLogFormat::compile(format).expect("compiles");
    let mut line = b"kept ".to_vec();
    format.write(values, &mut line);
    String::from_utf8(line.split_off(5)).expect("text")
}

#[track_caller]
fn check(format: &str, expected: &str) {
    assert_eq!(line(format, &REQUEST), expected, "{format}");
}

/// Section 13.2, to the byte.
#[test]
fn the_four_formats_of_the_guide() {
    check(
        r#"$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId"#,
        r#"64.136.145.109 - - [15/Feb/2023:23:08:37 +0000] "GET $default HTTP/1.1" 500 35 AZzecgvEPHcEPew="#,
    );
    check(
        r#"{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod","routeKey":"$context.routeKey", "status":"$context.status","protocol":"$context.protocol", "responseLength":"$context.responseLength" }"#,
        r#"{ "requestId":"AZzecgvEPHcEPew=", "ip": "64.136.145.109", "requestTime":"15/Feb/2023:23:08:37 +0000", "httpMethod":"GET","routeKey":"$default", "status":"500","protocol":"HTTP/1.1", "responseLength":"35" }"#,
    );
    check(
        r#"<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> <requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> <routeKey>$context.routeKey</routeKey> <status>$context.status</status> <protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>"#,
        r#"<request id="AZzecgvEPHcEPew="> <ip>64.136.145.109</ip> <requestTime>15/Feb/2023:23:08:37 +0000</requestTime> <httpMethod>GET</httpMethod> <routeKey>$default</routeKey> <status>500</status> <protocol>HTTP/1.1</protocol> <responseLength>35</responseLength> </request>"#,
    );
    check(
        "$context.identity.sourceIp,$context.requestTime,$context.httpMethod,$context.routeKey,$context.protocol,$context.status,$context.responseLength,$context.requestId",
        "64.136.145.109,15/Feb/2023:23:08:37 +0000,GET,$default,HTTP/1.1,500,35,AZzecgvEPHcEPew=",
    );
}

#[test]
fn variables_in_their_surroundings() {
    let rows = [
        // 13.2, the real line: a value at the end, with spaces.
        ("$context.requestId $context.integrationErrorMessage", "AZzecgvEPHcEPew= The IAM role"),
        // 13.1: aliases.
        ("$context.extendedRequestId|$context.integration.error", "AZzecgvEPHcEPew=|The IAM role"),
        ("$context.authorizer.claims.sub $context.authorizer.tenant", "0a1b blue"),
        // 13.1: without a value, and unknown names, `-`.
        ("$context.responseLatency $context.authorizer.other", "- -"),
        ("$context.nosuch/$context.authorizer.claims", "-/-"),
        // 13.1: messageString is quoted when there is one.
        ("$context.error.messageString", "\"Internal Server Error\""),
        ("$context.error.message", "Internal Server Error"),
        ("$context.status$context.status-$context.status.", "500500-500."),
        ("$context.status_x $context.status:x", "- 500:x"),
        (
            "$$context.status ${context.status} $contextual $Context.x $",
            "$500 ${context.status} $contextual $Context.x $",
        ),
        ("a\tb\n", "a\tb"),
        ("a\r\n\r\n", "a"),
        ("é$context.statusé", "é500é"),
        ("", ""),
    ];
    for (format, expected) in rows {
        check(format, expected);
    }
    assert_eq!(line("$context.error.messageString", &Values(&[])), "-");
}

#[test]
fn malformed_formats_name_the_place() {
    use AccessLogFormatProblem::{ControlCharacter, NoName};
    let rows = [
        ("$context", 1, NoName),
        ("é $context.", 3, NoName),
        ("$context.status $context. x", 17, NoName),
        ("$context..status", 1, NoName),
        ("$context-status", 1, NoName),
        ("a\nb", 2, ControlCharacter),
        ("$context.status\u{2028}x", 16, ControlCharacter),
        ("\u{1b}[31m", 1, ControlCharacter),
    ];
    for (format, position, problem) in rows {
        let error = AccessLogFormat::compile(format).expect_err(format);
        assert_eq!((error.position, error.problem), (position, problem), "{format:?}");
    }
    let error = AccessLogFormat::compile("a $context").expect_err("no name");
    assert_eq!(error.to_string(), "$context without the name of a variable at character 3");
}

#[test]
fn a_value_cannot_forge_a_line() {
    let rows: [(&[u8], &str); 7] = [
        (b"x\r\n{\"forged\":true}", "[x  {\"forged\":true}]"),
        (b"a\tb\0c\x1b[2Jd\x7f", "[a b c [2Jd ]"),
        ("a\u{85}b\u{2028}c\u{2029}d".as_bytes(), "[a b c d]"),
        ("ünïcode 🦀".as_bytes(), "[ünïcode 🦀]"),
        (b"\xff\xfea", "[\u{fffd}\u{fffd}a]"),
        // 13.1: the template does not escape.
        (b"\"quoted\"", "[\"quoted\"]"),
        (b"$context.status", "[$context.status]"),
    ];
    for (value, expected) in rows {
        let values: &'static _ = Box::leak(Box::new([("identity.userAgent", value)]));
        assert_eq!(line("[$context.identity.userAgent]", &Values(values)), expected);
    }
}

/// Section 4: 1 MB.
#[test]
fn an_entry_is_bounded() {
    let user_agent = |value: Vec<u8>| -> Values {
        Values(Box::leak(Box::new([("identity.userAgent", &*value.leak())])))
    };
    let format = "$context.identity.userAgent.";
    for (bytes, kept) in
        [(ACCESS_LOG_ENTRY_BYTES_MAX - 1, true), (ACCESS_LOG_ENTRY_BYTES_MAX, false)]
    {
        let entry = line(format, &user_agent(vec![b'x'; bytes]));
        assert_eq!(entry.len(), ACCESS_LOG_ENTRY_BYTES_MAX);
        assert_eq!(entry.ends_with('.'), kept);
    }
    // Two bytes a letter, one before them: the cut falls into one.
    let letters = format!("x{}", "é".repeat(ACCESS_LOG_ENTRY_BYTES_MAX));
    let entry = line(format, &user_agent(letters.into_bytes()));
    assert_eq!(entry.len(), ACCESS_LOG_ENTRY_BYTES_MAX - 1);
}

#[test]
fn a_buffer_is_reused() {
    let format = AccessLogFormat::compile("$context.status").expect("compiles");
    let mut line = Vec::with_capacity(64);
    let buffer = line.as_ptr();
    for _ in 0..3 {
        line.clear();
        format.write(&REQUEST, &mut line);
        assert_eq!(line, b"500");
    }
    assert_eq!(line.as_ptr(), buffer, "no allocation where the buffer suffices");
}
