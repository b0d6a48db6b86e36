//! `integrationSubtype`: actions of AWS services that a route of an HTTP API calls directly
//! (`http-api-develop-integrations-aws-services-reference`).

use crate::AwsService;

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationSubtype {
    /// `EventBridge-PutEvents`, with one entry.
    EventBridgePutEvents,
    /// `SQS-SendMessage`.
    SqsSendMessage,
    /// `SQS-ReceiveMessage`.
    SqsReceiveMessage,
    /// `SQS-DeleteMessage`.
    SqsDeleteMessage,
    /// `SQS-PurgeQueue`.
    SqsPurgeQueue,
    /// `AppConfig-GetConfiguration`.
    AppConfigGetConfiguration,
    /// `Kinesis-PutRecord`.
    KinesisPutRecord,
    /// `StepFunctions-StartExecution`.
    StepFunctionsStartExecution,
    /// `StepFunctions-StartSyncExecution`.
    StepFunctionsStartSyncExecution,
    /// `StepFunctions-StopExecution`.
    StepFunctionsStopExecution,
}

/// What stands in `requestParameters` for a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterForm {
    /// A text.
    Text,
    /// A list of texts as JSON.
    List,
    /// Names, each with members that are texts, as JSON: `{"name":{"DataType":"String",…}}`.
    Attributes,
}

impl IntegrationSubtype {
    /// Every action there is.
    pub const ALL: [Self; 10] = [
        Self::EventBridgePutEvents,
        Self::SqsSendMessage,
        Self::SqsReceiveMessage,
        Self::SqsDeleteMessage,
        Self::SqsPurgeQueue,
        Self::AppConfigGetConfiguration,
        Self::KinesisPutRecord,
        Self::StepFunctionsStartExecution,
        Self::StepFunctionsStartSyncExecution,
        Self::StepFunctionsStopExecution,
    ];

    /// The action of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subtype| subtype.as_str() == name)
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventBridgePutEvents => "EventBridge-PutEvents",
            Self::SqsSendMessage => "SQS-SendMessage",
            Self::SqsReceiveMessage => "SQS-ReceiveMessage",
            Self::SqsDeleteMessage => "SQS-DeleteMessage",
            Self::SqsPurgeQueue => "SQS-PurgeQueue",
            Self::AppConfigGetConfiguration => "AppConfig-GetConfiguration",
            Self::KinesisPutRecord => "Kinesis-PutRecord",
            Self::StepFunctionsStartExecution => "StepFunctions-StartExecution",
            Self::StepFunctionsStartSyncExecution => "StepFunctions-StartSyncExecution",
            Self::StepFunctionsStopExecution => "StepFunctions-StopExecution",
        }
    }

    /// Whose action it is.
    #[must_use]
    pub fn service(self) -> AwsService {
        match self {
            Self::EventBridgePutEvents => AwsService::Events,
            Self::SqsSendMessage
            | Self::SqsReceiveMessage
            | Self::SqsDeleteMessage
            | Self::SqsPurgeQueue => AwsService::Sqs,
            Self::AppConfigGetConfiguration => AwsService::AppConfig,
            Self::KinesisPutRecord => AwsService::Kinesis,
            Self::StepFunctionsStartExecution
            | Self::StepFunctionsStartSyncExecution
            | Self::StepFunctionsStopExecution => AwsService::States,
        }
    }

    /// Parameters that must be there.
    #[must_use]
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Self::EventBridgePutEvents => &["Detail", "DetailType", "Source"],
            Self::SqsSendMessage => &["QueueUrl", "MessageBody"],
            Self::SqsReceiveMessage | Self::SqsPurgeQueue => &["QueueUrl"],
            Self::SqsDeleteMessage => &["ReceiptHandle", "QueueUrl"],
            Self::AppConfigGetConfiguration => {
                &["Application", "Environment", "Configuration", "ClientId"]
            }
            Self::KinesisPutRecord => &["StreamName", "Data", "PartitionKey"],
            Self::StepFunctionsStartExecution | Self::StepFunctionsStartSyncExecution => {
                &["StateMachineArn"]
            }
            Self::StepFunctionsStopExecution => &["ExecutionArn"],
        }
    }

    /// Parameters that may be there beside `Region`, which all actions take.
    fn optional(self) -> &'static [&'static str] {
        match self {
            Self::EventBridgePutEvents => &["Time", "EventBusName", "Resources", "TraceHeader"],
            Self::SqsSendMessage => &[
                "DelaySeconds",
                "MessageAttributes",
                "MessageDeduplicationId",
                "MessageGroupId",
                "MessageSystemAttributes",
            ],
            Self::SqsReceiveMessage => &[
                "AttributeNames",
                "MaxNumberOfMessages",
                "MessageAttributeNames",
                "ReceiveRequestAttemptId",
                "VisibilityTimeout",
                "WaitTimeSeconds",
            ],
            Self::SqsDeleteMessage | Self::SqsPurgeQueue => &[],
            Self::AppConfigGetConfiguration => &["ClientConfigurationVersion"],
            Self::KinesisPutRecord => &["SequenceNumberForOrdering", "ExplicitHashKey"],
            Self::StepFunctionsStartExecution => &["Name", "Input"],
            Self::StepFunctionsStartSyncExecution => &["Name", "Input", "TraceHeader"],
            Self::StepFunctionsStopExecution => &["Cause", "Error"],
        }
    }

    /// What it takes under a name; none where it has no such parameter.
    #[must_use]
    pub fn parameter(self, name: &str) -> Option<ParameterForm> {
        let is_known =
            name == "Region" || self.required().contains(&name) || self.optional().contains(&name);
        is_known.then_some(match name {
            "Resources" | "AttributeNames" | "MessageAttributeNames" => ParameterForm::List,
            "MessageAttributes" | "MessageSystemAttributes" => ParameterForm::Attributes,
            _ => ParameterForm::Text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for subtype in IntegrationSubtype::ALL {
            assert_eq!(IntegrationSubtype::parse(subtype.as_str()), Some(subtype));
            assert!(!subtype.required().is_empty());
            assert_eq!(subtype.parameter("Region"), Some(ParameterForm::Text));
            assert_eq!(subtype.parameter("region"), None);
        }
        assert_eq!(IntegrationSubtype::parse("S3-GetObject"), None);
    }

    #[test]
    fn parameters_are_an_actions_own() {
        use IntegrationSubtype as S;
        let send = |name| S::SqsSendMessage.parameter(name);
        assert_eq!(send("MessageAttributes"), Some(ParameterForm::Attributes));
        assert_eq!(send("DelaySeconds"), Some(ParameterForm::Text));
        assert_eq!(send("AttributeNames"), None);
        assert_eq!(S::SqsReceiveMessage.parameter("AttributeNames"), Some(ParameterForm::List));
        assert_eq!(S::StepFunctionsStartExecution.parameter("TraceHeader"), None);
    }
}
