//! A stage, ready to serve: its plan with integrations and metrics attached.

use std::sync::Arc;

use gatewright_integrations::Egress;
use gatewright_integrations::Integration;
use gatewright_observe::{Metrics, RouteMetrics, StageMetrics};
use gatewright_routing::{RouteMatch, RouteTable};
use gatewright_snapshot::{CorsPlan, StagePlan};

use crate::filters::throttling::{Buckets, Throttle};

/// One stage.
#[derive(Debug)]
pub(crate) struct Stage {
    /// Whether the default endpoint answers 404.
    pub(crate) execute_api_endpoint_disabled: bool,
    pub(crate) metrics: Arc<StageMetrics>,
    pub(crate) cors: Option<CorsPlan>,
    table: RouteTable<usize>,
    routes: Vec<Route>,
}

/// One route.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) route_key: String,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) integration: Integration,
    pub(crate) metrics: Arc<RouteMetrics>,
}

impl Stage {
    pub(crate) fn new(
        plan: StagePlan,
        egress: &Egress,
        buckets: &Buckets,
        metrics: &Metrics,
    ) -> Self {
        let (api, stage) = (plan.api_id.as_str(), plan.stage_name.as_str());
        let routes = plan.routes.iter().map(|route| Route {
            route_key: route.route_key.clone(),
            throttle: route.throttle.map(|throttle| {
                buckets.throttle(&plan.api_id, &plan.stage_name, &route.route_key, throttle)
            }),
            integration: Integration::new(&route.integration, egress),
            metrics: metrics.route(api, stage, &route.route_key),
        });
        Self {
            execute_api_endpoint_disabled: plan.execute_api_endpoint_disabled,
            metrics: metrics.stage(api, stage),
            routes: routes.collect(),
            cors: plan.cors,
            table: plan.table,
        }
    }

    /// The route that takes a request, and the variables of its path.
    pub(crate) fn route<'p>(
        &self,
        method: &str,
        path: &'p str,
    ) -> Option<(&Route, RouteMatch<'_, 'p, usize>)> {
        let found = self.table.find(method, path)?;
        Some((&self.routes[*found.value], found))
    }
}
