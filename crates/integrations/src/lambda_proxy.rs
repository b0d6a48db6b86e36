//! `AWS_PROXY` with a Lambda function (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md section 6).

use std::borrow::Cow;

use bytes::Bytes;
use gatewright_credentials::Profiles;
use gatewright_egress::{Client, Egress, hop_by_hop};
use gatewright_expressions::RequestChanges;
use gatewright_lambda::{EventSource, Function, PreparedInvocation, answer, event};
use gatewright_observe::{SystemClock, new_trace_id};
use gatewright_snapshot::{LambdaPlan, PayloadFormat};
use gatewright_types::{Clock, without_port};
use http::Response;
use http::header::HOST;
use http::request::Parts;
use http_body_util::Full;
use percent_encoding::percent_decode_str;

use crate::http_proxy::TRACE_ID;
use crate::{IntegrationError, InvokeStatus, RequestContext};

/// A function.
#[derive(Debug)]
pub struct LambdaProxy {
    function: Function,
    format: PayloadFormat,
}

/// An invocation that is ready to be sent.
pub(crate) struct LambdaCall<'p> {
    invocation: PreparedInvocation<'p>,
    format: PayloadFormat,
}

impl LambdaProxy {
    pub(crate) fn new(
        plan: &LambdaPlan,
        operators: &Egress,
        profiles: &Profiles,
    ) -> Result<Self, http::Error> {
        let function = Function::new(&plan.function, operators, profiles)?;
        Ok(Self { function, format: plan.format })
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
        let variables = context.path_variables.iter().enumerate();
        let parameters = variables
            .map(|(index, name)| (name.as_str(), (context.variable)(index)))
            .collect::<Vec<_>>();
        let [account_id, api_id, stage] = context.owner;
        let event = event(
            self.format,
            &EventSource {
                route_key: context.route_key,
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
                request_id: context.request_id,
                received_ms: context.received_ms,
                path_parameters: &parameters,
                stage_variables: context.stage_variables,
                authorizer: context.authorizer,
                body: Some(&context.body),
            },
        );
        let invocation = self.function.prepare(client, event, SystemClock.now())?;
        Ok(LambdaCall { invocation, format: self.format })
    }
}

impl LambdaCall<'_> {
    pub(crate) async fn answer(
        self,
        client: &Client<Full<Bytes>>,
    ) -> Result<Response<Bytes>, IntegrationError> {
        let invocation = self.invocation.invoke(client).await?;
        let mut response = answer(self.format, &invocation.payload)?;
        hop_by_hop::remove(response.headers_mut());
        response.extensions_mut().insert(InvokeStatus(invocation.status));
        Ok(response)
    }
}
