//! One action of a service, and how it is called.

use std::sync::Arc;

use bytes::Bytes;
use gatewright_credentials::{Profiles, Signer};
use gatewright_egress::{Client, Egress, Prepared, ResponseBodyError, Timeouts, Upstream};
use gatewright_expressions::{RequestSource, ServiceArguments, ServiceParameters};
use gatewright_snapshot::ServicePlan;
use gatewright_types::{IntegrationSubtype, Region, Timestamp, limits};
use http::header::{HOST, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::{CallError, app_config, event_bridge, kinesis, sqs, step_functions};

/// An action of a service, ready to be called.
#[derive(Debug)]
pub struct Service {
    subtype: IntegrationSubtype,
    parameters: ServiceParameters,
    upstream: Arc<Upstream>,
    host: HeaderValue,
    signer: Signer,
    /// Unless a request says another.
    region: Region,
    timeouts: Timeouts,
}

/// A call that is ready to be sent.
#[derive(Debug)]
pub struct PreparedCall<'s> {
    service: &'s Service,
    request: Prepared<Full<Bytes>>,
}

impl Service {
    /// Makes it from its plan. Its endpoint is the operator's own to choose, not an API's: it may be
    /// on this machine.
    ///
    /// # Errors
    ///
    /// When the plan's host cannot stand in a request.
    pub fn new(
        plan: ServicePlan,
        operators: &Egress,
        profiles: &Profiles,
    ) -> Result<Self, http::Error> {
        let service = plan.subtype.service();
        Ok(Self {
            upstream: operators.upstream(plan.endpoint.origin()),
            host: HeaderValue::try_from(plan.endpoint.authority())?,
            signer: Signer::new(profiles, &plan.signing.profile, service.as_str()),
            region: plan.signing.region,
            timeouts: Timeouts { head: plan.timeout, piece: plan.timeout },
            subtype: plan.subtype,
            parameters: plan.parameters,
        })
    }

    /// Whether the client's body has to be there, whole.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.parameters.needs_body()
    }

    /// Makes of the client's request a call, signed at `now` and ready to be sent, so that whoever
    /// awaits it holds nothing of that.
    ///
    /// # Errors
    ///
    /// [`CallError`], before anything was sent.
    pub fn prepare(
        &self,
        client: &Client<Full<Bytes>>,
        source: &RequestSource<'_>,
        now: Timestamp,
    ) -> Result<PreparedCall<'_>, CallError> {
        let arguments = self.parameters.evaluate(source)?;
        let not_one = || CallError::bad_parameter("Region", "not a region's name");
        let region = arguments.text("Region");
        let region = region.map(|text| Region::parse(text).ok_or_else(not_one)).transpose()?;
        let (mut head, body) = request(self.subtype, &arguments)?.into_parts();
        head.headers.insert(HOST, self.host.clone());
        self.signer.sign(&mut head, &body, region.as_ref().unwrap_or(&self.region), now)?;
        let request = client.prepare(&self.upstream, &mut head, Full::new(body))?;
        Ok(PreparedCall { service: self, request })
    }
}

impl PreparedCall<'_> {
    /// Calls the service and waits for all of its answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub async fn call(self, client: &Client<Full<Bytes>>) -> Result<Response<Bytes>, CallError> {
        let Service { upstream, timeouts, .. } = self.service;
        let answered = timeout(timeouts.head, async {
            let response = client.send_prepared(upstream, self.request, *timeouts).await?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, limits::SERVICE_ANSWER_BYTES_MAX).collect().await;
            Ok(Response::from_parts(head, body.map_err(broken)?.to_bytes()))
        });
        answered.await.unwrap_or(Err(CallError::TimedOut))
    }
}

/// The request of an action as its protocol has it, neither addressed nor signed.
fn request(
    subtype: IntegrationSubtype,
    arguments: &ServiceArguments<'_>,
) -> Result<Request<Bytes>, CallError> {
    use IntegrationSubtype as S;
    Ok(match subtype {
        S::EventBridgePutEvents => event_bridge::put_events(arguments),
        S::SqsSendMessage => sqs::send_message(arguments),
        S::SqsReceiveMessage => sqs::receive_message(arguments),
        S::SqsDeleteMessage => sqs::delete_message(arguments),
        S::SqsPurgeQueue => sqs::purge_queue(arguments),
        S::AppConfigGetConfiguration => app_config::get_configuration(arguments)?,
        S::KinesisPutRecord => kinesis::put_record(arguments),
        S::StepFunctionsStartExecution => step_functions::start_execution(arguments),
        S::StepFunctionsStartSyncExecution => step_functions::start_sync_execution(arguments),
        S::StepFunctionsStopExecution => step_functions::stop_execution(arguments),
    })
}

fn broken(error: Box<dyn std::error::Error + Send + Sync>) -> CallError {
    match error.downcast::<ResponseBodyError>() {
        Ok(error) => CallError::Broken(*error),
        Err(error) => {
            debug_assert!(error.is::<LengthLimitError>(), "{error}");
            CallError::AnswerTooLarge
        }
    }
}
