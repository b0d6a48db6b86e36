//! From plans to what can be called.

use gatewright_credentials::Profiles;
use gatewright_egress::Egress;
use gatewright_snapshot::{HttpProxyPlan, IntegrationPlan};

use crate::http_upstream::HttpUpstreams;
use crate::lambda_proxy::LambdaProxy;
use crate::service_proxy::ServiceProxy;
use crate::{HttpProxy, Integration};

/// Makes the integrations of one stage.
#[derive(Debug)]
pub struct StageIntegrations<'s> {
    egress: &'s Egress,
    operators: &'s Egress,
    profiles: &'s Profiles,
    upstreams: HttpUpstreams,
}

impl<'s> StageIntegrations<'s> {
    /// `egress` leads to what APIs name, `operators` to what the operator's configuration names, and
    /// `profiles` sign what goes there.
    #[must_use]
    pub fn new(egress: &'s Egress, operators: &'s Egress, profiles: &'s Profiles) -> Self {
        Self { egress, operators, profiles, upstreams: HttpUpstreams::default() }
    }

    /// Makes an integration; its upstream is shared with all that go to the same origin.
    #[must_use]
    pub fn integration(&mut self, plan: IntegrationPlan) -> Integration {
        let made = match plan {
            IntegrationPlan::HttpProxy(plan) => self.http_proxy(plan),
            IntegrationPlan::Lambda(plan) => LambdaProxy::new(&plan, self.operators, self.profiles)
                .map(|proxy| Integration::Lambda(Box::new(proxy))),
            IntegrationPlan::Service(plan) => {
                ServiceProxy::new(plan, self.operators, self.profiles)
                    .map(|proxy| Integration::Service(Box::new(proxy)))
            }
            IntegrationPlan::NotServed { setting } => {
                let reason = format!("{setting} is not served by this version of Gatewright");
                return Integration::uncallable(reason);
            }
            IntegrationPlan::Refused { reason } | IntegrationPlan::Uncallable { reason } => {
                return Integration::uncallable(reason);
            }
        };
        made.unwrap_or_else(|error| Integration::uncallable(error.to_string()))
    }

    fn http_proxy(&mut self, plan: HttpProxyPlan) -> Result<Integration, http::Error> {
        let upstream = self.upstreams.get(plan.upstream, self.egress)?;
        Ok(Integration::HttpProxy(HttpProxy::new(plan.target, upstream)))
    }
}
