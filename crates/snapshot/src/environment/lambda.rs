//! `[lambda]`: where functions are invoked.

use std::collections::BTreeMap;

use gatewright_expressions::IntegrationUri;
use gatewright_types::Region;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// An Invoke API for all functions, and others for some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Table")]
pub struct LambdaEndpoints {
    endpoint: Option<IntegrationUri>,
    /// Whether the answers of its functions are streamed, unless a function's own entry says it.
    response_stream: bool,
    functions: BTreeMap<String, IntegrationUri>,
    response_streams: BTreeMap<String, bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    endpoint: Option<String>,
    response_stream: bool,
    functions: BTreeMap<String, FunctionTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FunctionTable {
    url: Option<String>,
    response_stream: Option<bool>,
}

/// A value of `[lambda]` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {url:?} is not http(s)://host:port")]
pub struct LambdaEndpointsError {
    key: String,
    url: String,
}

/// Where a function is invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvokeApi<'e> {
    pub(crate) endpoint: &'e IntegrationUri,
    /// Path and query for it.
    pub(crate) target: String,
    /// Whether it is the emulator of one function, which knows no access keys.
    pub(crate) is_emulator: bool,
}

/// A function as an ARN names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FunctionName<'a> {
    /// Without the qualifier.
    arn: &'a str,
    region: Region,
    name: &'a str,
    /// A version or an alias.
    qualifier: Option<&'a str>,
}

impl<'a> FunctionName<'a> {
    /// Of a function's ARN, or of the URI that API Gateway knows it by
    /// (`arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN}/invocations`).
    pub(crate) fn parse(uri: &'a str) -> Option<Self> {
        let arn = match uri.split_once(":lambda:path/2015-03-31/functions/") {
            Some((gateway, rest)) if gateway.starts_with("arn:") => {
                rest.strip_suffix("/invocations")?
            }
            _ => uri,
        };
        let mut parts = arn.splitn(8, ':');
        let start = [parts.next()?, parts.next()?, parts.next()?];
        let (region, _account, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let (name, qualifier) = (parts.next()?, parts.next());
        let is_function = start[0] == "arn" && start[2] == "lambda" && kind == "function";
        let is_name = |text: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !text.is_empty() && text.bytes().all(allowed)
        };
        let is_qualifier = |text: &str| text == "$LATEST" || is_name(text);
        if !is_function || !is_name(name) || !qualifier.is_none_or(is_qualifier) {
            return None;
        }
        let arn = qualifier.map_or(arn, |qualifier| &arn[..arn.len() - qualifier.len() - 1]);
        Some(Self { arn, region: Region::parse(region)?, name, qualifier })
    }

    /// Its region.
    pub(crate) fn region(&self) -> &Region {
        &self.region
    }

    /// Its bare name.
    pub(crate) fn name(&self) -> &'a str {
        self.name
    }

    /// What `[lambda.functions]` may call it, the most exact first.
    fn keys(&self) -> impl Iterator<Item = String> {
        let qualified = |base: &str| self.qualifier.map(|qualifier| format!("{base}:{qualifier}"));
        let keys = [
            qualified(self.arn),
            qualified(self.name),
            Some(self.arn.to_owned()),
            Some(self.name.to_owned()),
        ];
        keys.into_iter().flatten()
    }
}

impl LambdaEndpoints {
    /// Whether there is an Invoke API for all functions.
    pub(super) fn has_endpoint(&self) -> bool {
        self.endpoint.is_some()
    }

    /// Where a function is invoked.
    pub(crate) fn find(&self, function: &FunctionName<'_>) -> Option<InvokeApi<'_>> {
        if let Some(endpoint) = function.keys().find_map(|key| self.functions.get(&key)) {
            // The runtime interface emulator has one function, of this name.
            let target = "/2015-03-31/functions/function/invocations".to_owned();
            return Some(InvokeApi { endpoint, target, is_emulator: true });
        }
        let target = format!("/2015-03-31/functions/{}/invocations", function.name);
        let (endpoint, target) = (self.endpoint.as_ref()?, qualified(target, function));
        Some(InvokeApi { endpoint, target, is_emulator: false })
    }

    /// Path and query for a function whose answers are to be streamed, where it is
    /// [found](Self::find).
    pub(crate) fn streamed(&self, function: &FunctionName<'_>) -> Option<String> {
        let has_own = function.keys().any(|key| self.functions.contains_key(&key));
        let said = function.keys().find_map(|key| self.response_streams.get(&key).copied());
        said.unwrap_or(self.response_stream && !has_own).then(|| match has_own {
            true => "/2021-11-15/functions/function/response-streaming-invocations".to_owned(),
            false => {
                let name = function.name;
                let target = format!("/2021-11-15/functions/{name}/response-streaming-invocations");
                qualified(target, function)
            }
        })
    }
}

/// A target with the function's version or alias.
fn qualified(mut target: String, function: &FunctionName<'_>) -> String {
    if let Some(qualifier) = function.qualifier {
        target.push_str("?Qualifier=");
        target.extend(utf8_percent_encode(qualifier, NON_ALPHANUMERIC));
    }
    target
}

impl TryFrom<Table> for LambdaEndpoints {
    type Error = LambdaEndpointsError;

