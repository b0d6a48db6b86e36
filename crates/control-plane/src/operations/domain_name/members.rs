//! From the members of a call to a domain name, and the rules between them.

use gatewright_types::{
    CreateDomainName, DomainName, DomainNameConfiguration, DomainNameStatus, EndpointType,
    IpAddressType, MutualTlsAuthentication, SecurityPolicy, UpdateDomainName, limits,
};

use crate::call::Call;
use crate::error::OperationError;
use crate::validation::{created_text, invalid, missing_member, tags, text_at_most};

/// The zone of `us-east-1`: a constant that clients only hand on to Route 53.
const HOSTED_ZONE_ID: &str = "Z1UJRXOUMOOFQ8";

/// A domain name out of the members of a create call.
pub(super) fn checked_new(
    call: &Call<'_>,
    request: CreateDomainName,
) -> Result<DomainName, OperationError> {
    let name = created_text(request.domain_name).ok_or_else(|| missing_member("domainName"))?;
    check_name(&name)?;
    tags(request.tags.as_ref())?;
    Ok(DomainName {
        api_mapping_selection_expression: DomainName::API_MAPPING_SELECTION_EXPRESSION.to_owned(),
        domain_name: name,
        domain_name_arn: None,
        domain_name_configurations: configurations(
            call,
            request.domain_name_configurations.unwrap_or_default(),
            None,
        )?,
        mutual_tls_authentication: request
            .mutual_tls_authentication
            .map_or(Ok(None), |new| mutual_tls(None, new))?,
        routing_mode: request.routing_mode.unwrap_or_default(),
        tags: request.tags.unwrap_or_default(),
    })
}

/// A domain name with the members of an update call laid over it.
pub(super) fn updated(
    call: &Call<'_>,
    mut domain_name: DomainName,
    request: UpdateDomainName,
) -> Result<DomainName, OperationError> {
    if let Some(new) = request.domain_name_configurations {
        let current = domain_name.domain_name_configurations.first();
        domain_name.domain_name_configurations = configurations(call, new, current)?;
    }
    if let Some(new) = request.mutual_tls_authentication {
        domain_name.mutual_tls_authentication =
            mutual_tls(domain_name.mutual_tls_authentication.take(), new)?;
    }
    if let Some(routing_mode) = request.routing_mode {
        domain_name.routing_mode = routing_mode;
    }
    Ok(domain_name)
}

