//! The tables of spec/http-api-runtime.md sections 6.5 and 6.6.

use super::*;

/// Status, headers and body as a text; the fault, if it is one.
fn shown(format: PayloadFormat, payload: &str) -> String {
    let answered = answer(format, &Bytes::copy_from_slice(payload.as_bytes()));
    let response = match answered {
        Ok(response) => response,
        Err(fault) => return fault.to_string(),
    };
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| format!(" {name}={}", String::from_utf8_lossy(value.as_bytes())));
    let body = String::from_utf8_lossy(response.body());
    format!("{}{} [{body}]", response.status().as_u16(), headers.collect::<String>())
}

#[test]
fn format_2_infers_an_answer() {
    for (payload, body) in [
        (r#"{"name": "John Doe", "age": 30}"#, r#"{"name": "John Doe", "age": 30}"#),
        ("[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 5]"),
        ("true", "true"),
        ("42", "42"),
        (r#""Hello""#, "Hello"),
        (r#""Special \"quoted\" text""#, r#"Special "quoted" text"#),
        (r#""""#, ""),
        (r#"{"name": "John Doe", "age":"#, r#"{"name": "John Doe", "age":"#),
        ("null", "null"),
        (r#"{"body":"hi"}"#, r#"{"body":"hi"}"#),
    ] {
        let expected = format!("200 content-type=application/json [{body}]");
        assert_eq!(shown(PayloadFormat::V2, payload), expected, "{payload}");
    }
}

#[test]
fn format_2_structured() {
    for (payload, expected) in [
        (r#"{"statusCode":201,"body":"x"}"#, "201 content-type=text/plain; charset=utf-8 [x]"),
        (r#"{"statusCode":"200"}"#, "200 []"),
        (r#"{"statusCode":200,"body":""}"#, "200 []"),
        (r#"{"statusCode":302,"headers":{"Location":"/x"}}"#, "302 location=/x []"),
        (
            r#"{"statusCode":200,"headers":{"Content-Type":"a/b","n":1,"t":true},"body":"x"}"#,
            "200 content-type=a/b n=1 t=true [x]",
        ),
        (
            r#"{"statusCode":200,"cookies":["a=b","c=d"],"headers":{"Set-Cookie":"e=f"}}"#,
            "200 set-cookie=a=b set-cookie=c=d set-cookie=e=f []",
        ),
        (
            r#"{"statusCode":200,"multiValueHeaders":{"a":["b"]},"x":1,"body":{"a":[1]}}"#,
            r#"200 content-type=text/plain; charset=utf-8 [{"a":[1]}]"#,
        ),
        (
            r#"{"statusCode":200,"isBase64Encoded":true,"body":"aGk=","headers":{"content-type":"a/b"}}"#,
            "200 content-type=a/b [hi]",
        ),
        (
            r#"{"statusCode":200,"headers":{"Content-Length":"9","Date":"x","apigw-requestid":"y"}}"#,
            "200 []",
        ),
    ] {
        assert_eq!(shown(PayloadFormat::V2, payload), expected, "{payload}");
    }
}

#[test]
fn what_cannot_be_an_answer() {
    let status = "the function's answer has an invalid statusCode";
    for (payload, expected) in [
        (r#"{"statusCode":200.5}"#, status),
        (r#"{"statusCode":0}"#, status),
        (r#"{"statusCode":101}"#, status),
        (r#"{"statusCode":600}"#, status),
        (r#"{"statusCode":null}"#, status),
        (r#"{"statusCode":"ok"}"#, status),
        (
            r#"{"statusCode":200,"isBase64Encoded":true,"body":"!"}"#,
            "the function's answer has an invalid body",
        ),
        (r#"{"statusCode":200,"headers":[]}"#, "the function's answer has an invalid headers"),
        (
            r#"{"statusCode":200,"headers":{"a":{}}}"#,
            r#"the function's answer has an invalid header "a""#,
        ),
        (
            r#"{"statusCode":200,"headers":{"a":"b\r\nc: d"}}"#,
            r#"the function's answer has an invalid header "a""#,
        ),
        (
            r#"{"statusCode":200,"headers":{"a b":"c"}}"#,
            r#"the function's answer has an invalid header "a b""#,
        ),
    ] {
        for format in [PayloadFormat::V1, PayloadFormat::V2] {
            assert_eq!(shown(format, payload), expected, "{payload}");
        }
    }
    let bad = r#"{"statusCode":200,"cookies":"a=b"}"#;
    assert_eq!(shown(PayloadFormat::V2, bad), "the function's answer has an invalid cookies");
}

#[test]
fn format_1_takes_structured_answers_alone() {
    for payload in ["", "{", "null", r#""Hello""#, r#"{"body":"hi"}"#, "[]"] {
        let expected = "the function's answer is no JSON object with a statusCode";
        assert_eq!(shown(PayloadFormat::V1, payload), expected, "{payload}");
    }
    let both = r#"{"statusCode":200,"headers":{"Combined-Header":"single-value"},
        "multiValueHeaders":{"combined-header":["multi-value1","multi-value2"]},"cookies":["a=b"],"body":"x"}"#;
    let expected = "200 combined-header=single-value combined-header=multi-value1 \
                    combined-header=multi-value2 content-type=text/plain; charset=utf-8 [x]";
    assert_eq!(shown(PayloadFormat::V1, both), expected);
}
