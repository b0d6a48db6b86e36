//! `integrationUri` of HTTP_PROXY integrations (`http-api-develop-integrations-http`,
//! `http-api-stages`; spec/http-api-runtime.md section 5.1).
//!
//! `${stageVariables.name}` is replaced when a stage is compiled, since a stage's variables are
//! known then; `{name}` stands for a path variable of the route and is filled in per request.
//! Whatever a request brings is percent-encoded on its way in, so that it cannot leave its place.

mod parse;

pub use parse::substitute_stage_variables;

use gatewright_types::{Origin, Scheme};

use crate::encode::{push_path, push_query_value};

/// An integration URI of one stage, ready to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationUri {
    origin: Origin,
    authority: String,
    path: Vec<Piece>,
    query: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// The route's path variable of this index.
    Variable(usize),
}

/// The path of a request for an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetPath<'p> {
    /// The URI's own.
    Own,
    /// The URI's own, and this behind it, decoded.
    Appended(&'p str),
    /// This, encoded, instead of the URI's own.
    Replaced(&'p str),
    /// These, one behind the other, decoded, instead of the URI's own.
    Received([&'p str; 3]),
}

/// Why a URI cannot be called. None of these is refused at publish time: a deployment may stand
/// between two changes that only together are right, so the route answers 500 meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrationUriError {
    /// `${stageVariables.name}` and the stage has no such variable.
    #[error("stage variable {0:?} is not set")]
    MissingStageVariable(String),
    /// `{name}` and the route key has no such variable.
    #[error("path variable {0:?} is not in the route key")]
    UnknownPathVariable(String),
    /// Not `http://…` or `https://…` with a host, or a brace without its partner.
    #[error("not an http or https URL")]
    NotHttp,
    /// A path variable in the host or port: a request must not choose the upstream.
    #[error("a path variable may not stand in the host or port")]
    VariableInAuthority,
}

impl IntegrationUri {
    /// Compiles `text` for a route whose path variables are `path_variables`, in order, in a stage
    /// whose variables `stage_variable` looks up.
    ///
    /// # Errors
    ///
    /// See [`IntegrationUriError`].
    pub fn compile<'a>(
        text: &str,
        path_variables: &[&str],
        stage_variable: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, IntegrationUriError> {
        parse::uri(&substitute_stage_variables(text, stage_variable)?, path_variables)
    }

    /// The same over TLS, on the same port.
    #[must_use]
    pub fn over_tls(mut self) -> Self {
        self.origin.scheme = Scheme::Https;
        self
    }

    /// Whether it is scheme, host and port, and nothing behind them but a slash.
    pub fn is_origin(&self) -> bool {
        let slash = |piece: &Piece| matches!(piece, Piece::Literal(text) if text == "/");
        self.query.is_empty() && self.path.iter().all(slash)
    }

    /// Where to connect.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value of the `Host` header: host and port as written.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether a path variable of the route stands in it.
    pub fn has_path_variables(&self) -> bool {
        self.path.iter().chain(&self.query).any(|piece| matches!(piece, Piece::Variable(_)))
    }

    /// Writes the request target (path and query) for one request.
    ///
    /// `variable` gives the decoded value of the route's path variable of an index; `query` is the
    /// client's own query string as received.
    pub fn write_target<'v>(
        &self,
        target: &mut String,
        variable: impl Fn(usize) -> &'v str,
        path: TargetPath<'_>,
        query: Option<&str>,
    ) {
        let start = target.len();
        match path {
            TargetPath::Replaced(path) => target.push_str(path),
            TargetPath::Received(parts) => parts.iter().for_each(|part| push_path(target, part)),
            TargetPath::Own => self.write_path(target, &variable),
            TargetPath::Appended(path) => {
                self.write_path(target, &variable);
                if target.len() > start && target.ends_with('/') && path.starts_with('/') {
                    target.pop();
                }
                push_path(target, path);
            }
        }
        if target.len() == start {
            target.push('/');
        }
        let mut separator = '?';
        if !self.query.is_empty() {
            target.push(separator);
            separator = '&';
            for piece in &self.query {
                match piece {
                    Piece::Literal(text) => target.push_str(text),
                    Piece::Variable(index) => push_query_value(target, variable(*index)),
                }
            }
        }
        if let Some(query) = query.filter(|query| !query.is_empty()) {
            target.push(separator);
            target.push_str(query);
        }
    }

    fn write_path<'v>(&self, target: &mut String, variable: impl Fn(usize) -> &'v str) {
        for piece in &self.path {
            match piece {
                Piece::Literal(text) => target.push_str(text),
                Piece::Variable(index) => push_path(target, variable(*index)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
