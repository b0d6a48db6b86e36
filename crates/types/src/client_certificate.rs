//! What API Gateway says of a client's certificate (`http-api-mutual-tls`): `clientCert` in events, and
//! `$context.identity.clientCert`.

use serde::Serialize;

/// A client's certificate, as AWS spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCertificate {
    /// The certificate itself.
    pub client_cert_pem: String,
    /// Whose it is.
    #[serde(rename = "subjectDN")]
    pub subject_dn: String,
    /// Who issued it.
    #[serde(rename = "issuerDN")]
    pub issuer_dn: String,
    /// Its number among those of its issuer.
    pub serial_number: String,
    /// When it may be used.
    pub validity: ClientCertificateValidity,
}

/// When a certificate may be used: `May 28 12:30:02 2019 GMT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCertificateValidity {
    /// Not before.
    pub not_before: String,
    /// Not after.
    pub not_after: String,
}
