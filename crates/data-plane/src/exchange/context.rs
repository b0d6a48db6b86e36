//! `$context`, variable by variable.

use std::time::Duration;

use gatewright_authorizers::iam::AccessKey;
use gatewright_expressions::{ContextValues, ContextVariable};
use gatewright_types::{ClientCertificate, without_port};
use http::{HeaderValue, StatusCode};

use super::Exchange;
use crate::principal::Principal;
use crate::stage::{Route, Stage};

/// An exchange with what its stage says of it.
pub(crate) struct Context<'e> {
    pub(crate) exchange: &'e Exchange,
    pub(crate) stage: &'e Stage,
    pub(crate) route: Option<&'e Route>,
}

impl ContextValues for Context<'_> {
    fn write(&self, variable: &ContextVariable, out: &mut Vec<u8>) {
        use ContextVariable as V;
        let (exchange, outcome) = (self.exchange, &self.exchange.outcome);
        match variable {
            V::AccountId => text(out, &self.stage.account.id),
            V::ApiId => text(out, self.stage.api_id.as_str()),
            V::Stage => text(out, self.stage.stage_name.as_str()),
            V::RouteKey => text(out, self.route.map_or("", |route| &route.names.route_key)),
            V::RequestId => text(out, exchange.request_id.as_str()),
            V::RequestTime => out.extend_from_slice(&exchange.received().common_log_format()),
            V::RequestTimeEpoch => number(out, exchange.received().unix_seconds()),
            V::HttpMethod => text(out, exchange.method.as_str()),
            V::Path => text(out, exchange.told.as_ref().map_or("", |told| &told.path)),
            // Whatever the client spoke (spec section 15).
            V::Protocol => text(out, "HTTP/1.1"),
            V::DomainName => text(out, self.domain_name()),
            V::DomainPrefix => text(out, self.domain_name().split('.').next().unwrap_or_default()),
            V::Status => status(out, outcome.status),
            V::ResponseLength => number(out, outcome.response_bytes),
            V::ResponseLatency => milliseconds(out, outcome.latency),
            V::DataProcessed => number(out, outcome.request_bytes + outcome.response_bytes),
            V::ErrorMessage => text(out, outcome.error.as_ref().map_or("", |error| error.message)),
            V::ErrorResponseType => {
                let response_type = outcome.error.as_ref().and_then(|error| error.response_type);
                text(out, response_type.unwrap_or_default());
            }
            V::IntegrationStatus => {
                let said = outcome.endpoint.as_ref().map(|answer| answer.status);
                status(out, said.or(outcome.integration_status));
            }
            V::IntegrationResponseStatus => status(out, outcome.integration_status),
            V::IntegrationLatency => {
                if let Some(latency) = outcome.integration_latency {
                    milliseconds(out, latency);
                }
            }
            V::IntegrationError => {
                let cause = outcome.error.as_ref().and_then(|error| error.integration.as_deref());
                text(out, cause.unwrap_or_default());
            }
            V::AwsEndpointRequestId => {
                let said = outcome.endpoint.as_ref();
                header(out, said.and_then(|answer| answer.request_id.as_ref()));
            }
            V::AwsEndpointRequestId2 => {
                let said = outcome.endpoint.as_ref();
                header(out, said.and_then(|answer| answer.extended_request_id.as_ref()));
            }
            V::SourceIp => text(out, exchange.peer.client.as_str()),
            V::UserAgent => {
                header(out, exchange.told.as_ref().and_then(|told| told.user_agent.as_ref()));
            }
            V::AuthorizerError => {
                let cause = outcome.error.as_ref().and_then(|error| error.authorizer.as_deref());
                text(out, cause.unwrap_or_default());
            }
            V::AuthorizerClaim(name) => {
                if let Principal::Token(token) = &exchange.principal {
                    text(out, token.claims.get(name).map_or("", |claim| claim));
                }
            }
            V::AuthorizerProperty(key) => {
                if let Principal::Granted(grant) = &exchange.principal {
                    text(out, &grant.property(key).unwrap_or_default());
                }
            }
            V::AuthorizerPrincipalId => {
                if let Principal::Granted(grant) = &exchange.principal {
                    text(out, grant.principal_id().unwrap_or_default());
                }
            }
            V::CallerAccountId => text(out, self.signer().map_or("", |key| key.account_id())),
            V::Caller | V::User => text(out, self.signer().map_or("", |key| key.user_id())),
            V::UserArn => text(out, self.signer().map_or("", |key| key.user_arn())),
            // Users have no organisation, and no Cognito identity, here.
            V::PrincipalOrgId
            | V::CognitoAuthenticationProvider
            | V::CognitoAuthenticationType
            | V::CognitoIdentityId
            | V::CognitoIdentityPoolId => {}
            V::BasePathMatched => text(out, exchange.base_path.as_deref().unwrap_or_default()),
            V::ClientCertPem => certificate(out, exchange, |it| &it.client_cert_pem),
            V::ClientCertSubject => certificate(out, exchange, |it| &it.subject_dn),
            V::ClientCertIssuer => certificate(out, exchange, |it| &it.issuer_dn),
            V::ClientCertSerialNumber => certificate(out, exchange, |it| &it.serial_number),
            V::ClientCertNotBefore => certificate(out, exchange, |it| &it.validity.not_before),
            V::ClientCertNotAfter => certificate(out, exchange, |it| &it.validity.not_after),
        }
    }
}

impl Context<'_> {
    fn signer(&self) -> Option<&AccessKey> {
        match &self.exchange.principal {
            Principal::Signer(key) => Some(key),
            _ => None,
        }
    }

    /// The host that was called, without a port, which AWS's never has.
    fn domain_name(&self) -> &str {
        let host = self.exchange.told.as_ref().and_then(|told| told.host.as_ref());
        without_port(host.and_then(|host| host.to_str().ok()).unwrap_or_default())
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn header(out: &mut Vec<u8>, value: Option<&HeaderValue>) {
    out.extend_from_slice(value.map_or(b"", |value| value.as_bytes()));
}

fn certificate(out: &mut Vec<u8>, exchange: &Exchange, part: fn(&ClientCertificate) -> &str) {
    text(out, exchange.client_certificate().map_or("", part));
}

fn number(out: &mut Vec<u8>, number: impl itoa::Integer) {
    text(out, itoa::Buffer::new().format(number));
}

fn milliseconds(out: &mut Vec<u8>, time: Duration) {
    number(out, u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
}

fn status(out: &mut Vec<u8>, status: Option<StatusCode>) {
    text(out, status.as_ref().map_or("", StatusCode::as_str));
}