/// A DNS name in lower case, of two labels at least; the first may be `*`.
fn check_name(name: &str) -> Result<(), OperationError> {
    text_at_most("domainName", Some(name), limits::DOMAIN_NAME_CHARS_MAX)?;
    if name.contains('_') {
        return Err(OperationError::bad_request(
            "Domain names cannot contain an underscore character",
        ));
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let rest = name.strip_prefix("*.").unwrap_or(name);
    if rest.contains('.') && rest.split('.').all(label) {
        return Ok(());
    }
    Err(invalid("domainName", format!("'{name}' is not a domain name in lower case")))
}

/// The one configuration: what the caller says, completed by what is read only.
fn configurations(
    call: &Call<'_>,
    mut given: Vec<DomainNameConfiguration>,
    current: Option<&DomainNameConfiguration>,
) -> Result<Vec<DomainNameConfiguration>, OperationError> {
    let (Some(new), true) = (given.pop(), given.is_empty()) else {
        let why = "exactly one configuration is needed";
        return Err(invalid("domainNameConfigurations", why));
    };
    if new.endpoint_type == Some(EndpointType::Edge) {
        return Err(OperationError::bad_request(
            "EDGE endpoint type is not supported for APIGatewayV2 domainName",
        ));
    }
    if new.security_policy == Some(SecurityPolicy::Tls1_0) {
        let why = "TLS_1_0 is not supported, clients must speak TLS 1.2 or later";
        return Err(invalid("domainNameConfigurations.securityPolicy", why));
    }
    let certificate = created_text(new.certificate_arn)
        .ok_or_else(|| missing_member("domainNameConfigurations.certificateArn"))?;
    check_certificate(call, "certificateArn", &certificate)?;
    let ownership = created_text(new.ownership_verification_certificate_arn);
    if let Some(arn) = &ownership {
        check_certificate(call, "ownershipVerificationCertificateArn", arn)?;
    }
    let certificate_name = created_text(new.certificate_name);
    text_at_most(
        "domainNameConfigurations.certificateName",
        certificate_name.as_deref(),
        limits::NAME_CHARS_MAX,
    )?;
    let same = current.filter(|current| current.certificate_arn.as_ref() == Some(&certificate));
    let target = current.and_then(|current| current.api_gateway_domain_name.clone());
    Ok(vec![DomainNameConfiguration {
        api_gateway_domain_name: Some(target.unwrap_or_else(|| {
            format!("d-{}.{}", call.plane.ids.next_id(10), call.plane.settings.api_endpoint.domain)
        })),
        certificate_upload_date: Some(
            same.and_then(|same| same.certificate_upload_date).unwrap_or_else(|| call.now()),
        ),
        certificate_arn: Some(certificate),
        certificate_name,
        domain_name_status: Some(DomainNameStatus::Available),
        domain_name_status_message: None,
        endpoint_type: Some(EndpointType::Regional),
        hosted_zone_id: Some(HOSTED_ZONE_ID.to_owned()),
        ip_address_type: Some(new.ip_address_type.unwrap_or(IpAddressType::Ipv4)),
        ownership_verification_certificate_arn: ownership,
        security_policy: Some(SecurityPolicy::Tls1_2),
    }])
}

/// A certificate's ARN, of this gateway's region where it is one of ACM.
fn check_certificate(call: &Call<'_>, member: &str, arn: &str) -> Result<(), OperationError> {
    let member = format!("domainNameConfigurations.{member}");
    text_at_most(&member, Some(arn), limits::ARN_CHARS_MAX)?;
    let mut parts = arn.split(':');
    let (prefix, service, region) = (parts.next(), parts.nth(1), parts.next());
    let (Some("arn"), Some(service), Some(region), true) =
        (prefix, service, region, parts.count() >= 2)
    else {
        return Err(invalid(&member, format!("'{arn}' is not an ARN")));
    };
    let own = &call.plane.settings.account.region;
    if service == "acm" && region != own {
        return Err(OperationError::bad_request(format!(
            "Invalid certificate ARN: {arn}. Certificate must be in '{own}'."
        )));
    }
    Ok(())
}

/// Merged member by member; an empty `truststoreUri` turns mutual TLS off.
fn mutual_tls(
    current: Option<MutualTlsAuthentication>,
    new: MutualTlsAuthentication,
) -> Result<Option<MutualTlsAuthentication>, OperationError> {
    if new.truststore_uri.as_deref() == Some("") {
        return Ok(None);
    }
    let (uri, version) = (new.truststore_uri, created_text(new.truststore_version));
    let mut merged = current.unwrap_or_default();
    if let Some(uri) = uri {
        text_at_most("mutualTlsAuthentication.truststoreUri", Some(&uri), limits::URI_CHARS_MAX)?;
        let object = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        if !object.is_some_and(|(bucket, key)| !bucket.is_empty() && !key.is_empty()) {
            let why = format!("'{uri}' is not s3://<bucket>/<key>");
            return Err(invalid("mutualTlsAuthentication.truststoreUri", why));
        }
        if merged.truststore_uri.as_ref() != Some(&uri) {
            merged.truststore_version = None;
        }
        merged.truststore_uri = Some(uri);
    }
    if let Some(version) = version {
        let member = "mutualTlsAuthentication.truststoreVersion";
        text_at_most(member, Some(&version), limits::VERSION_CHARS_MAX)?;
        if merged.truststore_uri.is_none() {
            return Err(invalid(member, "needs a truststoreUri"));
        }
        merged.truststore_version = Some(version);
    }
    Ok(merged.truststore_uri.is_some().then_some(merged))
}
