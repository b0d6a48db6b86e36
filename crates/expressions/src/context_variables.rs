//! `$context` variables of HTTP APIs (`http-api-logging-variables`; spec/http-api-runtime.md
//! section 13.1).
//!
//! A name is parsed once, when a stage is compiled; at request time a variable is a number to match
//! on. Names that mean the same are one variable. `error.messageString` is none of its own: it is
//! `error.message` in quotes, and access log formats write it.
//!
//! Values are written straight into the caller's buffer rather than returned. Most of them are texts
//! that the data plane can lend, but times, status codes, lengths and addresses exist only as
//! numbers: returned as a `Cow` each of those would be an allocation per variable and request, and
//! written they are none. The buffer holds bytes, not text, so that a header's value can go through
//! a mapping unchanged even when it is not UTF-8; who needs text makes it so (access logs do).

/// What the data plane knows about one request and its answer.
pub trait ContextValues {
    /// Appends the value to `out`. Appending nothing says that there is none: an empty value counts
    /// as none, as it does for identity sources (section 10.2).
    fn write(&self, variable: &ContextVariable, out: &mut Vec<u8>);
}

/// A variable of `$context`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ContextVariable {
    /// `accountId`: of the API's owner.
    AccountId,
    /// `apiId`.
    ApiId,
    /// `stage`.
    Stage,
    /// `routeKey`: the whole key, such as `GET /pets`.
    RouteKey,
    /// `requestId`, `extendedRequestId`.
    RequestId,
    /// `requestTime`: as `15/Feb/2023:23:08:37 +0000`.
    RequestTime,
    /// `requestTimeEpoch`: in seconds, though events have milliseconds.
    RequestTimeEpoch,
    /// `httpMethod`.
    HttpMethod,
    /// `path`: with the stage.
    Path,
    /// `protocol`: always `HTTP/1.1`.
    Protocol,
    /// `domainName`: what the client called.
    DomainName,
    /// `domainPrefix`: its first label.
    DomainPrefix,
    /// `customDomain.basePathMatched`: the API mapping's key.
    BasePathMatched,

    /// `status`: what the client got.
    Status,
    /// `responseLength`: bytes of the answer's body.
    ResponseLength,
    /// `responseLatency`: in milliseconds.
    ResponseLatency,
    /// `dataProcessed`: bytes in and out.
    DataProcessed,
    /// `error.message`, which is also what `error.messageString` puts in quotes.
    ErrorMessage,
    /// `error.responseType`.
    ErrorResponseType,

    /// `integrationStatus`, `integration.integrationStatus`: what Lambda answered to the call, not
    /// what the function said.
    IntegrationStatus,
    /// `integration.status`: what the function or the HTTP upstream said.
    IntegrationResponseStatus,
    /// `integrationLatency`, `integration.latency`: in milliseconds.
    IntegrationLatency,
    /// `integrationErrorMessage`, `integration.error`.
    IntegrationError,
    /// `awsEndpointRequestId`, `integration.requestId`.
    AwsEndpointRequestId,
    /// `awsEndpointRequestId2`.
    AwsEndpointRequestId2,

    /// `authorizer.error`.
    AuthorizerError,
    /// `authorizer.principalId`.
    AuthorizerPrincipalId,
    /// `authorizer.claims.<name>`: a claim of the JWT.
    AuthorizerClaim(String),
    /// `authorizer.<key>`: an entry of the `context` that a Lambda authorizer gave.
    AuthorizerProperty(String),

    /// `identity.sourceIp`.
    SourceIp,
    /// `identity.userAgent`.
    UserAgent,
    /// `identity.accountId`: of who signed the request.
    CallerAccountId,
    /// `identity.caller`.
    Caller,
    /// `identity.user`.
    User,
    /// `identity.userArn`.
    UserArn,
    /// `identity.principalOrgId`.
    PrincipalOrgId,
    /// `identity.cognitoAuthenticationProvider`.
    CognitoAuthenticationProvider,
    /// `identity.cognitoAuthenticationType`.
    CognitoAuthenticationType,
    /// `identity.cognitoIdentityId`.
    CognitoIdentityId,
    /// `identity.cognitoIdentityPoolId`.
    CognitoIdentityPoolId,
    /// `identity.clientCert.clientCertPem`.
    ClientCertPem,
    /// `identity.clientCert.subjectDN`.
    ClientCertSubject,
    /// `identity.clientCert.issuerDN`.
    ClientCertIssuer,
    /// `identity.clientCert.serialNumber`.
    ClientCertSerialNumber,
    /// `identity.clientCert.validity.notBefore`.
    ClientCertNotBefore,
    /// `identity.clientCert.validity.notAfter`.
    ClientCertNotAfter,
}

