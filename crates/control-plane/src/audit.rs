//! The audit log: a line for every call that changes something, or tried to.

use http::StatusCode;

/// What a line says.
#[derive(Debug)]
pub(crate) struct AuditLine<'a> {
    pub(crate) request_id: &'a str,
    /// Who signed; what was claimed where the signature was refused, absent where there was none.
    pub(crate) access_key_id: Option<&'a str>,
    /// The key's user, known once the signature was checked.
    pub(crate) user: Option<&'a str>,
    pub(crate) source: std::net::IpAddr,
    pub(crate) operation: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) status: StatusCode,
    /// The exception's name; absent for success.
    pub(crate) error: Option<&'a str>,
}

impl AuditLine<'_> {
    /// Writes it under the target `audit`, which no `log.filter` silences but one that names it.
    pub(crate) fn write(&self) {
        tracing::info!(
            target: "audit",
            request_id = self.request_id,
            access_key_id = self.access_key_id,
            user = self.user,
            source = %self.source,
            operation = self.operation,
            resource = self.resource,
            status = self.status.as_u16(),
            outcome = self.error.unwrap_or("Success"),
            "management call"
        );
    }
}
