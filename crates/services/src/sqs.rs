//! Amazon SQS (API reference, 2012-11-05), by its query protocol: the answers are XML, as they are
//! behind API Gateway.

use bytes::Bytes;
use gatewright_expressions::{Attribute, ServiceArguments};
use http::Request;

use crate::query_protocol::Form;

/// `SendMessage`.
pub(crate) fn send_message(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    let texts =
        ["QueueUrl", "MessageBody", "DelaySeconds", "MessageDeduplicationId", "MessageGroupId"];
    let mut form = form("SendMessage", arguments, &texts);
    let attributes = arguments.attributes("MessageAttributes");
    push_attributes(&mut form, "MessageAttribute", attributes.unwrap_or_default());
    let attributes = arguments.attributes("MessageSystemAttributes");
    push_attributes(&mut form, "MessageSystemAttribute", attributes.unwrap_or_default());
    form.into_request()
}

/// `ReceiveMessage`.
pub(crate) fn receive_message(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    let texts = [
        "QueueUrl",
        "MaxNumberOfMessages",
        "VisibilityTimeout",
        "WaitTimeSeconds",
        "ReceiveRequestAttemptId",
    ];
    let mut form = form("ReceiveMessage", arguments, &texts);
    push_list(&mut form, "AttributeName", arguments.list("AttributeNames").unwrap_or_default());
    let names = arguments.list("MessageAttributeNames").unwrap_or_default();
    push_list(&mut form, "MessageAttributeName", names);
    form.into_request()
}

/// `DeleteMessage`.
pub(crate) fn delete_message(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    form("DeleteMessage", arguments, &["QueueUrl", "ReceiptHandle"]).into_request()
}

/// `PurgeQueue`.
pub(crate) fn purge_queue(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    form("PurgeQueue", arguments, &["QueueUrl"]).into_request()
}

/// The form with the texts that there are. Numbers among them go as they came: what is none, SQS
/// refuses in its own words.
fn form(action: &str, arguments: &ServiceArguments<'_>, texts: &[&str]) -> Form {
    let mut form = Form::new(action, "2012-11-05");
    for name in texts {
        if let Some(text) = arguments.text(name) {
            form.push(name, text);
        }
    }
    form
}

/// `Name.1=…`, which is how SQS flattens lists.
fn push_list(form: &mut Form, name: &str, texts: &[String]) {
    for (number, text) in (1..).zip(texts) {
        form.push(&format!("{name}.{number}"), text);
    }
}

/// `Name.1.Name=…`, `Name.1.Value.DataType=…`.
fn push_attributes(form: &mut Form, name: &str, attributes: &[Attribute]) {
    for (number, attribute) in (1..).zip(attributes) {
        form.push(&format!("{name}.{number}.Name"), &attribute.name);
        for (member, text) in &attribute.members {
            form.push(&format!("{name}.{number}.Value.{member}"), text);
        }
    }
}

#[cfg(test)]
mod tests {
    use gatewright_types::IntegrationSubtype as S;

    use super::*;
    use crate::testing::{arguments, shown};

    const TYPE: &str = "content-type: application/x-www-form-urlencoded; charset=utf-8\n";

    fn head(action: &str) -> String {
        format!("POST /\n{TYPE}\nAction={action}&Version=2012-11-05")
    }

    #[test]
    fn send_message_has_every_parameter() {
        let arguments = arguments(
            S::SqsSendMessage,
            &[
                ("QueueUrl", "http://sqs:9324/000000000000/orders.fifo"),
                ("MessageBody", "a b&c=d+é\r\n"),
                ("DelaySeconds", "5"),
                ("MessageGroupId", "g"),
                ("MessageDeduplicationId", "d"),
                (
                    "MessageAttributes",
                    r#"{"b":{"DataType":"String","StringValue":"&x=1"},"a":{"DataType":"Binary","BinaryValue":"AAE="}}"#,
                ),
                (
                    "MessageSystemAttributes",
                    r#"{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1-0"}}"#,
                ),
                ("Region", "eu-west-1"),
            ],
        );
        assert_eq!(
            shown(&send_message(&arguments)),
            head("SendMessage")
                + "&QueueUrl=http%3A%2F%2Fsqs%3A9324%2F000000000000%2Forders.fifo\
                   &MessageBody=a%20b%26c%3Dd%2B%C3%A9%0D%0A&DelaySeconds=5&MessageDeduplicationId=d&MessageGroupId=g\
                   &MessageAttribute.1.Name=b&MessageAttribute.1.Value.DataType=String\
                   &MessageAttribute.1.Value.StringValue=%26x%3D1\
                   &MessageAttribute.2.Name=a&MessageAttribute.2.Value.DataType=Binary\
                   &MessageAttribute.2.Value.BinaryValue=AAE%3D\
                   &MessageSystemAttribute.1.Name=AWSTraceHeader&MessageSystemAttribute.1.Value.DataType=String\
                   &MessageSystemAttribute.1.Value.StringValue=Root%3D1-0"
        );
    }

    #[test]
    fn receive_message_has_every_parameter() {
        let arguments = arguments(
            S::SqsReceiveMessage,
            &[
                ("QueueUrl", "q"),
                ("AttributeNames", r#"["All"]"#),
                ("MessageAttributeNames", r#"["a.*","b"]"#),
                ("MaxNumberOfMessages", "10"),
                ("VisibilityTimeout", "0"),
                ("WaitTimeSeconds", "soon"),
                ("ReceiveRequestAttemptId", "r"),
            ],
        );
        assert_eq!(
            shown(&receive_message(&arguments)),
            head("ReceiveMessage")
                + "&QueueUrl=q&MaxNumberOfMessages=10&VisibilityTimeout=0&WaitTimeSeconds=soon&ReceiveRequestAttemptId=r\
                   &AttributeName.1=All&MessageAttributeName.1=a.%2A&MessageAttributeName.2=b"
        );
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let handle =
            arguments(S::SqsDeleteMessage, &[("QueueUrl", "q"), ("ReceiptHandle", "h/+=")]);
        let deleted = head("DeleteMessage") + "&QueueUrl=q&ReceiptHandle=h%2F%2B%3D";
        assert_eq!(shown(&delete_message(&handle)), deleted);
        let nothing = arguments(S::SqsPurgeQueue, &[("QueueUrl", "$request.body.nosuch")]);
        assert_eq!(shown(&purge_queue(&nothing)), head("PurgeQueue"));
    }
}