impl ContextVariable {
    /// Whether it repeats what the client said, which has to be kept for it beyond the request's
    /// head.
    #[must_use]
    pub fn is_the_clients(&self) -> bool {
        matches!(self, Self::Path | Self::DomainName | Self::DomainPrefix | Self::UserAgent)
    }

    /// The variable of a name, written without `$context.`; `None` for a name that AWS does not
    /// have, `authorizer.claims` without a claim included.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let variable = match name {
            "accountId" => Self::AccountId,
            "apiId" => Self::ApiId,
            "stage" => Self::Stage,
            "routeKey" => Self::RouteKey,
            "requestId" | "extendedRequestId" => Self::RequestId,
            "requestTime" => Self::RequestTime,
            "requestTimeEpoch" => Self::RequestTimeEpoch,
            "httpMethod" => Self::HttpMethod,
            "path" => Self::Path,
            "protocol" => Self::Protocol,
            "domainName" => Self::DomainName,
            "domainPrefix" => Self::DomainPrefix,
            "customDomain.basePathMatched" => Self::BasePathMatched,
            "status" => Self::Status,
            "responseLength" => Self::ResponseLength,
            "responseLatency" => Self::ResponseLatency,
            "dataProcessed" => Self::DataProcessed,
            "error.message" => Self::ErrorMessage,
            "error.responseType" => Self::ErrorResponseType,
            "integrationStatus" | "integration.integrationStatus" => Self::IntegrationStatus,
            "integration.status" => Self::IntegrationResponseStatus,
            "integrationLatency" | "integration.latency" => Self::IntegrationLatency,
            "integrationErrorMessage" | "integration.error" => Self::IntegrationError,
            "awsEndpointRequestId" | "integration.requestId" => Self::AwsEndpointRequestId,
            "awsEndpointRequestId2" => Self::AwsEndpointRequestId2,
            _ => match name.split_once('.')? {
                ("authorizer", name) => return authorizer(name),
                ("identity", name) => return identity(name),
                _ => return None,
            },
        };
        Some(variable)
    }
}

fn authorizer(name: &str) -> Option<ContextVariable> {
    if name.is_empty() || !name.bytes().all(is_name_byte) {
        return None;
    }
    match name {
        "claims" => None,
        "error" => Some(ContextVariable::AuthorizerError),
        "principalId" => Some(ContextVariable::AuthorizerPrincipalId),
        name => Some(match name.strip_prefix("claims.") {
            Some("") => return None,
            Some(claim) => ContextVariable::AuthorizerClaim(claim.to_owned()),
            None => ContextVariable::AuthorizerProperty(name.to_owned()),
        }),
    }
}

fn identity(name: &str) -> Option<ContextVariable> {
    Some(match name {
        "sourceIp" => ContextVariable::SourceIp,
        "userAgent" => ContextVariable::UserAgent,
        "accountId" => ContextVariable::CallerAccountId,
        "caller" => ContextVariable::Caller,
        "user" => ContextVariable::User,
        "userArn" => ContextVariable::UserArn,
        "principalOrgId" => ContextVariable::PrincipalOrgId,
        "cognitoAuthenticationProvider" => ContextVariable::CognitoAuthenticationProvider,
        "cognitoAuthenticationType" => ContextVariable::CognitoAuthenticationType,
        "cognitoIdentityId" => ContextVariable::CognitoIdentityId,
        "cognitoIdentityPoolId" => ContextVariable::CognitoIdentityPoolId,
        "clientCert.clientCertPem" => ContextVariable::ClientCertPem,
        "clientCert.subjectDN" => ContextVariable::ClientCertSubject,
        "clientCert.issuerDN" => ContextVariable::ClientCertIssuer,
        "clientCert.serialNumber" => ContextVariable::ClientCertSerialNumber,
        "clientCert.validity.notBefore" => ContextVariable::ClientCertNotBefore,
        "clientCert.validity.notAfter" => ContextVariable::ClientCertNotAfter,
        _ => return None,
    })
}

