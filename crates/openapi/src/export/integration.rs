//! `x-amazon-apigateway-integration` of an operation.

use gatewright_types::{ConnectionType, Integration, TlsConfig, limits};

use super::output::{Object, Value};

pub(super) fn object(integration: &Integration) -> Object {
    let mut object = Object::default();
    object.set_some("integrationSubtype", integration.integration_subtype.as_deref());
    object.set_some("credentials", integration.credentials_arn.as_deref());
    let statuses = integration.response_parameters.as_ref().map(|statuses| {
        let mut object = Object::default();
        for (status, parameters) in statuses {
            object.set(status.as_str(), Value::from(parameters));
        }
        object
    });
    object.set_some("responseParameters", statuses);
    object.set_some("requestParameters", integration.request_parameters.as_ref());
    object.set_some("payloadFormatVersion", integration.payload_format_version.as_deref());
    object.set_some("connectionId", integration.connection_id.as_deref());
    object.set("type", integration.integration_type.as_str().to_ascii_lowercase());
    object.set_some("httpMethod", integration.integration_method.as_deref());
    object.set_some("uri", integration.integration_uri.as_deref());
    object.set(
        "connectionType",
        match integration.connection_type {
            ConnectionType::Internet => "INTERNET",
            ConnectionType::VpcLink => "VPC_LINK",
        },
    );
    object.set_some("tlsConfig", integration.tls_config.as_ref().map(tls_config));
    if integration.timeout_in_millis != limits::HTTP_INTEGRATION_TIMEOUT_MS {
        object.set("timeoutInMillis", i64::from(integration.timeout_in_millis));
    }
    object
}

fn tls_config(tls_config: &TlsConfig) -> Object {
    let mut object = Object::default();
    object.set_some("serverNameToVerify", tls_config.server_name_to_verify.as_deref());
    object
}
