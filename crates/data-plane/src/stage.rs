//! A stage, ready to serve: its plan with integrations and metrics attached.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_authorizers::jwt::{JwtAuthorizer, JwtAuthorizers};
use gatewright_authorizers::lambda::{LambdaAuthorizer, LambdaAuthorizers};
use gatewright_expressions::{AccessLogFormat, RequestMapping, ResponseMapping};
use gatewright_integrations::{Egress, Integration, Profiles, StageIntegrations};
use gatewright_observe::{Metrics, TrafficMetrics};
use gatewright_routing::{RouteMatch, RouteTable};
use gatewright_snapshot::{AuthorizationPlan, CorsPlan, RouteNames, RoutePlan, StagePlan};
use gatewright_telemetry::{AccessLogs, Destination};
use gatewright_types::{Account, ApiId, StageName};

use crate::filters::throttling::{Buckets, Throttle};

/// One stage.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) account: Arc<Account>,
    pub(crate) api_id: ApiId,
    pub(crate) stage_name: StageName,
    /// What methods' ARNs begin with (`arn:aws:execute-api:…`).
    pub(crate) arn: String,
    pub(crate) stage_variables: BTreeMap<String, String>,
    /// Whether the default endpoint answers 404.
    pub(crate) execute_api_endpoint_disabled: bool,
    pub(crate) metrics: Arc<TrafficMetrics>,
    pub(crate) cors: Option<CorsPlan>,
    pub(crate) access_log: Option<AccessLog>,
    /// Whether a log or a mapping asks for what the client said.
    pub(crate) needs_client: bool,
    table: RouteTable,
    routes: Vec<Route>,
}

/// What is logged of each request, and where.
#[derive(Debug)]
pub(crate) struct AccessLog {
    pub(crate) format: AccessLogFormat,
    pub(crate) destination: Destination,
}

/// One route. With many of them a request costs what it fetches from memory, so all that it looks at in
/// most requests lies in two lines of the processor's cache, and anything else behind a pointer.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Route {
    pub(crate) names: Box<RouteNames>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) authorization: Authorization,
    pub(crate) integration: Integration,
    pub(crate) request_mapping: Arc<RequestMapping>,
    pub(crate) response_mapping: Arc<ResponseMapping>,
    /// Absent unless the route has some beside its stage's.
    pub(crate) metrics: Option<Arc<TrafficMetrics>>,
}

/// Who may call a route.
#[derive(Debug)]
pub(crate) enum Authorization {
    /// Everybody.
    None,
    /// Holders of a token.
    Jwt(Box<JwtAuthorizer>),
    /// Whom a function lets pass.
    Lambda(Arc<LambdaAuthorizer>),
    /// Holders of an access key whose policy allows it.
    AwsIam,
}

/// What stages are made with, and outlives them.
#[derive(Debug)]
pub(crate) struct StageServices {
    pub(crate) account: Arc<Account>,
    pub(crate) egress: Egress,
    /// To what the operator's configuration names.
    pub(crate) operators: Egress,
    /// Who signs what goes to AWS services.
    pub(crate) profiles: Profiles,
    pub(crate) jwt: JwtAuthorizers,
    pub(crate) lambda: LambdaAuthorizers,
    pub(crate) buckets: Buckets,
    pub(crate) access_logs: AccessLogs,
    pub(crate) metrics: Metrics,
}

impl Stage {
    pub(crate) fn new(plan: StagePlan, services: &StageServices) -> Self {
        let (api_id, stage_name) = (plan.api_id, plan.stage_name);
        let asked = plan.routes.iter().any(|route| {
            route.request_mapping.needs_client()
                || route.response_mapping.needs_client()
                || route.authorization.needs_client()
                || route.integration.needs_client()
        });
        let epoch = plan.authorizers_cache_epoch;
        let StageServices { egress, operators, profiles, .. } = services;
        let mut integrations = StageIntegrations::new(egress, operators, profiles);
        let routes = plan.routes.into_iter().map(|route| {
            Route::new(route, (&api_id, &stage_name), epoch, services, &mut integrations)
        });
        let routes = routes.collect();
        let access_log = plan.access_log.map(|log| {
            let (api, stage) = (api_id.as_str(), stage_name.as_str());
            let destination = services.access_logs.destination(&log.destination_arn, api, stage);
            AccessLog { format: log.format, destination }
        });
        Self {
            arn: services.account.execute_api_arn(&api_id, &stage_name),
            account: services.account.clone(),
            stage_variables: plan.stage_variables,
            execute_api_endpoint_disabled: plan.execute_api_endpoint_disabled,
            metrics: services.metrics.stage(api_id.as_str(), stage_name.as_str()),
            cors: plan.cors,
            needs_client: asked || access_log.as_ref().is_some_and(|log| log.format.needs_client()),
            access_log,
            table: plan.table,
            routes,
            api_id,
            stage_name,
        }
    }

    /// The route that takes a request, and the variables of its path.
    pub(crate) fn find<'p>(&self, method: &str, path: &'p str) -> Option<RouteMatch<'p>> {
        self.table.find(method, path)
    }

    /// The route of an index that [`find`](Self::find) gave.
    pub(crate) fn route(&self, index: usize) -> &Route {
        &self.routes[index]
    }
}

impl Route {
    fn new(
        plan: RoutePlan,
        (api_id, stage_name): (&ApiId, &StageName),
        epoch: u64,
        services: &StageServices,
        integrations: &mut StageIntegrations<'_>,
    ) -> Self {
        let key = &*plan.names.route_key;
        let throttle = plan
            .throttle
            .map(|throttle| services.buckets.throttle(api_id, stage_name, key, throttle));
        let metrics = plan
            .detailed_metrics
            .then(|| services.metrics.route(api_id.as_str(), stage_name.as_str(), key));
        let integration = || integrations.integration(plan.integration);
        let (authorization, integration) = match plan.authorization {
            AuthorizationPlan::None => (Authorization::None, integration()),
            AuthorizationPlan::Jwt(plan) => {
                let authorizer = Box::new(services.jwt.authorizer(&plan));
                (Authorization::Jwt(authorizer), integration())
            }
            AuthorizationPlan::AwsIam => (Authorization::AwsIam, integration()),
            AuthorizationPlan::Lambda(plan) => {
                match services.lambda.authorizer((api_id, stage_name), plan, epoch) {
                    Ok(authorizer) => (Authorization::Lambda(authorizer), integration()),
                    // Nothing is called, so it does not matter who may.
                    Err(error) => {
                        let reason = error.to_string();
                        (Authorization::None, Integration::uncallable(reason))
                    }
                }
            }
        };
        Self {
            throttle,
            metrics,
            authorization,
            integration,
            request_mapping: plan.request_mapping,
            response_mapping: plan.response_mapping,
            names: Box::new(plan.names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_two_cache_lines() {
        assert_eq!(size_of::<Route>(), 128);
    }
}
