//! `identitySource` of authorizers: where in a request the caller's identity stands
//! (`http-api-jwt-authorizer`, `http-api-lambda-authorizer`).

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

use crate::{ContextValues, ContextVariable, query_string};

/// A part of the request itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// `$request.header.<name>`.
    Header(HeaderName),
    /// `$request.querystring.<name>`.
    QueryParameter(String),
}

impl IdentitySource {
    /// Parses an expression; `None` when it names no part of the request.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (place, name) = text.strip_prefix("$request.")?.split_once('.')?;
        match place {
            "header" => HeaderName::try_from(name).ok().map(Self::Header),
            "querystring" if !name.is_empty() => Some(Self::QueryParameter(name.to_owned())),
            _ => None,
        }
    }

    /// What stands there. Several values are joined with commas, so that none is passed over.
    #[must_use]
    pub fn find<'r>(&self, headers: &'r HeaderMap, query: Option<&'r str>) -> Option<Cow<'r, str>> {
        let mut found = None;
        match self {
            Self::Header(name) => {
                for value in headers.get_all(name) {
                    join(&mut found, String::from_utf8_lossy(value.as_bytes()));
                }
            }
            Self::QueryParameter(name) => {
                let parameters = query.into_iter().flat_map(query_string::parameters);
                for parameter in parameters.filter(|parameter| parameter.is_named(name)) {
                    join(&mut found, text(parameter.value()));
                }
            }
        }
        found
    }
}

/// A source of a Lambda authorizer, which may be something that the gateway knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LambdaIdentitySource {
    /// `$request.header.<name>` or `$request.querystring.<name>`.
    Request(IdentitySource),
    /// `$context.<variable>`.
    Context(ContextVariable),
    /// `$stageVariables.<name>`, put in; absent where the stage has none of the name.
    StageVariable(Option<String>),
}

impl LambdaIdentitySource {
    /// Compiles an expression; `None` when it is none of these.
    #[must_use]
    pub fn compile<'v>(
        text: &str,
        stage_variable: impl FnOnce(&str) -> Option<&'v str>,
    ) -> Option<Self> {
        if let Some(name) = text.strip_prefix("$context.") {
            return ContextVariable::parse(name).map(Self::Context);
        }
        if let Some(name) = text.strip_prefix("$stageVariables.") {
            return Some(Self::StageVariable(stage_variable(name).map(str::to_owned)));
        }
        IdentitySource::parse(text).map(Self::Request)
    }

    /// Whether it repeats what the client said, which has to be kept for it beyond the request's
    /// head.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        matches!(self, Self::Context(variable) if variable.is_the_clients())
    }

    /// What stands there. Nothing and an empty text are the same (section 10.2).
    #[must_use]
    pub fn find<'r>(
        &'r self,
        headers: &'r HeaderMap,
        query: Option<&'r str>,
        context: &dyn ContextValues,
    ) -> Option<Cow<'r, str>> {
        let found = match self {
            Self::Request(source) => source.find(headers, query)?,
            Self::Context(variable) => {
                let mut value = Vec::new();
                context.write(variable, &mut value);
                text(Cow::Owned(value))
            }
            Self::StageVariable(value) => Cow::Borrowed(value.as_deref()?),
        };
        (!found.is_empty()).then_some(found)
    }
}

fn text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn join<'r>(found: &mut Option<Cow<'r, str>>, value: Cow<'r, str>) {
    match found {
        None => *found = Some(value),
        Some(first) => {
            let all = first.to_mut();
            all.push(',');
            all.push_str(&value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_parts_of_the_request() {
        let found = |source: &str, headers: &[&'static str], query| {
            let mut map = HeaderMap::new();
            for value in headers {
                map.append("x-token", http::HeaderValue::from_static(value));
            }
            IdentitySource::parse(source)?.find(&map, query).map(Cow::into_owned)
        };
        let header = "$request.header.X-Token";
        assert_eq!(found(header, &["a"], None).as_deref(), Some("a"));
        assert_eq!(found(header, &["a", "b"], None).as_deref(), Some("a,b"));
        assert_eq!(found(header, &[], Some("x-token=a")), None);
        let query = "$request.querystring.token";
        assert_eq!(found(query, &[], Some("a=1&token=b%20c")).as_deref(), Some("b c"));
        assert_eq!(found(query, &[], Some("token=a&token=b")).as_deref(), Some("a,b"));
        assert_eq!(found(query, &[], Some("Token=a")), None);
        for other in
            ["", "$request.header.", "$request.body.a", "$context.stage", "$request.path.a", "x"]
        {
            assert_eq!(IdentitySource::parse(other), None, "{other}");
        }
    }

    #[test]
    fn lambda_authorizers_have_more_sources() {
        struct Stage;
        impl ContextValues for Stage {
            fn write(&self, variable: &ContextVariable, out: &mut Vec<u8>) {
                if *variable == ContextVariable::Stage {
                    out.extend_from_slice(b"dev");
                }
            }
        }
        let found = |source: &str| {
            let variable = |name: &str| match name {
                "tenant" => Some("t1"),
                "empty" => Some(""),
                _ => None,
            };
            let source = LambdaIdentitySource::compile(source, variable).expect(source);
            source.find(&HeaderMap::new(), Some("a=1&b="), &Stage).map(Cow::into_owned)
        };
        for (source, expected) in [
            ("$context.stage", Some("dev")),
            ("$context.routeKey", None),
            ("$stageVariables.tenant", Some("t1")),
            ("$stageVariables.empty", None),
            ("$stageVariables.absent", None),
            ("$request.querystring.a", Some("1")),
            ("$request.querystring.b", None),
            ("$request.header.x", None),
        ] {
            assert_eq!(found(source).as_deref(), expected, "{source}");
        }
        for other in ["$context.nosuch", "$context.", "$request.body", "x"] {
            assert_eq!(LambdaIdentitySource::compile(other, |_| None), None, "{other}");
        }
    }
}
