//! `sts:GetCallerIdentity`, which Terraform's AWS provider asks at its start (query protocol, XML).

use http::StatusCode;

use crate::ControlPlane;
use crate::caller::Caller;
use crate::error::OperationError;

/// The service in a signature's scope.
pub(crate) const SERVICE: &str = "sts";

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Answers a signed call. Nobody needs a permission to be told who they are.
pub(crate) fn answer(
    plane: &ControlPlane,
    caller: &Caller,
    body: &[u8],
    request_id: &str,
) -> Result<String, OperationError> {
    let action = body
        .split(|byte| *byte == b'&')
        .find_map(|pair| pair.strip_prefix(b"Action="))
        .map(String::from_utf8_lossy)
        .unwrap_or_default();
    if action != "GetCallerIdentity" {
        return Err(OperationError::BadRequest(format!(
            "Could not find operation {action} for version 2011-06-15"
        )));
    }
    let account = &plane.settings.account;
    Ok(format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult><Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
        escaped(&caller.arn(account)),
        escaped(&caller.user_id()),
        escaped(&account.id),
    ))
}

/// A refusal in the form of the query protocol.
pub(crate) fn refusal(status: StatusCode, name: &str, message: &str, request_id: &str) -> String {
    let side = if status.is_server_error() { "Receiver" } else { "Sender" };
    let code = name.strip_suffix("Exception").unwrap_or(name);
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{side}</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escaped(code),
        escaped(message),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
