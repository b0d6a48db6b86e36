//! What a function decided.

use std::borrow::Cow;

use gatewright_policy::{Context, Policy, Request};
use gatewright_snapshot::AuthorizerAnswerPlan;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::MalformedAnswer;
use crate::condition_keys;

/// A function's decision, with what it says of who calls.
#[derive(Debug)]
pub struct Grant {
    decision: Decision,
    principal_id: Option<String>,
    context: Option<Map<String, Value>>,
    /// How much there is to keep.
    bytes: usize,
}

#[derive(Debug)]
enum Decision {
    /// The same for every route.
    Simple(bool),
    /// One for each route.
    Policy(Policy),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimpleAnswer {
    is_authorized: bool,
    context: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PolicyAnswer<'a> {
    principal_id: Option<String>,
    #[serde(borrow)]
    policy_document: &'a RawValue,
    context: Option<Map<String, Value>>,
}

impl Grant {
    /// Reads a function's answer.
    ///
    /// # Errors
    ///
    /// [`MalformedAnswer`].
    pub fn parse(answer: AuthorizerAnswerPlan, payload: &[u8]) -> Result<Self, MalformedAnswer> {
        let (decision, principal_id, context) = match answer {
            AuthorizerAnswerPlan::Simple => {
                let answer = serde_json::from_slice::<SimpleAnswer>(payload)?;
                (Decision::Simple(answer.is_authorized), None, answer.context)
            }
            AuthorizerAnswerPlan::Policy => {
                let answer = serde_json::from_slice::<PolicyAnswer<'_>>(payload)?;
                let policy = Policy::parse(answer.policy_document.get())?;
                let unknown = policy.condition_keys().find(|key| !condition_keys::is_known(key));
                if let Some(key) = unknown {
                    return Err(MalformedAnswer::ConditionKey(key.to_owned()));
                }
                (Decision::Policy(policy), answer.principal_id, answer.context)
            }
        };
        Ok(Self { decision, principal_id, context, bytes: payload.len() })
    }

    /// Whether a route may be called.
    #[must_use]
    pub fn allows(&self, route_arn: &str, context: &dyn Context) -> bool {
        match &self.decision {
            Decision::Simple(allowed) => *allowed,
            Decision::Policy(policy) => {
                let action = "execute-api:Invoke";
                let request = Request { action, resource: route_arn, context };
                policy.evaluate(&request).is_allowed()
            }
        }
    }

    /// Who calls, as the function names them.
    #[must_use]
    pub fn principal_id(&self) -> Option<&str> {
        self.principal_id.as_deref()
    }

    /// What the function says beside.
    #[must_use]
    pub fn context(&self) -> Option<&Map<String, Value>> {
        self.context.as_ref()
    }

    /// An entry of the context as `$context.authorizer.<key>` shows it: a text as it is, anything
    /// else as JSON. Null counts as none.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<Cow<'_, str>> {
        match self.context.as_ref()?.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            other => Some(Cow::Owned(other.to_string())),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:a1/dev/GET/pets/1";

    fn policy(statements: &str) -> String {
        format!(
            r#"{{"principalId":"ada","policyDocument":{{"Version":"2012-10-17","Statement":[{statements}]}},
                "context":{{"tenant":"t1","n":1.5,"list":[1,"a"],"none":null}}}}"#
        )
    }

    #[test]
    fn simple_answers() {
        for (payload, expected) in [
            (r#"{"isAuthorized":true}"#, Some(true)),
            (r#"{"isAuthorized":true,"context":null,"other":1}"#, Some(true)),
            (r#"{"isAuthorized":false,"context":{"a":1}}"#, Some(false)),
            (r#"{"isAuthorized":"true"}"#, None),
            (r#"{"isAuthorized":1}"#, None),
            (r#"{"context":{}}"#, None),
            (r#"{"isAuthorized":true,"context":"x"}"#, None),
            ("true", None),
            ("null", None),
            ("", None),
        ] {
            let grant = Grant::parse(AuthorizerAnswerPlan::Simple, payload.as_bytes());
            assert_eq!(grant.ok().map(|grant| grant.allows(ARN, &())), expected, "{payload}");
        }
    }

    #[test]
    fn policies() {
        let allow = |resource: &str| {
            format!(r#"{{"Effect":"Allow","Action":"execute-api:Invoke","Resource":{resource}}}"#)
        };
        let all = allow("\"*\"");
        for (statements, expected) in [
            (all.clone(), true),
            (allow(&format!("\"{ARN}\"")), true),
            (
                allow(r#"["arn:aws:execute-api:*:*:b2/*","arn:aws:execute-api:*:*:a1/*/GET/*"]"#),
                true,
            ),
            (allow(r#""arn:aws:execute-api:us-east-1:000000000000:a1/dev/POST/*""#), false),
            (allow(r#""arn:aws:execute-api:us-east-1:000000000000:a1/dev/GET/pets/?""#), true),
            (
                format!(
                    r#"{all},{{"Effect":"Deny","Action":"execute-api:*","Resource":"*/pets/1"}}"#
                ),
                true,
            ),
            (
                format!(
                    r#"{all},{{"Effect":"Deny","Action":"execute-api:*","Resource":"arn:aws:execute-api:*:*:a1/*/pets/1"}}"#
                ),
                false,
            ),
            (
                r#"{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}"#
                    .to_owned(),
                false,
            ),
            (
                r#"{"Effect":"Allow","Action":["s3:*","EXECUTE-API:invoke"],"Resource":"*"}"#
                    .to_owned(),
                true,
            ),
        ] {
            let payload = policy(&statements);
            let grant = Grant::parse(AuthorizerAnswerPlan::Policy, payload.as_bytes());
            match grant {
                Ok(grant) => assert_eq!(grant.allows(ARN, &()), expected, "{statements}"),
                Err(error) => assert!(statements.contains("*/pets/1"), "{statements}: {error}"),
            }
        }
    }

    #[test]
    fn what_is_said_beside() {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let grant = Grant::parse(AuthorizerAnswerPlan::Policy, policy(all).as_bytes());
        let grant = grant.expect("well-formed");
        assert_eq!(grant.principal_id(), Some("ada"));
        for (key, expected) in [
            ("tenant", Some("t1")),
            ("n", Some("1.5")),
            ("list", Some(r#"[1,"a"]"#)),
            ("none", None),
            ("absent", None),
        ] {
            assert_eq!(grant.property(key).as_deref(), expected, "{key}");
        }
    }

    #[test]
    fn policies_that_are_none() {
        let keyed = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/x":"y"}}}"#;
        for payload in [
            "null".to_owned(),
            r#"{"principalId":"a"}"#.to_owned(),
            r#"{"principalId":"a","policyDocument":null}"#.to_owned(),
            r#"{"principalId":"a","policyDocument":{"Version":"2012-10-17"}}"#.to_owned(),
            r#"{"principalId":1,"policyDocument":{"Version":"2012-10-17","Statement":[]}}"#
                .to_owned(),
            policy(r#"{"Effect":"allow","Action":"*","Resource":"*"}"#),
            policy(keyed),
        ] {
            let grant = Grant::parse(AuthorizerAnswerPlan::Policy, payload.as_bytes());
            assert!(grant.is_err(), "{payload}");
        }
    }
}
