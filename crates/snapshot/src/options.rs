//! What operators may set.

use gatewright_types::ConfigKey;

/// The keys of [`Environment`](crate::Environment), for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "lambda.endpoint",
        default: "\"\"",
        meaning: "http(s)://host:port of an Invoke API that has the functions of AWS_PROXY integrations; \
                  the control plane and every data plane need the same",
    },
    ConfigKey {
        key: "lambda.functions.\"<name or ARN>\".url",
        default: "(none)",
        meaning: "http(s)://host:port of the runtime interface emulator that has this function alone",
    },
    ConfigKey {
        key: "lambda.response_stream",
        default: "false",
        meaning: "true: the functions of lambda.endpoint are invoked with InvokeWithResponseStream, and what they stream is sent on piece by piece, \
                  which AWS's HTTP APIs do not; every data plane needs the same",
    },
    ConfigKey {
        key: "lambda.functions.\"<name or ARN>\".response_stream",
        default: "(lambda.response_stream, without a url)",
        meaning: "the same for this function alone, or false to except it; needs no url beside it",
    },
    ConfigKey {
        key: "private_integrations.\"<ARN>\"",
        default: "(none)",
        meaning: "http(s)://host:port that VPC_LINK integrations with the ARN of this listener or Cloud Map service call; \
              the control plane and every data plane need the same",
    },
    ConfigKey {
        key: "aws.credentials_file",
        default: "\"\"",
        meaning: "file of access keys in the format of ~/.aws/credentials, read again every two seconds; the control plane needs the same key, and does not read the file. Empty: nothing is signed",
    },
    ConfigKey {
        key: "aws.profile",
        default: "\"default\"",
        meaning: "its profile that signs invocations at lambda.endpoint for integrations without a credentialsArn",
    },
    ConfigKey {
        key: "aws.endpoint",
        default: "\"\"",
        meaning: "http(s)://host:port of all AWS services that integrationSubtype calls; {region} in it stands for the region",
    },
    ConfigKey { key: "aws.services.sqs.endpoint", default: "\"\"", meaning: "the same, of SQS" },
    ConfigKey {
        key: "aws.services.events.endpoint",
        default: "\"\"",
        meaning: "the same, of EventBridge",
    },
    ConfigKey {
        key: "aws.services.kinesis.endpoint",
        default: "\"\"",
        meaning: "the same, of Kinesis",
    },
    ConfigKey {
        key: "aws.services.states.endpoint",
        default: "\"\"",
        meaning: "the same, of Step Functions",
    },
    ConfigKey {
        key: "aws.services.appconfig.endpoint",
        default: "\"\"",
        meaning: "the same, of AppConfig",
    },
    ConfigKey {
        key: "aws.roles.\"<role ARN>\"",
        default: "(none)",
        meaning: "the profile of aws.credentials_file that integrations with this credentialsArn sign with; \
                  the control plane and every data plane need the same",
    },
];
