//! `AWS_PROXY` with a Lambda function (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md section 6).

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use gatewright_credentials::Profiles;
use gatewright_egress::{Client, Egress, hop_by_hop};
use gatewright_expressions::RequestChanges;
use gatewright_lambda::{
    EventSource, Function, PreparedInvocation, answer, event, streamed_answer,
};
use gatewright_observe::{SystemClock, new_trace_id};
use gatewright_snapshot::{AnswersPlan, LambdaPlan, PayloadFormat};
use gatewright_types::{Clock, without_port};
use http::Response;
use http::header::HOST;
use http::request::Parts;
use http_body_util::Full;
use percent_encoding::percent_decode_str;

use crate::http_proxy::TRACE_ID;
use crate::{EndpointAnswer, IntegrationError, IntegrationFailure, RequestContext, ResponseBody};

/// A function.
#[derive(Debug)]
pub struct LambdaProxy {
    function: Function,
    format: PayloadFormat,
    answers: Answers,
}

/// How answers come.
#[derive(Debug)]
enum Answers {
    Whole,
    Streamed {
        /// How long a body may pause, as an upstream's may.
        pause: Duration,
    },
}

/// An invocation that is ready to be sent.
pub(crate) struct LambdaCall<'p> {
    invocation: PreparedInvocation<'p>,
    answers: CallAnswers,
}

/// How the answer of a call comes.
enum CallAnswers {
    Whole(PayloadFormat),
    Streamed { pause: Duration, request_id: String },
}

impl LambdaProxy {
    pub(crate) fn new(
        plan: &LambdaPlan,
        operators: &Egress,
        profiles: &Profiles,
    ) -> Result<Self, http::Error> {
        let answers = match plan.answers {
            AnswersPlan::Whole => Answers::Whole,
            AnswersPlan::Streamed => Answers::Streamed { pause: operators.body_timeout() },
        };
        let function = Function::new(&plan.function, operators, profiles)?;
        Ok(Self { function, format: plan.format, answers })
    }

    /// Writes the event.
    pub(crate) fn prepare<'v, V: Fn(usize) -> &'v str>(
        &self,
        client: &Client<Full<Bytes>>,
        head: &mut Parts,
        context: RequestContext<'_, V>,
    ) -> Result<LambdaCall<'_>, IntegrationError> {
        let headers = &mut head.headers;
        let host = headers.get(HOST).cloned();
        let host = host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or_default();
        let seconds = context.received_ms.div_euclid(1000);
        headers.entry(TRACE_ID).or_insert_with(|| new_trace_id(seconds));
        let RequestChanges { headers: changes, path: mapped_path, query } = context.changes;
        changes.apply(headers);
        let [path, client_path] = match &mapped_path {
            Some(path) => {
                let path = percent_decode_str(path).decode_utf8_lossy();
                [path.clone(), path]
            }
            None => [context.path_with_stage, context.client_path]
                .map(|parts| Cow::Owned(parts.concat())),
        };
        let variables = context.route.path_variables.iter().enumerate();
        let parameters = variables
            .map(|(index, name)| (name.as_str(), (context.variable)(index)))
            .collect::<Vec<_>>();
        let [account_id, api_id, stage] = context.owner;
        let event = event(
            self.format,
            &EventSource {
                route_key: &context.route.route_key,
                path: &path,
                client_path: &client_path,
                raw_path: mapped_path.as_deref().unwrap_or(context.raw_path),
                query: query.as_deref().or_else(|| context.uri.query()).unwrap_or_default(),
                method: head.method.as_str(),
                headers: &head.headers,
                domain_name: without_port(host),
                protocol: context.protocol,
                account_id,
                api_id,
                stage,
                client: context.client,
                peer: context.peer,
                client_certificate: context.client_certificate,
                request_id: context.request_id,
                received_ms: context.received_ms,
                path_parameters: &parameters,
                stage_variables: context.stage_variables,
                authorizer: context.authorizer,
                body: Some(&context.body),
            },
        );
        let invocation = self.function.prepare(client, event, SystemClock.now())?;
        let answers = match self.answers {
            Answers::Whole => CallAnswers::Whole(self.format),
            Answers::Streamed { pause } => {
                CallAnswers::Streamed { pause, request_id: context.request_id.to_owned() }
            }
        };
        Ok(LambdaCall { invocation, answers })
    }
}

impl LambdaCall<'_> {
    pub(crate) async fn answer<B>(
        self,
        client: &Client<Full<Bytes>>,
    ) -> Result<Response<ResponseBody<B>>, IntegrationFailure>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (mut response, endpoint) = match self.answers {
            CallAnswers::Whole(format) => {
                let invocation = self.invocation.invoke(client).await?;
                let endpoint = EndpointAnswer::of(&invocation.call);
                let response = match answer(format, &invocation.payload) {
                    Ok(response) => response,
                    Err(fault) => return Err(IntegrationFailure::answered(fault, endpoint)),
                };
                (response.map(ResponseBody::whole), endpoint)
            }
            CallAnswers::Streamed { pause, request_id } => {
                let invocation = self.invocation.invoke_streamed(client, pause).await?;
                let endpoint = EndpointAnswer::of(&invocation.call);
                let response = match streamed_answer(&invocation.head) {
                    Ok(response) => response,
                    Err(fault) => return Err(IntegrationFailure::answered(fault, endpoint)),
                };
                let body = ResponseBody::function(invocation.body, request_id);
                (response.map(|()| body), endpoint)
            }
        };
        hop_by_hop::remove(response.headers_mut());
        response.extensions_mut().insert(endpoint);
        Ok(response)
    }
}
