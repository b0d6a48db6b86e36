//! Step 2 of a request's way: from host and path to API, stage, and the rest of the path
//! (spec/http-api-runtime.md section 1).

use std::sync::Arc;

use gatewright_routing::{ExecuteApiHost, PathAddress, StageSplit};
use gatewright_types::StageName;
use http::header::HOST;
use http::{HeaderMap, Uri};

use crate::catalogue::Apis;
use crate::fault::Fault;
use crate::stage::Stage;

/// The host a request is for.
///
/// An absolute request target outweighs the header (RFC 9112 section 3.2.2).
pub(crate) fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Result<&'r str, Fault> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => match uri.authority() {
            Some(authority) => Ok(authority.as_str()),
            None => host.to_str().map_err(|_| Fault::BadRequest),
        },
        _ => Err(Fault::BadRequest),
    }
}

/// What a request is for.
#[derive(Clone, Debug)]
pub(crate) struct Addressed<'p> {
    pub(crate) stage: Arc<Stage>,
    /// The path that routes are matched against, decoded.
    pub(crate) route_path: &'p str,
    /// The whole path, decoded; absent where the address stands in it, which is nobody's business.
    whole: Option<&'p str>,
}

impl<'p> Addressed<'p> {
    /// The path with the stage's name in front, unless that is `$default`: as clients send it to a
    /// default endpoint. These, one behind the other.
    pub(crate) fn path_with_stage(&self) -> [&str; 3] {
        match (self.whole, self.stage.stage_name.as_str()) {
            (Some(path), _) => [path, "", ""],
            (None, StageName::DEFAULT) => [self.route_path, "", ""],
            (None, stage_name) => ["/", stage_name, self.route_path],
        }
    }

    /// Unless the stage's default endpoint is disabled.
    fn enabled(stage: &Arc<Stage>, route_path: &'p str, whole: Option<&'p str>) -> Option<Self> {
        let enabled = !stage.execute_api_endpoint_disabled;
        enabled.then(|| Self { stage: stage.clone(), route_path, whole })
    }
}

/// The stage a request is for, and the path its routes are matched against.
pub(crate) fn find<'p>(
    apis: &Apis,
    form: &ExecuteApiHost,
    host: &str,
    path: &'p str,
) -> Option<Addressed<'p>> {
    if let Some(api_id) = form.api_id(host) {
        let stages = apis.get(&*api_id)?;
        let split = StageSplit::of(path);
        // A stage always beats a route.
        return match stages.get(split.first_segment) {
            Some(stage) => Addressed::enabled(stage, split.rest, Some(path)),
            None => Addressed::enabled(stages.get(StageName::DEFAULT)?, path, Some(path)),
        };
    }
    let address = PathAddress::parse(path)?;
    let stage = apis.get(address.api_id)?.get(address.stage_name)?;
    Addressed::enabled(stage, address.route_path, None)
}
