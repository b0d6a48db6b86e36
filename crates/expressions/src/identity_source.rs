//! `identitySource` of authorizers: where in a request the caller's identity stands
//! (`http-api-jwt-authorizer`, `http-api-lambda-authorizer`).

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

use crate::query_string;

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
}
