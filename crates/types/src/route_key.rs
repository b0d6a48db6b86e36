//! Route keys of HTTP APIs (`http-api-develop-routes`; spec/http-api-runtime.md section 2.1).

use crate::limits;

/// A route key of an HTTP API, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpRouteKey {
    /// `$default`: what no other route takes.
    Default,
    /// `METHOD /path`.
    Path {
        /// Which methods.
        method: RouteMethod,
        /// The path's segments; empty for `/`.
        segments: Vec<PathSegment>,
    },
}

/// The method of a route key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "methods explain themselves")]
pub enum RouteMethod {
    /// Every method that no other route of the same path takes.
    Any,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
    Delete,
}

/// One segment of a route key's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// Taken letter for letter.
    Literal(String),
    /// `{name}`: any one segment that is not empty.
    Variable(String),
    /// `{name+}`: the rest of the path, also when empty. Only as the last segment.
    Greedy(String),
}

/// The text is not a route key of an HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The provided route key is not formatted properly for HTTP protocol. Format should be \"[HTTP METHOD] /[RESOURCE PATH]\" or \"$default\""
)]
pub struct InvalidRouteKey;

impl HttpRouteKey {
    /// Parses `$default` or `METHOD /path`.
    ///
    /// # Errors
    ///
    /// AWS's own text when the form, the method or a segment is not legal, or the path ends in `/`.
    pub fn parse(text: &str) -> Result<Self, InvalidRouteKey> {
        if text == "$default" {
            return Ok(Self::Default);
        }
        let (method, path) = text.split_once(' ').ok_or(InvalidRouteKey)?;
        let method = RouteMethod::parse(method).ok_or(InvalidRouteKey)?;
        let path = path.strip_prefix('/').ok_or(InvalidRouteKey)?;
        if path.is_empty() {
            return Ok(Self::Path { method, segments: Vec::new() });
        }
        let mut segments = Vec::new();
        for segment in path.split('/') {
            if matches!(segments.last(), Some(PathSegment::Greedy(_)))
                || segments.len() == limits::ROUTE_PATH_SEGMENTS_MAX
            {
                return Err(InvalidRouteKey);
            }
            segments.push(PathSegment::parse(segment)?);
        }
        Ok(Self::Path { method, segments })
    }

    /// The names of the path's variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let segments = match self {
            Self::Default => &[][..],
            Self::Path { segments, .. } => segments,
        };
        segments.iter().filter_map(|segment| match segment {
            PathSegment::Literal(_) => None,
            PathSegment::Variable(name) | PathSegment::Greedy(name) => Some(name.as_str()),
        })
    }
}

impl RouteMethod {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ANY" => Self::Any,
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "OPTIONS" => Self::Options,
            "PATCH" => Self::Patch,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "DELETE" => Self::Delete,
            _ => return None,
        })
    }
}

impl PathSegment {
    fn parse(text: &str) -> Result<Self, InvalidRouteKey> {
        let Some(inner) = text.strip_prefix('{') else {
            return if !text.is_empty() && text.bytes().all(is_literal_byte) {
                Ok(Self::Literal(text.to_owned()))
            } else {
                Err(InvalidRouteKey)
            };
        };
        let inner = inner.strip_suffix('}').ok_or(InvalidRouteKey)?;
        let (name, greedy) = match inner.strip_suffix('+') {
            Some(name) => (name, true),
            None => (inner, false),
        };
        if name.is_empty() || !name.bytes().all(is_variable_byte) {
            return Err(InvalidRouteKey);
        }
        let name = name.to_owned();
        Ok(if greedy { Self::Greedy(name) } else { Self::Variable(name) })
    }
}

/// AWS's tool allows `[a-zA-Z0-9.:_-]`; the rest of RFC 3986's unreserved and sub-delimiter
/// characters do no harm and stand in published APIs (`/users/@me`, `/a~b`, `/$metadata`).
fn is_literal_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

fn is_variable_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_or_refused() {
        let legal = [
            "$default",
            "GET /",
            "ANY /{proxy+}",
            "GET /pets/{id}",
            "POST /a.b/c:d/{x-y}/{rest+}",
            "OPTIONS /users/@me",
        ];
        for key in legal {
            assert!(HttpRouteKey::parse(key).is_ok(), "{key}");
        }
        let refused = [
            "",
            "GET",
            "/pets",
            "GET pets",
            "get /pets",
            "TRACE /pets",
            "GET /pets/",
            "GET  /pets",
            "GET /{a+}/b",
            "GET /{}",
            "GET /{a",
            "GET /a}",
            "GET /a//b",
            "GET /x{id}",
            "GET /é",
            "GET /a%20b",
            "$connect",
            "GET /a?b",
        ];
        for key in refused {
            assert_eq!(HttpRouteKey::parse(key), Err(InvalidRouteKey), "{key}");
        }
    }

    #[test]
    fn variables_are_named_in_order() {
        let key = HttpRouteKey::parse("GET /{a}/x/{b}/{c+}").expect("legal");
        assert_eq!(key.variables().collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
