//! From the members of a call to a routing rule (`rest-api-routing-rules`).

use gatewright_types::{PutRoutingRule, RoutingRule, RoutingRuleId, limits};

use crate::error::OperationError;
use crate::validation::{entries_at_most, invalid, missing_member, text_at_most};

/// A rule out of the members of a create or put call, which are all required.
pub(super) fn checked(
    routing_rule_id: RoutingRuleId,
    request: PutRoutingRule,
) -> Result<RoutingRule, OperationError> {
    let priority = request.priority.ok_or_else(|| missing_member("priority"))?;
    let rule = RoutingRule {
        actions: request.actions.ok_or_else(|| missing_member("actions"))?,
        conditions: request.conditions.ok_or_else(|| missing_member("conditions"))?,
        priority: u32::try_from(priority)
            .ok()
            .filter(|_| (1..=limits::ROUTING_RULE_PRIORITY_MAX).contains(&priority))
            .ok_or_else(|| invalid("priority", "must be between 1 and 1000000"))?,
        routing_rule_arn: None,
        routing_rule_id,
    };
    if rule.actions.len() != 1 {
        return Err(invalid("actions", "exactly one action is needed"));
    }
    check_conditions(&rule)?;
    Ok(rule)
}

fn check_conditions(rule: &RoutingRule) -> Result<(), OperationError> {
    let (mut by_headers, mut by_paths) = (0, 0);
    for condition in &rule.conditions {
        match (&condition.match_headers, &condition.match_base_paths) {
            (Some(headers), None) => {
                by_headers += 1;
                check_any_of("matchHeaders", headers.any_of.len())?;
                for wanted in &headers.any_of {
                    check_header(&wanted.header)?;
                    check_glob(&wanted.value_glob)?;
                }
            }
            (None, Some(paths)) => {
                by_paths += 1;
                check_any_of("matchBasePaths", paths.any_of.len())?;
                paths.any_of.iter().try_for_each(|path| check_base_path(path))?;
            }
            _ => {
                let why = "a condition has either matchHeaders or matchBasePaths";
                return Err(invalid("conditions", why));
            }
        }
    }
    if by_headers > 2 || by_paths > 1 {
        let why = "at most two conditions on headers and one on base paths";
        return Err(invalid("conditions", why));
    }
    Ok(())
}

fn check_any_of(kind: &str, entries: usize) -> Result<(), OperationError> {
    let member = format!("conditions.{kind}.anyOf");
    if entries == 0 {
        return Err(invalid(&member, "must not be empty"));
    }
    entries_at_most(&member, entries)
}

fn check_header(name: &str) -> Result<(), OperationError> {
    let member = "conditions.matchHeaders.anyOf.header";
    text_at_most(member, Some(name), limits::ROUTING_RULE_HEADER_CHARS_MAX)?;
    if !name.is_empty() && name.bytes().all(is_pattern_byte) {
        return Ok(());
    }
    Err(invalid(member, format!("'{name}' is not a header")))
}

/// `x`, `*x`, `x*` or `*x*`.
fn check_glob(glob: &str) -> Result<(), OperationError> {
    let member = "conditions.matchHeaders.anyOf.valueGlob";
    text_at_most(member, Some(glob), limits::ROUTING_RULE_VALUE_CHARS_MAX)?;
    let inner = glob.strip_prefix('*').unwrap_or(glob);
    let inner = inner.strip_suffix('*').unwrap_or(inner);
    if !glob.is_empty() && !inner.contains('*') && inner.bytes().all(is_pattern_byte) {
        return Ok(());
    }
    Err(invalid(member, format!("'{glob}' may have a * at its beginning and its end only")))
}

fn check_base_path(path: &str) -> Result<(), OperationError> {
    let member = "conditions.matchBasePaths.anyOf";
    text_at_most(member, Some(path), limits::ROUTING_RULE_VALUE_CHARS_MAX)?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()/".contains(&byte);
    let segments = !path.split('/').any(str::is_empty);
    if segments && path.bytes().all(legal) {
        return Ok(());
    }
    Err(invalid(member, format!("'{path}' is not a path without slashes around it")))
}

/// What AWS allows in header names and values of a rule.
fn is_pattern_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"*?-!#$%&'.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: serde_json::Value) -> Result<RoutingRule, String> {
        let request = serde_json::from_value(rule).expect("members");
        checked(RoutingRuleId::new("u1"), request).map_err(|error| error.to_string())
    }

    fn with(conditions: &serde_json::Value) -> Result<RoutingRule, String> {
        let action = serde_json::json!({"invokeApi": {"apiId": "a1", "stage": "dev"}});
        check(serde_json::json!({"actions": [action], "conditions": conditions, "priority": 1}))
    }

    #[test]
    fn conditions_are_taken_or_refused() {
        let headers = |name: &str, glob: &str| serde_json::json!({"matchHeaders": {"anyOf": [{"header": name, "valueGlob": glob}]}});
        let paths = |path: &str| serde_json::json!({"matchBasePaths": {"anyOf": [path]}});
        for legal in [
            serde_json::json!([]),
            serde_json::json!([headers("x-a", "*b*"), headers("x-c", "d"), paths("v1/x")]),
        ] {
            with(&legal).unwrap_or_else(|error| panic!("{legal}: {error}"));
        }
        for (refused, expected) in [
            (serde_json::json!([headers("x a", "b")]), "is not a header"),
            (serde_json::json!([headers("x-a", "a*b")]), "at its beginning and its end only"),
            (serde_json::json!([headers(&"x".repeat(40), "b")]), "at most 39 characters"),
            (serde_json::json!([paths("/v1")]), "without slashes"),
            (serde_json::json!([paths("v1"), paths("v2")]), "one on base paths"),
            (serde_json::json!([{}]), "either matchHeaders or matchBasePaths"),
            (serde_json::json!([{"matchBasePaths": {"anyOf": []}}]), "must not be empty"),
        ] {
            let error = with(&refused).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn members_are_required() {
        for (member, priority) in [("priority", 0), ("priority", 1_000_001), ("actions", 5)] {
            let rule = serde_json::json!({"actions": [], "conditions": [], "priority": priority});
            let error = check(rule).expect_err("refused");
            assert!(error.contains(&format!("'{member}'")), "{error}");
        }
        let error = check(serde_json::json!({"priority": 1})).expect_err("refused");
        assert_eq!(error, "Missing required member 'actions'");
    }
}