/// What a name may hold: `$context.authorizer.claims.custom:role` cannot be named (section 8.3).
pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'
}

#[cfg(test)]
mod tests {
    use ContextVariable as V;

    use super::*;

    /// Every line of section 13.1.
    #[test]
    fn names_are_variables() {
        let rows = [
            ("accountId", V::AccountId),
            ("apiId", V::ApiId),
            ("stage", V::Stage),
            ("routeKey", V::RouteKey),
            ("httpMethod", V::HttpMethod),
            ("requestId", V::RequestId),
            ("extendedRequestId", V::RequestId),
            ("domainName", V::DomainName),
            ("domainPrefix", V::DomainPrefix),
            ("path", V::Path),
            ("protocol", V::Protocol),
            ("requestTime", V::RequestTime),
            ("requestTimeEpoch", V::RequestTimeEpoch),
            ("status", V::Status),
            ("responseLength", V::ResponseLength),
            ("dataProcessed", V::DataProcessed),
            ("responseLatency", V::ResponseLatency),
            ("integrationLatency", V::IntegrationLatency),
            ("integration.latency", V::IntegrationLatency),
            ("integrationStatus", V::IntegrationStatus),
            ("integration.integrationStatus", V::IntegrationStatus),
            ("integration.status", V::IntegrationResponseStatus),
            ("integrationErrorMessage", V::IntegrationError),
            ("integration.error", V::IntegrationError),
            ("integration.requestId", V::AwsEndpointRequestId),
            ("awsEndpointRequestId", V::AwsEndpointRequestId),
            ("awsEndpointRequestId2", V::AwsEndpointRequestId2),
            ("error.message", V::ErrorMessage),
            ("error.responseType", V::ErrorResponseType),
            ("authorizer.error", V::AuthorizerError),
            ("authorizer.principalId", V::AuthorizerPrincipalId),
            ("authorizer.tenant", V::AuthorizerProperty("tenant".to_owned())),
            ("authorizer.a.b_c", V::AuthorizerProperty("a.b_c".to_owned())),
            ("authorizer.claims.sub", V::AuthorizerClaim("sub".to_owned())),
            ("authorizer.claims.error", V::AuthorizerClaim("error".to_owned())),
            ("customDomain.basePathMatched", V::BasePathMatched),
            ("identity.sourceIp", V::SourceIp),
            ("identity.userAgent", V::UserAgent),
            ("identity.accountId", V::CallerAccountId),
            ("identity.caller", V::Caller),
            ("identity.user", V::User),
            ("identity.userArn", V::UserArn),
            ("identity.principalOrgId", V::PrincipalOrgId),
            ("identity.cognitoAuthenticationProvider", V::CognitoAuthenticationProvider),
            ("identity.cognitoAuthenticationType", V::CognitoAuthenticationType),
            ("identity.cognitoIdentityId", V::CognitoIdentityId),
            ("identity.cognitoIdentityPoolId", V::CognitoIdentityPoolId),
            ("identity.clientCert.clientCertPem", V::ClientCertPem),
            ("identity.clientCert.subjectDN", V::ClientCertSubject),
            ("identity.clientCert.issuerDN", V::ClientCertIssuer),
            ("identity.clientCert.serialNumber", V::ClientCertSerialNumber),
            ("identity.clientCert.validity.notBefore", V::ClientCertNotBefore),
            ("identity.clientCert.validity.notAfter", V::ClientCertNotAfter),
        ];
        for (name, variable) in rows {
            assert_eq!(V::parse(name), Some(variable), "{name}");
        }
    }

    #[test]
    fn other_names_are_none() {
        let rows = [
            "",
            ".",
            "requestid",
            "requestId.",
            "authorizer",
            "authorizer.",
            "authorizer.claims",
            "authorizer.claims.",
            "authorizer.claims.cognito:groups",
            "authorizer.claims['custom:api_key']",
            "authorizer.my-key",
            "identity",
            "identity.clientCert",
            "error.messageString",
            "connectionId",
        ];
        for name in rows {
            assert_eq!(V::parse(name), None, "{name}");
        }
    }
}
