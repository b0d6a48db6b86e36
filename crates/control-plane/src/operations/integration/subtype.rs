//! AWS service actions of HTTP APIs (`http-api-develop-integrations-aws-services-reference`).

use gatewright_types::{Integration, limits};

use crate::error::OperationError;
use crate::validation::{invalid, texts_at_most};

/// An action and the parameters it takes.
struct Subtype {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

#[rustfmt::skip]
const SUBTYPES: &[Subtype] = &[
    Subtype {
        name: "EventBridge-PutEvents",
        required: &["Detail", "DetailType", "Source"],
        optional: &["Time", "EventBusName", "Resources", "Region", "TraceHeader"],
    },
    Subtype {
        name: "SQS-SendMessage",
        required: &["QueueUrl", "MessageBody"],
        optional: &["DelaySeconds", "MessageAttributes", "MessageDeduplicationId", "MessageGroupId", "MessageSystemAttributes", "Region"],
    },
    Subtype {
        name: "SQS-ReceiveMessage",
        required: &["QueueUrl"],
        optional: &["AttributeNames", "MaxNumberOfMessages", "MessageAttributeNames", "ReceiveRequestAttemptId", "VisibilityTimeout", "WaitTimeSeconds", "Region"],
    },
    Subtype { name: "SQS-DeleteMessage", required: &["ReceiptHandle", "QueueUrl"], optional: &["Region"] },
    Subtype { name: "SQS-PurgeQueue", required: &["QueueUrl"], optional: &["Region"] },
    Subtype {
        name: "AppConfig-GetConfiguration",
        required: &["Application", "Environment", "Configuration", "ClientId"],
        optional: &["ClientConfigurationVersion", "Region"],
    },
    Subtype {
        name: "Kinesis-PutRecord",
        required: &["StreamName", "Data", "PartitionKey"],
        optional: &["SequenceNumberForOrdering", "ExplicitHashKey", "Region"],
    },
    Subtype {
        name: "StepFunctions-StartExecution",
        required: &["StateMachineArn"],
        optional: &["Name", "Input", "Region"],
    },
    Subtype {
        name: "StepFunctions-StartSyncExecution",
        required: &["StateMachineArn"],
        optional: &["Name", "Input", "Region", "TraceHeader"],
    },
    Subtype {
        name: "StepFunctions-StopExecution",
        required: &["ExecutionArn"],
        optional: &["Cause", "Error", "Region"],
    },
];

/// The rules of an integration with a subtype.
pub(super) fn check(name: &str, integration: &Integration) -> Result<(), OperationError> {
    let bad = |text: &str| OperationError::bad_request(text);
    let version = integration.payload_format_version.as_deref();
    let known = SUBTYPES.iter().find(|subtype| subtype.name == name);
    let subtype = match (known, version) {
        (Some(subtype), Some("1.0")) => subtype,
        (Some(_), None) => {
            return Err(bad("PayloadFormatVersion is a required parameter for integration"));
        }
        _ => return Err(bad(&format!("Operation: {name} is not supported."))),
    };
    if integration.integration_uri.is_some() {
        return Err(invalid("integrationUri", "must not be set beside integrationSubtype"));
    }
    if integration.integration_method.is_some() {
        return Err(invalid("integrationMethod", "must not be set beside integrationSubtype"));
    }
    if integration.credentials_arn.is_none() {
        return Err(bad(&format!(
            "Role ARN must be specified for AWS integration configuration with Subtype: {name}"
        )));
    }
    let given = integration.request_parameters.as_ref();
    texts_at_most("requestParameters", given, limits::PARAMETER_CHARS_MAX)?;
    let has = |wanted: &&&str| given.is_some_and(|given| given.contains_key(**wanted));
    if !subtype.required.iter().all(|wanted| has(&wanted)) {
        return Err(bad(&format!(
            "Operation: {name} requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [{}]",
            subtype.required.join(", ")
        )));
    }
    let takes = |key: &str| subtype.required.contains(&key) || subtype.optional.contains(&key);
    match given.into_iter().flatten().find(|(key, _)| !takes(key)) {
        Some((key, _)) => {
            Err(invalid("requestParameters", format!("{name} takes no parameter '{key}'")))
        }
        None => {
            super::parameter_mapping::check_http_response(integration.response_parameters.as_ref())
        }
    }
}
