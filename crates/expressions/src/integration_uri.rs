//! `integrationUri` of HTTP_PROXY integrations (`http-api-develop-integrations-http`,
//! `http-api-stages`; spec/http-api-runtime.md section 5.1).
//!
//! `${stageVariables.name}` is replaced when a stage is compiled, since a stage's variables are
//! known then; `{name}` stands for a path variable of the route and is filled in per request.
//! Whatever a request brings is percent-encoded on its way in, so that it cannot leave its place.

mod parse;
mod target;

pub use parse::substitute_stage_variables;
pub use target::{TargetPath, TargetTemplate};

use gatewright_types::{Origin, Scheme};

/// An integration URI of one stage, ready to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationUri {
    origin: Origin,
    authority: String,
    target: TargetTemplate,
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
        self.target.is_root()
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
        self.target.has_variables()
    }

    /// Where to connect, the value of the `Host` header, and what to ask for.
    #[must_use]
    pub fn into_parts(self) -> (Origin, String, TargetTemplate) {
        (self.origin, self.authority, self.target)
    }
}

#[cfg(test)]
mod tests;
