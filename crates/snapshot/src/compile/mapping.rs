//! `requestParameters` and `responseParameters` (`http-api-parameter-mapping`;
//! spec/http-api-runtime.md section 8).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use gatewright_expressions::{MappingError, RequestMapping, ResponseMapping};
use gatewright_types::{HttpRouteKey, Integration, Route, Stage};

use super::CompileError;

/// The mappings of a stage. Those that are the same are one, however many routes have it: it stays near
/// the processor.
pub(super) struct Mappings<'d> {
    stage: &'d Stage,
    /// By `requestParameters`, and the path variables that these can name.
    requests: HashMap<(&'d RequestParameters, Vec<String>), Arc<RequestMapping>>,
    responses: HashMap<&'d ResponseParameters, Arc<ResponseMapping>>,
}

type RequestParameters = BTreeMap<String, String>;
type ResponseParameters = BTreeMap<String, BTreeMap<String, String>>;

impl<'d> Mappings<'d> {
    pub(super) fn new(stage: &'d Stage) -> Self {
        Self { stage, requests: HashMap::new(), responses: HashMap::new() }
    }

    /// The mappings of an integration as a route uses it. A first-class integration has parameters of
    /// its own instead of a request mapping.
    pub(super) fn of(
        &mut self,
        route: &Route,
        key: &HttpRouteKey,
        integration: &'d Integration,
    ) -> Result<(Arc<RequestMapping>, Arc<ResponseMapping>), CompileError> {
        static NO_REQUEST: RequestParameters = BTreeMap::new();
        static NO_RESPONSE: ResponseParameters = BTreeMap::new();
        let failed = |member| {
            move |error: MappingError| CompileError::Mapping {
                route_key: route.route_key.clone(),
                integration_id: integration.integration_id.to_string(),
                member,
                error: Box::new(error),
            }
        };
        let request = integration.request_parameters.as_ref();
        let request = request.filter(|_| integration.integration_subtype.is_none());
        let request = self.request(request.unwrap_or(&NO_REQUEST), key);
        let response = integration.response_parameters.as_ref().unwrap_or(&NO_RESPONSE);
        let response = self.response(response);
        Ok((
            request.map_err(failed("requestParameters"))?,
            response.map_err(failed("responseParameters"))?,
        ))
    }

    fn request(
        &mut self,
        parameters: &'d RequestParameters,
        key: &HttpRouteKey,
    ) -> Result<Arc<RequestMapping>, MappingError> {
        let stage = self.stage;
        let named = key.variables().map(str::to_owned).collect();
        Ok(match self.requests.entry((parameters, named)) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => {
                let variables = key.variables().collect::<Vec<_>>();
                let made = RequestMapping::compile(parameters, &variables, stage_variables(stage))?;
                new.insert(Arc::new(made)).clone()
            }
        })
    }

    fn response(
        &mut self,
        parameters: &'d ResponseParameters,
    ) -> Result<Arc<ResponseMapping>, MappingError> {
        let stage = self.stage;
        Ok(match self.responses.entry(parameters) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => {
                let made = ResponseMapping::compile(parameters, stage_variables(stage))?;
                new.insert(Arc::new(made)).clone()
            }
        })
    }
}

fn stage_variables<'s>(stage: &'s Stage) -> impl Fn(&str) -> Option<&'s str> {
    move |name| stage.stage_variables.get(name).map(String::as_str)
}