    fn try_from(table: Table) -> Result<Self, Self::Error> {
        let origin = |key: &str, url: String| {
            let uri = IntegrationUri::compile(&url, &[], |_| None);
            let origin = uri.ok().filter(IntegrationUri::is_origin);
            origin.ok_or_else(|| LambdaEndpointsError { key: key.to_owned(), url })
        };
        let (mut functions, mut response_streams) = (BTreeMap::new(), BTreeMap::new());
        for (name, FunctionTable { url, response_stream }) in table.functions {
            if let Some(response_stream) = response_stream {
                response_streams.insert(name.clone(), response_stream);
            }
            if let Some(url) = url {
                let url = origin(&format!("functions.{name:?}.url"), url)?;
                functions.insert(name, url);
            }
        }
        let endpoint = table.endpoint.filter(|url| !url.is_empty());
        let endpoint = endpoint.map(|url| origin("endpoint", url)).transpose()?;
        let response_stream = table.response_stream;
        Ok(Self { endpoint, response_stream, functions, response_streams })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:orders";

    fn endpoints(functions: &[&str]) -> LambdaEndpoints {
        let own = || FunctionTable {
            url: Some("http://own:8080".to_owned()),
            ..FunctionTable::default()
        };
        LambdaEndpoints::try_from(Table {
            endpoint: Some("http://all:9001/".to_owned()),
            functions: functions.iter().map(|name| ((*name).to_owned(), own())).collect(),
            ..Table::default()
        })
        .expect("valid")
    }

    #[test]
    fn arns_name_functions() {
        let gateway = |arn: &str| {
            format!(
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
            )
        };
        let live = format!("{ARN}:live");
        for (uri, expected) in [
            (ARN.to_owned(), Some(("orders", None))),
            (live.clone(), Some(("orders", Some("live")))),
            (format!("{ARN}:$LATEST"), Some(("orders", Some("$LATEST")))),
            (gateway(ARN), Some(("orders", None))),
            (gateway(&live), Some(("orders", Some("live")))),
            (gateway("x"), None),
            (format!("{ARN}:"), None),
            (format!("{ARN}:a:b"), None),
            ("arn:aws:lambda:us-east-1:0:function:a/b".to_owned(), None),
            ("arn:aws:lambda:us-east-1:0:layer:orders".to_owned(), None),
            ("arn:aws:lambda::0:function:orders".to_owned(), None),
            ("arn:aws:sqs:us-east-1:0:orders".to_owned(), None),
            ("http://orders".to_owned(), None),
        ] {
            let found = FunctionName::parse(&uri);
            let found = found.as_ref().map(|function| (function.name, function.qualifier));
            assert_eq!(found, expected, "{uri}");
        }
    }

    #[test]
    fn a_functions_own_endpoint_comes_first() {
        let live = format!("{ARN}:live");
        let function = FunctionName::parse(&live).expect("a function");
        let find = |functions: &[&str]| {
            let endpoints = endpoints(functions);
            let found = endpoints.find(&function).expect("an endpoint");
            assert_eq!(found.is_emulator, found.endpoint.authority() == "own:8080");
            (found.endpoint.authority().to_owned(), found.target)
        };
        let all = "/2015-03-31/functions/orders/invocations?Qualifier=live";
        assert_eq!(find(&[]), ("all:9001".to_owned(), all.to_owned()));
        assert_eq!(find(&["orders:test", "other"]).0, "all:9001");
        for own in ["orders", "orders:live", ARN, &live] {
            assert_eq!(find(&[own]).0, "own:8080", "{own}");
        }
        assert_eq!(LambdaEndpoints::default().find(&function), None);
    }

    #[test]
    fn whose_answers_are_streamed() {
        let (bare, live) = (ARN.to_owned(), format!("{ARN}:live"));
        let all = "/2021-11-15/functions/orders/response-streaming-invocations";
        let own = "/2021-11-15/functions/function/response-streaming-invocations";
        let streamed = |all: bool, entries: serde_json::Value, uri: &str| {
            let table = serde_json::json!({
                "endpoint": "http://all:9001", "response_stream": all, "functions": entries});
            let endpoints: LambdaEndpoints = serde_json::from_value(table).expect("valid");
            endpoints.streamed(&FunctionName::parse(uri).expect("a function"))
        };
        for (everywhere, entries, uri, expected) in [
            (false, r"{}", &bare, None),
            (true, r"{}", &bare, Some(all.to_owned())),
            (true, r"{}", &live, Some(format!("{all}?Qualifier=live"))),
            (
                false,
                r#"{"orders":{"response_stream":true}}"#,
                &live,
                Some(format!("{all}?Qualifier=live")),
            ),
            (false, r#"{"orders:live":{"response_stream":true}}"#, &bare, None),
            (
                false,
                r#"{"orders":{"response_stream":true},"orders:live":{"response_stream":false}}"#,
                &live,
                None,
            ),
            (true, r#"{"orders":{"response_stream":false}}"#, &bare, None),
            (true, r#"{"orders":{"url":"http://own:1"}}"#, &bare, None),
            (
                true,
                r#"{"orders":{"url":"http://own:1","response_stream":true}}"#,
                &live,
                Some(own.to_owned()),
            ),
            (false, r#"{"other":{"response_stream":true}}"#, &bare, None),
        ] {
            let parsed = serde_json::from_str(entries).expect("JSON");
            assert_eq!(streamed(everywhere, parsed, uri), expected, "{everywhere} {entries} {uri}");
        }
    }
}
