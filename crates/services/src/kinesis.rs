//! Amazon Kinesis Data Streams (API reference, `PutRecord`).

use bytes::Bytes;
use gatewright_expressions::ServiceArguments;
use http::Request;
use serde::Serialize;

use crate::json_protocol::{self, Version};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_name: Option<&'a str>,
    /// In base64 already: it goes into the call as it is (section 7.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explicit_hash_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number_for_ordering: Option<&'a str>,
}

/// `PutRecord`.
pub(crate) fn put_record(arguments: &ServiceArguments<'_>) -> Request<Bytes> {
    let input = PutRecord {
        stream_name: arguments.text("StreamName"),
        data: arguments.text("Data"),
        partition_key: arguments.text("PartitionKey"),
        explicit_hash_key: arguments.text("ExplicitHashKey"),
        sequence_number_for_ordering: arguments.text("SequenceNumberForOrdering"),
    };
    json_protocol::request(Version::V1_1, "Kinesis_20131202.PutRecord", &input)
}

#[cfg(test)]
mod tests {
    use gatewright_types::IntegrationSubtype as S;

    use super::*;
    use crate::testing::{arguments, shown};

    #[test]
    fn put_record_has_every_parameter() {
        let all = arguments(
            S::KinesisPutRecord,
            &[
                ("StreamName", "s"),
                ("Data", "aGk="),
                ("PartitionKey", "p"),
                ("ExplicitHashKey", "1"),
                ("SequenceNumberForOrdering", "2"),
            ],
        );
        assert_eq!(
            shown(&put_record(&all)),
            "POST /\ncontent-type: application/x-amz-json-1.1\nx-amz-target: Kinesis_20131202.PutRecord\n\n\
             {\"StreamName\":\"s\",\"Data\":\"aGk=\",\"PartitionKey\":\"p\",\"ExplicitHashKey\":\"1\",\
             \"SequenceNumberForOrdering\":\"2\"}"
        );
    }
}
