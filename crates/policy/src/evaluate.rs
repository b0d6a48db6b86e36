//! The decision. Follows "Policy evaluation logic" of the IAM user guide: an explicit deny wins
//! over every allow, and what nothing allows is denied.

use crate::arn::Arn;
use crate::context::Context;
use crate::policy::Policy;
use crate::statement::Effect;

#[cfg(test)]
mod tests;

/// What somebody wants to do.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The action, like `apigateway:POST`.
    pub action: &'a str,
    /// The resource's ARN, without wildcards; `*` for actions that have no resource.
    pub resource: &'a str,
    /// The values of condition keys.
    pub context: &'a dyn Context,
}

/// Whether they may, and which rule said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it, whatever others allow.
    ExplicitlyDenied,
    /// No statement is about it.
    ImplicitlyDenied,
}

impl Decision {
    /// Whether the request may proceed.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// Decides by all policies of an identity together. Without any, nothing is allowed.
#[must_use]
pub fn evaluate<'p>(
    policies: impl IntoIterator<Item = &'p Policy>,
    request: &Request<'_>,
) -> Decision {
    let mut decision = Decision::ImplicitlyDenied;
    for policy in policies {
        match policy.evaluate(request) {
            Decision::ExplicitlyDenied => return Decision::ExplicitlyDenied,
            Decision::Allowed => decision = Decision::Allowed,
            Decision::ImplicitlyDenied => {}
        }
    }
    decision
}

impl Policy {
    /// Decides by this policy alone.
    #[must_use]
    pub fn evaluate(&self, request: &Request<'_>) -> Decision {
        let arn = Arn::parse(request.resource);
        // Denying statements stand first, so the first that applies decides.
        let decisive = self.statements.iter().find(|statement| statement.applies(request, arn));
        match decisive.map(|statement| statement.effect) {
            Some(Effect::Deny) => Decision::ExplicitlyDenied,
            Some(Effect::Allow) => Decision::Allowed,
            None => Decision::ImplicitlyDenied,
        }
    }
}
