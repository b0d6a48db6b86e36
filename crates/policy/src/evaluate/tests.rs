//! Rows of policy and request to decision.

use super::{Decision, Request, evaluate};
use crate::context::{Context, Values};
use crate::policy::Policy;

mod api_gateway;
mod conditions;
mod decisions;
mod execute_api;
mod variables;

use Decision::{Allowed, ExplicitlyDenied, ImplicitlyDenied};

/// `(action, resource, condition keys, decision)`; the keys as [`Keys`] reads them.
type Row<'a> = (&'a str, &'a str, &'a str, Decision);

fn check(policy: &str, rows: &[Row<'_>]) {
    let policy = Policy::parse(policy).expect(policy);
    for (action, resource, keys, expected) in rows {
        let context = Keys::read(keys);
        let found = policy.evaluate(&Request { action, resource, context: &context });
        assert_eq!(found, *expected, "{action} on {resource} with {keys}");
    }
}

/// Whether a condition holds.
fn holds(condition: &str, keys: &str) -> bool {
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":
            {{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#
    );
    let policy = Policy::parse(&policy).expect(condition);
    let context = Keys::read(keys);
    policy.evaluate(&Request { action: "a:b", resource: "*", context: &context }).is_allowed()
}

/// Keys written `name=value`, or `name+=value|value` for a multivalued one, separated by `; `.
struct Keys<'a>(Vec<(&'a str, Values<'a>)>);

impl<'a> Keys<'a> {
    fn read(text: &'a str) -> Self {
        let keys = text.split("; ").filter(|key| !key.is_empty()).map(|key| {
            let (name, value) = key.split_once('=').expect(key);
            match name.strip_suffix('+') {
                Some(name) if value.is_empty() => (name, Values::Many(Vec::new())),
                Some(name) => (name, value.split('|').collect()),
                None => (name, Values::from(value)),
            }
        });
        Self(keys.collect())
    }
}

impl Context for Keys<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        assert_eq!(key, key.to_ascii_lowercase(), "asked for in lower case");
        let found = self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, values)| values.clone())
    }
}
