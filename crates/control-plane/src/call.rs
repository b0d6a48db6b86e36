//! One call of an operation: its parameters and body, taken apart with errors that name the
//! member.

use std::collections::BTreeMap;

use gatewright_types::{
    ApiId, ApiKeyId, ApiMappingId, AuthorizerId, DeploymentId, IntegrationId,
    IntegrationResponseId, ModelId, RouteId, RouteResponseId, RoutingRuleId, StageName, Timestamp,
    UsagePlanId, VpcLinkId,
};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ControlPlane;
use crate::error::OperationError;
use crate::router::Routed;
use crate::strict_json::StrictJson;
use crate::validation::invalid;

/// What an operation's function gets.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) plane: &'a ControlPlane,
    routed: Routed,
    query: &'a str,
    body: &'a [u8],
}

/// A successful answer's body; absent for statuses that carry none.
pub(crate) type Answer = Option<AnswerBody>;

/// A body and what it is.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: &'static str,
}

impl AnswerBody {
    pub(crate) fn json(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), content_type: "application/json" }
    }
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        plane: &'a ControlPlane,
        routed: Routed,
        query: &'a str,
        body: &'a [u8],
    ) -> Self {
        Self { plane, routed, query, body }
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.routed.operation.name
    }

    /// The status of success.
    pub(crate) fn status(&self) -> u16 {
        self.routed.operation.status
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.plane.clock.now()
    }

    pub(crate) fn api_id(&self) -> ApiId {
        ApiId::new(self.parameter("apiId"))
    }

    pub(crate) fn route_id(&self) -> RouteId {
        RouteId::new(self.parameter("routeId"))
    }

    pub(crate) fn integration_id(&self) -> IntegrationId {
        IntegrationId::new(self.parameter("integrationId"))
    }

    pub(crate) fn stage_name(&self) -> StageName {
        StageName::new(self.parameter("stageName"))
    }

    pub(crate) fn deployment_id(&self) -> DeploymentId {
        DeploymentId::new(self.parameter("deploymentId"))
    }

    pub(crate) fn authorizer_id(&self) -> AuthorizerId {
        AuthorizerId::new(self.parameter("authorizerId"))
    }

    pub(crate) fn model_id(&self) -> ModelId {
        ModelId::new(self.parameter("modelId"))
    }

    pub(crate) fn integration_response_id(&self) -> IntegrationResponseId {
        IntegrationResponseId::new(self.parameter("integrationResponseId"))
    }

    pub(crate) fn route_response_id(&self) -> RouteResponseId {
        RouteResponseId::new(self.parameter("routeResponseId"))
    }

    pub(crate) fn api_mapping_id(&self) -> ApiMappingId {
        ApiMappingId::new(self.parameter("apiMappingId"))
    }

    pub(crate) fn vpc_link_id(&self) -> VpcLinkId {
        VpcLinkId::new(self.parameter("vpcLinkId"))
    }

    pub(crate) fn routing_rule_id(&self) -> RoutingRuleId {
        RoutingRuleId::new(self.parameter("routingRuleId"))
    }

    pub(crate) fn api_key_id(&self) -> ApiKeyId {
        ApiKeyId::new(self.parameter("api_Key"))
    }

    pub(crate) fn usage_plan_id(&self) -> UsagePlanId {
        UsagePlanId::new(self.parameter("usageplanId"))
    }

    /// In lower case, as domain names are stored.
    pub(crate) fn domain_name(&self) -> String {
        self.parameter("domainName").to_ascii_lowercase()
    }

    /// A parameter of the path.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.routed
            .parameters
            .iter()
            .find_map(|(key, value)| (*key == name).then_some(value.as_str()))
            .unwrap_or_default()
    }

    /// The values of all parameters of the path.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.routed.parameters.iter().map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, decoded; the first one counts.
    pub(crate) fn query(&self, name: &str) -> Result<Option<String>, OperationError> {
        Ok(self.query_all(name)?.into_iter().next())
    }

    /// A parameter of the query that is `true` or `false`.
    pub(crate) fn query_flag(&self, name: &str, default: bool) -> Result<bool, OperationError> {
        match self.query(name)?.as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(invalid(name, format!("'{other}' is neither true nor false"))),
        }
    }

    /// All values of a parameter of the query, decoded.
    pub(crate) fn query_all(&self, name: &str) -> Result<Vec<String>, OperationError> {
        let pairs = self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, raw)| {
                let value = percent_decode_str(raw).decode_utf8();
                value.map(std::borrow::Cow::into_owned).map_err(|_| {
                    OperationError::bad_request(format!("Query parameter '{name}' is not UTF-8"))
                })
            })
            .collect()
    }

    /// The body's members; an absent body has none.
    pub(crate) fn body<T: DeserializeOwned + Default>(&self) -> Result<T, OperationError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(T::default());
        }
        let value: Value =
            serde_json::from_slice(self.body).map_err(|error| not_an_object(&error))?;
        if !value.is_object() {
            return Err(not_an_object(&"expected an object"));
        }
        serde_path_to_error::deserialize(StrictJson(value)).map_err(|error| {
            let path = error.path().to_string();
            invalid(&path, error.into_inner())
        })
    }
}

/// `tags` of a body; one that is no JSON has none here.
pub(crate) fn tags_of(body: &[u8]) -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    struct Tagged {
        tags: BTreeMap<String, String>,
    }
    let tagged = serde_json::from_slice::<Tagged>(body);
    tagged.map(|tagged| tagged.tags.into_iter().collect()).unwrap_or_default()
}

/// A resource as an answer's body.
pub(crate) fn answer<T: Serialize>(resource: &T) -> Result<Answer, OperationError> {
    let bytes =
        serde_json::to_vec(resource).map_err(|error| OperationError::Internal(error.into()))?;
    Ok(Some(AnswerBody::json(bytes)))
}

fn not_an_object(why: &dyn std::fmt::Display) -> OperationError {
    OperationError::bad_request(format!("Request body is not a JSON object: {why}"))
}
