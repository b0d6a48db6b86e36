//! AWS Step Functions (API reference, `StartExecution`, `StartSyncExecution`, `StopExecution`).
//!
//! On AWS `StartSyncExecution` has a host of its own (`sync-states.…`); here it goes where
//! configuration says that the service is.

use bytes::Bytes;
use gatewright_expressions::ServiceArguments;
use http::Request;
use serde::Serialize;

use crate::json_protocol::{self, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StartExecution<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_header: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StopExecution<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// `StartExecution`.
pub(crate) fn start_execution(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    start("AWSStepFunctions.StartExecution", arguments)
}

/// `StartSyncExecution`.
pub(crate) fn start_sync_execution(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    start("AWSStepFunctions.StartSyncExecution", arguments)
}

/// `StopExecution`.
pub(crate) fn stop_execution(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    let input = StopExecution {
        execution_arn: arguments.text("ExecutionArn"),
        cause: arguments.text("Cause"),
        error: arguments.text("Error"),
    };
    json_protocol::request(Version::V1_0, "AWSStepFunctions.StopExecution", &input)
}

fn start(target: &'static str, arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    let input = StartExecution {
        state_machine_arn: arguments.text("StateMachineArn"),
        name: arguments.text("Name"),
        input: arguments.text("Input"),
        trace_header: arguments.text("TraceHeader"),
    };
    json_protocol::request(Version::V1_0, target, &input)
}

#[cfg(test)]
mod tests {
    use gatewright_types::IntegrationSubtype as S;

    use super::*;
    use crate::testing::{arguments, shown};

    fn head(operation: &str) -> String {
        format!(
            "POST /\ncontent-type: application/x-amz-json-1.0\nx-amz-target: AWSStepFunctions.{operation}\n\n"
        )
    }

    #[test]
    fn executions_are_started_with_every_parameter() {
        let parameters = [("StateMachineArn", "arn:m"), ("Name", "n"), ("Input", "{\"a\": 1}")];
        let started = start_execution(&arguments(S::StepFunctionsStartExecution, &parameters));
        let body = r#"{"stateMachineArn":"arn:m","name":"n","input":"{\"a\": 1}""#;
        assert_eq!(shown(&started), format!("{}{body}}}", head("StartExecution")));
        let traced = [&parameters[..], &[("TraceHeader", "Root=1-0")]].concat();
        let started = start_sync_execution(&arguments(S::StepFunctionsStartSyncExecution, &traced));
        let trace = r#","traceHeader":"Root=1-0"}"#;
        assert_eq!(shown(&started), format!("{}{body}{trace}", head("StartSyncExecution")));
    }

    #[test]
    fn executions_are_stopped_with_every_parameter() {
        let parameters = [("ExecutionArn", "arn:e"), ("Cause", "c"), ("Error", "e")];
        let stopped = stop_execution(&arguments(S::StepFunctionsStopExecution, &parameters));
        let body = r#"{"executionArn":"arn:e","cause":"c","error":"e"}"#;
        assert_eq!(shown(&stopped), head("StopExecution") + body);
    }
}
