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

/// The stage a request is for, and the path its routes are matched against.
pub(crate) fn stage<'p>(
    apis: &Apis,
    form: &ExecuteApiHost,
    host: &str,
    path: &'p str,
) -> Option<(Arc<Stage>, &'p str)> {
    if let Some(api_id) = form.api_id(host) {
        let stages = apis.get(&*api_id)?;
        let split = StageSplit::of(path);
        // A stage always beats a route.
        return match stages.get(split.first_segment) {
            Some(stage) => enabled(stage, split.rest),
            None => enabled(stages.get(StageName::DEFAULT)?, path),
        };
    }
    let address = PathAddress::parse(path)?;
    enabled(apis.get(address.api_id)?.get(address.stage_name)?, address.route_path)
}

fn enabled<'p>(stage: &Arc<Stage>, path: &'p str) -> Option<(Arc<Stage>, &'p str)> {
    (!stage.execute_api_endpoint_disabled).then(|| (stage.clone(), path))
}
