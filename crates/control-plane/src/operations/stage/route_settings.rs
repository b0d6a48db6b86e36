//! `defaultRouteSettings` and `routeSettings`: they merge member by member, and can only be removed
//! by DeleteRouteSettings.

use std::collections::BTreeMap;

use gatewright_types::{ProtocolType, RouteSettings, Stage};

use crate::error::OperationError;
use crate::publish::Change;
use crate::validation::{entries_at_most, invalid};

/// Lays new settings over a stage's; the whole merged map must name routes that exist.
pub(super) async fn merge(
    change: &mut Change,
    stage: &mut Stage,
    default: Option<RouteSettings>,
    by_route: Option<BTreeMap<String, RouteSettings>>,
) -> Result<(), OperationError> {
    let protocol = change.api.protocol_type;
    if let Some(new) = default {
        check("defaultRouteSettings", protocol, &new)?;
        merge_one(&mut stage.default_route_settings, &new);
    }
    let Some(by_route) = by_route else {
        return Ok(());
    };
    entries_at_most("routeSettings", by_route.len())?;
    for (key, new) in by_route {
        check(&format!("routeSettings.{key}"), protocol, &new)?;
        merge_one(stage.route_settings.entry(key).or_default(), &new);
    }
    if stage.route_settings.is_empty() {
        return Ok(());
    }
    let routes = change.write.route_list_all(&change.api.api_id).await?;
    let unknown =
        stage.route_settings.keys().find(|key| !routes.iter().any(|r| r.route_key == **key));
    unknown.map_or(Ok(()), |key| Err(unknown_route(key)))
}

/// 404 for settings of a route that does not exist, or has none.
pub(super) fn unknown_route(key: &str) -> OperationError {
    OperationError::not_found(format!(
        "Unable to find Route by key {key} within the provided RouteSettings"
    ))
}

fn check(
    member: &str,
    protocol: ProtocolType,
    settings: &RouteSettings,
) -> Result<(), OperationError> {
    let logs = settings.logging_level.is_some() || settings.data_trace_enabled == Some(true);
    if logs && protocol == ProtocolType::Http {
        return Err(OperationError::bad_request(
            "Execution logs are not supported on protocolType HTTP",
        ));
    }
    match settings.throttling_rate_limit {
        Some(rate) if !rate.is_finite() || rate < 0.0 => {
            Err(invalid(&format!("{member}.throttlingRateLimit"), "must not be negative"))
        }
        _ => Ok(()),
    }
}

fn merge_one(current: &mut RouteSettings, new: &RouteSettings) {
    let RouteSettings {
        data_trace_enabled,
        detailed_metrics_enabled,
        logging_level,
        throttling_burst_limit,
        throttling_rate_limit,
    } = *new;
    current.data_trace_enabled = data_trace_enabled.or(current.data_trace_enabled);
    current.detailed_metrics_enabled =
        detailed_metrics_enabled.or(current.detailed_metrics_enabled);
    current.logging_level = logging_level.or(current.logging_level);
    current.throttling_burst_limit = throttling_burst_limit.or(current.throttling_burst_limit);
    current.throttling_rate_limit = throttling_rate_limit.or(current.throttling_rate_limit);
}
