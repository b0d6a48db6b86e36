//! `x-amazon-apigateway-integration` (`api-gateway-swagger-extensions-integration`).

use std::collections::{BTreeMap, HashMap};

use gatewright_types::{ConnectionType, CreateIntegration, IntegrationType, TlsConfig};

use super::error::Problem;
use super::findings::Findings;
use super::object::Object;
use super::place::{Place, shown};
use super::references::References;
use crate::document::Node;

/// The operation's member.
pub(super) const EXTENSION: &str = "x-amazon-apigateway-integration";

/// `description` of every imported integration, as on AWS.
const DESCRIPTION: &str = "AutoCreate from OpenAPI Import";

/// `payloadFormatVersion` when none is given, which samples for HTTP upstreams often leave out.
const PAYLOAD_FORMAT_VERSION: &str = "1.0";

/// The integrations made so far.
#[derive(Default)]
pub(super) struct Integrations {
    pub(super) made: Vec<CreateIntegration>,
    /// By the reference that led to them; `None` for those that were skipped.
    shared: HashMap<String, Option<usize>>,
}

impl Integrations {
    /// The integration that an operation has in line or refers to; `None` if it is skipped.
    pub(super) fn read<'a>(
        &mut self,
        references: &'a References<'a>,
        node: &'a Node,
        place: &Place<'_>,
        findings: &mut Findings,
    ) -> Result<Option<usize>, Problem> {
        let followed = match references.follow(node, place) {
            Ok(followed) => followed,
            Err(missing) => {
                findings.warn(missing.to_string());
                return Ok(None);
            }
        };
        let Some(pointer) = followed.pointer else {
            return self.make(&Object::new(node, *place)?, findings);
        };
        if let Some(known) = self.shared.get(pointer) {
            return Ok(*known);
        }
        let integration = Object::new(followed.node, Place::pointer(pointer))?;
        let made = self.make(&integration, findings)?;
        self.shared.insert(pointer.to_owned(), made);
        Ok(made)
    }

    fn make(
        &mut self,
        integration: &Object<'_>,
        findings: &mut Findings,
    ) -> Result<Option<usize>, Problem> {
        let Some(integration_type) = integration_type(integration, findings)? else {
            return Ok(None);
        };
        tell_ignored(integration, findings);
        self.made.push(CreateIntegration {
            connection_id: integration.text("connectionId")?,
            connection_type: connection_type(integration)?,
            credentials_arn: integration.text("credentials")?,
            description: Some(DESCRIPTION.to_owned()),
            integration_method: integration
                .text("httpMethod")?
                .map(|method| method.to_ascii_uppercase()),
            integration_subtype: integration.text("integrationSubtype")?,
            integration_type: Some(integration_type),
            integration_uri: integration.text("uri")?,
            payload_format_version: integration
                .text("payloadFormatVersion")?
                .or_else(|| Some(PAYLOAD_FORMAT_VERSION.to_owned())),
            request_parameters: integration.text_map("requestParameters")?,
            response_parameters: response_parameters(integration)?,
            timeout_in_millis: integration.integer("timeoutInMillis")?,
            tls_config: tls_config(integration)?,
            ..CreateIntegration::default()
        });
        Ok(Some(self.made.len() - 1))
    }
}

fn integration_type(
    integration: &Object<'_>,
    findings: &mut Findings,
) -> Result<Option<IntegrationType>, Problem> {
    let text = integration.required_text("type")?;
    match text.to_ascii_lowercase().as_str() {
        "http_proxy" => Ok(Some(IntegrationType::HttpProxy)),
        "aws_proxy" => Ok(Some(IntegrationType::AwsProxy)),
        "aws" | "http" | "mock" => {
            findings.skipped(
                &integration.place().member("type"),
                format!(
                    "is {}, and the integration is skipped: Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
                    shown(&text)
                ),
            );
            Ok(None)
        }
        _ => Err(integration.unknown("type", &text, "aws_proxy or http_proxy")),
    }
}

fn connection_type(integration: &Object<'_>) -> Result<Option<ConnectionType>, Problem> {
    let Some(text) = integration.text("connectionType")? else { return Ok(None) };
    match text.to_ascii_uppercase().as_str() {
        "INTERNET" => Ok(Some(ConnectionType::Internet)),
        "VPC_LINK" => Ok(Some(ConnectionType::VpcLink)),
        _ => Err(integration.unknown("connectionType", &text, "INTERNET or VPC_LINK")),
    }
}

type ResponseParameters = BTreeMap<String, BTreeMap<String, String>>;

fn response_parameters(integration: &Object<'_>) -> Result<Option<ResponseParameters>, Problem> {
    let Some(statuses) = integration.object("responseParameters")? else { return Ok(None) };
    let mut parameters = ResponseParameters::new();
    for (status, _) in statuses.members() {
        if let Some(map) = statuses.text_map(status)? {
            parameters.insert(status.to_owned(), map);
        }
    }
    Ok(Some(parameters))
}

fn tls_config(integration: &Object<'_>) -> Result<Option<TlsConfig>, Problem> {
    let Some(tls_config) = integration.object("tlsConfig")? else { return Ok(None) };
    Ok(Some(TlsConfig { server_name_to_verify: tls_config.text("serverNameToVerify")? }))
}

/// Members of other API types' integrations: templates, caching, binary bodies.
fn tell_ignored(integration: &Object<'_>, findings: &mut Findings) {
    const KNOWN: [&str; 12] = [
        "connectionId",
        "connectionType",
        "credentials",
        "httpMethod",
        "integrationSubtype",
        "payloadFormatVersion",
        "requestParameters",
        "responseParameters",
        "timeoutInMillis",
        "tlsConfig",
        "type",
        "uri",
    ];
    for (name, _) in integration.members().filter(|(name, _)| !KNOWN.contains(name)) {
        let place = integration.place().member(name);
        findings.ignored(name, "is ignored: integrations of HTTP APIs do not have it", &place);
    }
}
