//! What a caller may do: `apigateway:<METHOD>` on the resource's ARN, by the access key's policy
//! (`security_iam_service-with-iam`, "Actions defined by Amazon API Gateway Management V2").

use gatewright_policy::{Decision, Request};
use gatewright_types::Account;

use crate::condition_keys::ConditionKeys;
use crate::error::OperationError;
use crate::router::Routed;

/// Refuses what the caller's policy does not allow.
pub(crate) fn authorize(
    routed: &Routed,
    context: &ConditionKeys<'_>,
) -> Result<(), OperationError> {
    let action = format!("apigateway:{}", routed.operation.method);
    let resource = resource_arn(routed, context.account);
    let request = Request { action: &action, resource: &resource, context };
    let because = match context.caller.policy.evaluate(&request) {
        Decision::Allowed => return Ok(()),
        Decision::ExplicitlyDenied => {
            "with an explicit deny in an identity-based policy".to_owned()
        }
        Decision::ImplicitlyDenied => {
            format!("because no identity-based policy allows the {action} action")
        }
    };
    Err(OperationError::Forbidden {
        name: "AccessDeniedException",
        message: format!(
            "User: {} is not authorized to perform: {action} on resource: {resource} {because}",
            context.caller.arn(context.account)
        ),
    })
}

/// The ARN of what a call is about: the operation's path, without the API's version.
pub(crate) fn resource_arn(routed: &Routed, account: &Account) -> String {
    let mut path = String::new();
    for segment in routed.operation.path.trim_start_matches("/v2").split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None => path.push_str(segment),
            Some(name) => path.push_str(&parameter(routed, name)),
        }
    }
    account.apigateway_arn(&path)
}

/// A path parameter's value. The ARN of a tagged resource stays encoded, so that its slashes are
/// not taken for the path's.
fn parameter(routed: &Routed, name: &str) -> String {
    let value = routed.parameters.iter().find(|(key, _)| *key == name);
    let value = value.map(|(_, value)| value.as_str()).unwrap_or_default();
    if name == "resource-arn" {
        return percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC)
            .to_string();
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::route;

    #[test]
    fn resources_are_named_by_their_paths() {
        let account = Account { id: "000000000000".to_owned(), region: "us-east-1".to_owned() };
        for (method, path, arn) in [
            ("GET", "/v2/apis", "arn:aws:apigateway:us-east-1::/apis"),
            ("POST", "/apikeys", "arn:aws:apigateway:us-east-1::/apikeys"),
            (
                "DELETE",
                "/usageplans/p1/keys/k1",
                "arn:aws:apigateway:us-east-1::/usageplans/p1/keys/k1",
            ),
            (
                "PATCH",
                "/v2/apis/a1/stages/%24default",
                "arn:aws:apigateway:us-east-1::/apis/a1/stages/$default",
            ),
            (
                "GET",
                "/v2/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2Fa1",
                "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aeu%2Dwest%2D1%3A%3A%2Fapis%2Fa1",
            ),
        ] {
            let routed = route(method, path).expect(path);
            assert_eq!(resource_arn(&routed, &account), arn);
        }
    }
}
