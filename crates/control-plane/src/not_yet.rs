//! Settings that this version does not honour at run time, refused rather than ignored. Each
//! stands in docs/COMPATIBILITY.md; what concerns routes and integrations is refused by
//! [`gatewright_snapshot::compile`] when it would be published.

use gatewright_types::{AccessLogSettings, RouteSettings};

use crate::error::OperationError;

fn refuse(member: &str) -> OperationError {
    OperationError::bad_request(format!(
        "{member} is not supported yet by this version of Gatewright"
    ))
}

/// WebSocket APIs.
pub(crate) fn websocket() -> OperationError {
    refuse("protocolType WEBSOCKET")
}

/// `accessLogSettings` of a stage.
pub(crate) fn access_log_settings(
    settings: Option<&AccessLogSettings>,
) -> Result<(), OperationError> {
    match settings {
        Some(settings) if settings.destination_arn.is_some() || settings.format.is_some() => {
            Err(refuse("accessLogSettings"))
        }
        _ => Ok(()),
    }
}

/// `clientCertificateId` of a stage.
pub(crate) fn client_certificate_id(id: Option<&str>) -> Result<(), OperationError> {
    match id {
        Some(id) if !id.is_empty() => Err(refuse("clientCertificateId")),
        _ => Ok(()),
    }
}

/// `defaultRouteSettings` or an entry of `routeSettings`.
pub(crate) fn route_settings(member: &str, settings: &RouteSettings) -> Result<(), OperationError> {
    if settings.logging_level.is_some() || settings.data_trace_enabled == Some(true) {
        return Err(OperationError::bad_request(
            "Execution logs are not supported on protocolType HTTP",
        ));
    }
    if settings.throttling_burst_limit.is_some() {
        return Err(refuse(&format!("{member}.throttlingBurstLimit")));
    }
    if settings.throttling_rate_limit.is_some() {
        return Err(refuse(&format!("{member}.throttlingRateLimit")));
    }
    if settings.detailed_metrics_enabled == Some(true) {
        return Err(refuse(&format!("{member}.detailedMetricsEnabled")));
    }
    Ok(())
}
