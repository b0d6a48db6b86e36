//! Settings that this version stores but does not honour (docs/adr/0005). A route they concern
//! answers 500. Each line here stands in docs/COMPATIBILITY.md, and goes when it is honoured.

use gatewright_types::{Integration, IntegrationType};

/// What the integration a route calls asks for.
pub(super) fn of_integration(integration: &Integration) -> Option<String> {
    match integration.integration_type {
        IntegrationType::HttpProxy | IntegrationType::AwsProxy => None,
        other => Some(format!("integrationType {}", other.as_str())),
    }
}
