//! Resource [DomainName](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{IpAddressType, Timestamp};

/// A custom domain name, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainName {
    /// Always `$request.basepath`.
    pub api_mapping_selection_expression: String,
    /// The name, in lower case; may begin with `*.`.
    pub domain_name: String,
    /// The ARN; filled in for answers, never stored, since it follows configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name_arn: Option<String>,
    /// Certificate and endpoint; one of them.
    pub domain_name_configurations: Vec<DomainNameConfiguration>,
    /// Which client certificates are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutual_tls_authentication: Option<MutualTlsAuthentication>,
    /// Whether routing rules, API mappings or both decide.
    pub routing_mode: RoutingMode,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl DomainName {
    /// `apiMappingSelectionExpression` of every domain name.
    pub const API_MAPPING_SELECTION_EXPRESSION: &'static str = "$request.basepath";
}

/// An entry of `domainNameConfigurations`. What a caller sends of the read-only members is dropped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainNameConfiguration {
    /// The target of a DNS alias; read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_gateway_domain_name: Option<String>,
    /// The certificate, which configuration maps to files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_arn: Option<String>,
    /// Free name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_name: Option<String>,
    /// When the certificate was set; read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_upload_date: Option<Timestamp>,
    /// Whether it is served; read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name_status: Option<DomainNameStatus>,
    /// Read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name_status_message: Option<String>,
    /// REGIONAL, always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_type: Option<EndpointType>,
    /// The Route 53 zone of the alias's target; read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_zone_id: Option<String>,
    /// IP versions of the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<IpAddressType>,
    /// A public certificate that shows who owns the domain, beside an imported one and mutual TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership_verification_certificate_arn: Option<String>,
    /// The lowest TLS version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<SecurityPolicy>,
}

/// `domainNameStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DomainNameStatus {
    /// Served.
    Available,
    /// About to be.
    Updating,
    /// The certificate has to be imported again.
    PendingCertificateReimport,
    /// The owner has to be verified.
    PendingOwnershipVerification,
}

/// `endpointType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EndpointType {
    /// In one region.
    Regional,
    /// REST APIs only.
    Edge,
}

/// `securityPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecurityPolicy {
    /// From TLS 1.0.
    #[serde(rename = "TLS_1_0")]
    Tls1_0,
    /// From TLS 1.2.
    #[serde(rename = "TLS_1_2")]
    Tls1_2,
}

/// `routingMode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoutingMode {
    /// API mappings.
    #[default]
    ApiMappingOnly,
    /// Routing rules.
    RoutingRuleOnly,
    /// Routing rules; where none matches, API mappings.
    RoutingRuleThenApiMapping,
}

/// `mutualTlsAuthentication`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MutualTlsAuthentication {
    /// The bundle of trusted authorities, which configuration maps to a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truststore_uri: Option<String>,
    /// The bundle's object version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truststore_version: Option<String>,
    /// What is wrong with the bundle; read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truststore_warnings: Option<Vec<String>>,
}

impl MutualTlsAuthentication {
    /// The name of the truststore among those of the configuration: its URI, with the version behind it
    /// as in a request to S3.
    #[must_use]
    pub fn truststore(&self) -> String {
        let uri = self.truststore_uri.as_deref().unwrap_or_default();
        match &self.truststore_version {
            Some(version) => format!("{uri}?versionId={version}"),
            None => uri.to_owned(),
        }
    }
}

/// Members of `CreateDomainName`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on DomainName")]
pub struct CreateDomainName {
    pub domain_name: Option<String>,
    pub domain_name_configurations: Option<Vec<DomainNameConfiguration>>,
    pub mutual_tls_authentication: Option<MutualTlsAuthentication>,
    pub routing_mode: Option<RoutingMode>,
    pub tags: Option<BTreeMap<String, String>>,
}

/// Members of `UpdateDomainName`; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on DomainName")]
pub struct UpdateDomainName {
    pub domain_name_configurations: Option<Vec<DomainNameConfiguration>>,
    pub mutual_tls_authentication: Option<MutualTlsAuthentication>,
    pub routing_mode: Option<RoutingMode>,
}
