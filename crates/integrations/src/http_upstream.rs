//! What `HTTP_PROXY` integrations with one upstream have in common.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use gatewright_egress::{Egress, Timeouts, Upstream};
use gatewright_snapshot::{ConnectionPlan, HttpUpstreamPlan, UpstreamMethod};
use http::{HeaderValue, Method};

/// An HTTP upstream, and how it is called.
#[derive(Debug)]
pub(crate) struct HttpUpstream {
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) host: HeaderValue,
    /// Absent where it is the client's own.
    pub(crate) method: Option<Method>,
    pub(crate) connection: ConnectionPlan,
    pub(crate) timeouts: Timeouts,
}

/// Those of a stage. Many routes go to few upstreams, and what they share stays near the processor.
#[derive(Debug, Default)]
pub(crate) struct HttpUpstreams(HashMap<HttpUpstreamPlan, Arc<HttpUpstream>>);

impl HttpUpstreams {
    /// The upstream of a plan.
    ///
    /// # Errors
    ///
    /// When the plan's host or method cannot stand in a request.
    pub(crate) fn get(
        &mut self,
        plan: HttpUpstreamPlan,
        egress: &Egress,
    ) -> Result<Arc<HttpUpstream>, http::Error> {
        Ok(match self.0.entry(plan) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => {
                let made = HttpUpstream::new(new.key(), egress)?;
                new.insert(Arc::new(made)).clone()
            }
        })
    }
}

impl HttpUpstream {
    fn new(plan: &HttpUpstreamPlan, egress: &Egress) -> Result<Self, http::Error> {
        Ok(Self {
            upstream: match &plan.server_name {
                Some(name) => egress.upstream_named(&plan.origin, name),
                None => egress.upstream(&plan.origin),
            },
            host: HeaderValue::try_from(&plan.authority)?,
            method: match &plan.method {
                UpstreamMethod::Client => None,
                UpstreamMethod::Fixed(name) => Some(Method::from_bytes(name.as_bytes())?),
            },
            connection: plan.connection,
            timeouts: Timeouts { head: plan.timeout, piece: egress.body_timeout() },
        })
    }
}
