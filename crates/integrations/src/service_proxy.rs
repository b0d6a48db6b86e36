//! `AWS_PROXY` with an `integrationSubtype`: an action of an AWS service
//! (`http-api-develop-integrations-aws-services`; spec/http-api-runtime.md section 7).

use bytes::Bytes;
use gatewright_credentials::Profiles;
use gatewright_egress::{Client, Egress};
use gatewright_expressions::RequestSource;
use gatewright_observe::SystemClock;
use gatewright_services::{PreparedCall, Service};
use gatewright_snapshot::ServicePlan;
use gatewright_types::Clock;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body_util::Full;

use crate::{EndpointAnswer, IntegrationError, RequestContext};

/// An action of a service.
#[derive(Debug)]
pub struct ServiceProxy {
    service: Service,
}

/// A call that is ready to be sent.
pub(crate) struct ServiceCall<'p>(PreparedCall<'p>);

/// What of a service's headers clients get: what says how the body is to be read, and the version of
/// a configuration.
static PASSED_ON: [HeaderName; 3] =
    [CONTENT_TYPE, CONTENT_ENCODING, HeaderName::from_static("configuration-version")];

impl ServiceProxy {
    pub(crate) fn new(
        plan: ServicePlan,
        operators: &Egress,
        profiles: &Profiles,
    ) -> Result<Self, http::Error> {
        Ok(Self { service: Service::new(plan, operators, profiles)? })
    }

    pub(crate) fn needs_body(&self) -> bool {
        self.service.needs_body()
    }

    pub(crate) fn prepare<'v, V: Fn(usize) -> &'v str>(
        &self,
        client: &Client<Full<Bytes>>,
        head: &Parts,
        context: &RequestContext<'_, V>,
    ) -> Result<ServiceCall<'_>, IntegrationError> {
        let source = RequestSource {
            headers: &head.headers,
            path: context.route_path,
            path_variable: &|index| (context.variable)(index),
            query: context.uri.query(),
            body: &context.body,
            context: context.values,
        };
        Ok(ServiceCall(self.service.prepare(client, &source, SystemClock.now())?))
    }
}

impl ServiceCall<'_> {
    pub(crate) async fn answer(
        self,
        client: &Client<Full<Bytes>>,
    ) -> Result<Response<Bytes>, IntegrationError> {
        let (head, body) = self.0.call(client).await?.into_parts();
        let mut response = Response::new(body);
        *response.status_mut() = head.status;
        *response.headers_mut() = passed_on(&head.headers);
        response.extensions_mut().insert(EndpointAnswer::new(head.status, &head.headers));
        Ok(response)
    }
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let found =
        PASSED_ON.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    found.collect()
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn a_services_own_headers_stay_behind() {
        let headers = [
            ("content-type", "text/xml"),
            ("configuration-version", "3"),
            ("content-length", "5"),
            ("date", "today"),
            ("x-amzn-requestid", "r"),
            ("x-amz-id-2", "i"),
            ("connection", "close"),
            ("set-cookie", "a=b"),
        ];
        let headers = headers
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")));
        let headers = HeaderMap::from_iter(headers);
        let passed = passed_on(&headers);
        assert_eq!(passed.len(), 2);
        assert_eq!(passed[CONTENT_TYPE], "text/xml");
        assert_eq!(passed["configuration-version"], "3");
        let said = EndpointAnswer::new(StatusCode::OK, &headers);
        assert_eq!(said.request_id.expect("there"), "r");
        assert_eq!(said.extended_request_id.expect("there"), "i");
    }
}
