//! `accessLogSettings`: only DeleteAccessLogSettings removes them.

use gatewright_expressions::AccessLogFormat;
use gatewright_types::{AccessLogSettings, limits};

use crate::error::OperationError;
use crate::validation::{created_text, invalid, text_at_most};

/// Lays new settings over a stage's; `{}` changes nothing.
pub(super) fn merge(
    current: &mut Option<AccessLogSettings>,
    new: AccessLogSettings,
) -> Result<(), OperationError> {
    let destination_arn = created_text(new.destination_arn);
    let format = created_text(new.format);
    if destination_arn.is_none() && format.is_none() {
        return Ok(());
    }
    let mut merged = current.clone().unwrap_or_default();
    if let Some(arn) = destination_arn {
        // A log group's ARN ends in `:*` where CloudWatch Logs shows it.
        let arn = arn.strip_suffix(":*").unwrap_or(&arn);
        check_destination(arn)?;
        merged.destination_arn = Some(arn.to_owned());
    }
    if let Some(format) = format {
        check_format(&format)?;
        merged.format = Some(format);
    }
    if merged.destination_arn.is_none() {
        return Err(invalid("accessLogSettings.destinationArn", "must be set beside a format"));
    }
    if merged.format.is_none() {
        return Err(invalid("accessLogSettings.format", "must be set beside a destination"));
    }
    *current = Some(merged);
    Ok(())
}

/// A log group or a delivery stream.
fn check_destination(arn: &str) -> Result<(), OperationError> {
    text_at_most("accessLogSettings.destinationArn", Some(arn), limits::ARN_CHARS_MAX)?;
    let mut parts = arn.splitn(6, ':');
    let (prefix, service) = (parts.next(), parts.nth(1));
    let rest = parts.nth(2).unwrap_or(arn);
    let name = match (prefix, service) {
        (Some("arn"), Some("logs")) => rest.strip_prefix("log-group:"),
        (Some("arn"), Some("firehose")) => rest.strip_prefix("deliverystream/"),
        _ => None,
    };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.".contains(&byte);
    match name {
        Some(name) if !name.is_empty() && name.bytes().all(legal) => Ok(()),
        _ => Err(OperationError::bad_request(format!(
            "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '{rest}'"
        ))),
    }
}

fn check_format(format: &str) -> Result<(), OperationError> {
    text_at_most("accessLogSettings.format", Some(format), limits::ACCESS_LOG_FORMAT_CHARS_MAX)?;
    if !format.contains("$context.requestId") && !format.contains("$context.extendedRequestId") {
        return Err(OperationError::bad_request(format!(
            "The following errors are found in Access Log Format: Access Log format must include either $context.requestId or $context.extendedRequestId : '{format}'"
        )));
    }
    match AccessLogFormat::compile(format) {
        Ok(_) => Ok(()),
        Err(error) => Err(OperationError::bad_request(format!(
            "The following errors are found in Access Log Format: {error} : '{format}'"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_log_groups_or_delivery_streams() {
        for arn in [
            "arn:aws:logs:us-east-1:000000000000:log-group:api/x",
            "arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x",
        ] {
            assert!(check_destination(arn).is_ok(), "{arn}");
        }
        for (arn, named) in [
            ("arn:aws:s3:::bucket", "bucket"),
            ("arn:aws:logs:us-east-1:0:log-group:a b", "log-group:a b"),
            ("nope", "nope"),
        ] {
            let refused = check_destination(arn).expect_err(arn).to_string();
            assert!(refused.ends_with(&format!("'{named}'")), "{refused}");
        }
    }

    #[test]
    fn settings_merge_and_are_whole() {
        let arn = "arn:aws:logs:us-east-1:0:log-group:g";
        let settings = |arn: Option<&str>, format: Option<&str>| AccessLogSettings {
            destination_arn: arn.map(str::to_owned),
            format: format.map(str::to_owned),
        };
        let mut current = None;
        merge(&mut current, settings(None, None)).expect("nothing to do");
        assert_eq!(current, None);
        assert!(merge(&mut current, settings(Some(arn), None)).is_err());
        assert!(merge(&mut current, settings(None, Some("$context.requestId"))).is_err());
        let first = settings(Some(&format!("{arn}:*")), Some("$context.requestId"));
        merge(&mut current, first).expect("whole");
        merge(&mut current, settings(None, Some("{$context.extendedRequestId}"))).expect("merges");
        assert_eq!(current, Some(settings(Some(arn), Some("{$context.extendedRequestId}"))));
        assert!(merge(&mut current, settings(None, Some("$context.status"))).is_err());
    }
}
