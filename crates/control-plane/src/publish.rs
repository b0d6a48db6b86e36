//! Changes of an API, and making them live (design.md section 2; spec/management-api.md
//! section 3.5).
//!
//! A change, its automatic deployment, and what data planes must hear are one transaction: a
//! refusal of any leaves nothing of the others.

use std::collections::BTreeSet;

use gatewright_snapshot::{DeploymentDocument, Environment, StageDocument, compile};
use gatewright_store::{ChangeKey, Session, WriteTransaction};
use gatewright_types::{
    Api, ApiId, Deployment, DeploymentId, DeploymentStatus, ProtocolType, RouteSettings, Stage,
    StageName, limits,
};

use crate::call::Call;
use crate::error::OperationError;

/// An API under change: its write lock is held.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) write: WriteTransaction,
    pub(crate) api: Api,
}

impl Change {
    /// Begins to change the API the call names.
    pub(crate) async fn begin(call: &Call<'_>) -> Result<Self, OperationError> {
        let mut write = call.plane.store.write().await?;
        let api_id = call.api_id();
        match write.api_lock(&api_id).await? {
            Some(api) => Ok(Self { write, api }),
            None => Err(unknown_api(call)),
        }
    }

    /// Makes the change durable, and live on every stage that deploys automatically.
    pub(crate) async fn publish(mut self, call: &Call<'_>) -> Result<(), OperationError> {
        let stages = self.write.stage_list_all(&self.api.api_id).await?;
        let stages = stages.into_iter().filter(|stage| stage.auto_deploy).collect();
        self.deploy_automatically(call, stages).await?;
        self.commit().await
    }

    /// Makes the change durable.
    pub(crate) async fn commit(self) -> Result<(), OperationError> {
        self.write.commit().await?;
        Ok(())
    }

    /// One deployment for the stages, which all deploy automatically.
    pub(crate) async fn deploy_automatically(
        &mut self,
        call: &Call<'_>,
        stages: Vec<Stage>,
    ) -> Result<(), OperationError> {
        let Some(first) = stages.first() else {
            return Ok(());
        };
        let frozen = self.freeze().await?;
        let without_routes = frozen.routes.is_empty();
        let mut document = stage_document(&self.api, first.clone(), Some(frozen));
        let mut deployment = Deployment {
            auto_deployed: true,
            ..deployment(call, Some(Deployment::AUTOMATIC_DESCRIPTION.to_owned()))
        };
        let mut moved = Vec::with_capacity(stages.len());
        let mut notes = BTreeSet::new();
        for mut stage in stages {
            // An API that never had a route has nothing to deploy; one that lost its last has.
            if without_routes && stage.deployment_id.is_none() {
                continue;
            }
            document.stage = stage.clone();
            notes.extend(check(&document, environment(call))?);
            let id = deployment.deployment_id.clone();
            stage.last_deployment_status_message =
                Some(format!("Successfully deployed stage with deployment ID '{id}'"));
            stage.deployment_id = Some(id);
            stage.last_updated_date = call.now();
            moved.push(stage);
        }
        if moved.is_empty() {
            return Ok(());
        }
        deployment.deployment_status_message = message(&self.api.api_id, &notes);
        let content = encode(document.deployment.as_ref())?;
        self.write.deployment_insert(&self.api.api_id, &deployment, &content).await?;
        for stage in moved {
            self.write.stage_update(&self.api.api_id, &stage).await?;
            self.record(&stage.stage_name);
        }
        let keep = u32::try_from(limits::AUTOMATIC_DEPLOYMENTS_KEPT).unwrap_or(u32::MAX);
        self.write.deployments_prune(&self.api.api_id, keep).await?;
        Ok(())
    }

    /// A deployment on request, stored but not yet served.
    pub(crate) async fn deploy(
        &mut self,
        call: &Call<'_>,
        description: Option<String>,
    ) -> Result<Deployment, OperationError> {
        let frozen = self.freeze().await?;
        if frozen.routes.is_empty() {
            return Err(OperationError::bad_request(match self.api.protocol_type {
                ProtocolType::Http => "Unable to deploy API because no routes exist in this API",
                ProtocolType::Websocket => {
                    "At least one route is required before deploying the Api"
                }
            }));
        }
        let mut deployment = deployment(call, description);
        // Variables are a stage's; whether settings are honoured does not depend on them.
        let nameless = Stage::new(StageName::new("-"), RouteSettings::default(), call.now());
        let document = stage_document(&self.api, nameless, Some(frozen));
        deployment.deployment_status_message =
            message(&self.api.api_id, &check(&document, environment(call))?);
        let content = encode(document.deployment.as_ref())?;
        self.write.deployment_insert(&self.api.api_id, &deployment, &content).await?;
        Ok(deployment)
    }

    /// Refuses a stage that could not be served with the deployment it points at.
    pub(crate) async fn check_stage(
        &mut self,
        call: &Call<'_>,
        stage: &Stage,
    ) -> Result<(), OperationError> {
        let Some(deployment_id) = &stage.deployment_id else {
            return Ok(());
        };
        let content = self.write.deployment_content(&self.api.api_id, deployment_id).await?;
        let content = content.ok_or_else(|| unknown_deployment(deployment_id.as_str()))?;
        let frozen = serde_json::from_str(&content)
            .map_err(|error| OperationError::Internal(error.into()))?;
        let document = stage_document(&self.api, stage.clone(), Some(frozen));
        let notes = check(&document, environment(call))?;
        message(&self.api.api_id, &notes);
        Ok(())
    }

    /// Lets data planes hear of a stage.
    pub(crate) fn record(&mut self, stage_name: &StageName) {
        self.write.record(ChangeKey::Stage {
            api_id: self.api.api_id.clone(),
            stage_name: stage_name.clone(),
        });
    }

    async fn freeze(&mut self) -> Result<DeploymentDocument, OperationError> {
        let api_id = &self.api.api_id;
        Ok(DeploymentDocument {
            api: self.api.clone(),
            authorizers: self.write.authorizer_list_all(api_id).await?,
            integrations: self.write.integration_list_all(api_id).await?,
            integration_responses: self.write.integration_response_list_all(api_id).await?,
            models: self.write.model_list_all(api_id).await?,
            routes: self.write.route_list_all(api_id).await?,
            route_responses: self.write.route_response_list_all(api_id).await?,
        })
    }
}

/// 404 for the API a call names.
pub(crate) fn unknown_api(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid API identifier specified {}:{}",
        call.plane.settings.account.id,
        call.parameter("apiId")
    ))
}

/// 404 for something below the API a call names, or for the API itself when it is not there.
pub(crate) async fn missing(
    call: &Call<'_>,
    session: &mut Session,
    unknown: OperationError,
) -> OperationError {
    match session.api_fetch(&call.api_id()).await {
        Ok(Some(_)) => unknown,
        Ok(None) => unknown_api(call),
        Err(error) => error.into(),
    }
}

/// 404 for a deployment.
pub(crate) fn unknown_deployment(id: &str) -> OperationError {
    OperationError::not_found(format!("Invalid Deployment identifier specified {id}"))
}

fn stage_document(
    api: &Api,
    stage: Stage,
    deployment: Option<DeploymentDocument>,
) -> StageDocument {
    StageDocument {
        format: StageDocument::FORMAT,
        api_id: api.api_id.clone(),
        stage,
        // Nothing that is compiled here keeps decisions.
        authorizers_cache_epoch: 0,
        deployment,
    }
}

fn environment<'c>(call: &Call<'c>) -> &'c Environment {
    &call.plane.settings.environment
}

/// Refuses a stage that could not be served; what of it is not, and why (docs/adr/0005).
fn check(
    document: &StageDocument,
    environment: &Environment,
) -> Result<BTreeSet<String>, OperationError> {
    let plan = compile(document, environment)
        .map_err(|error| OperationError::bad_request(error.to_string()))?;
    if let Some((route_key, reason)) = plan.refused() {
        return Err(OperationError::bad_request(format!("route '{route_key}': {reason}")));
    }
    let note = |(route_key, setting)| format!("route '{route_key}': {setting}");
    Ok(plan.not_served().map(note).collect())
}

/// The notes as a `deploymentStatusMessage`, which the log shows too.
fn message(api_id: &ApiId, notes: &BTreeSet<String>) -> Option<String> {
    const SHOWN: usize = 5;
    if notes.is_empty() {
        return None;
    }
    let shown = notes.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    let more = match notes.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let message = format!(
        "Answered with 500, since this version of Gatewright does not serve it yet: {shown}{more}"
    );
    tracing::warn!(%api_id, message, "deployed");
    Some(message)
}

fn encode(document: Option<&DeploymentDocument>) -> Result<String, OperationError> {
    serde_json::to_string(&document).map_err(|error| OperationError::Internal(error.into()))
}

fn deployment(call: &Call<'_>, description: Option<String>) -> Deployment {
    Deployment {
        auto_deployed: false,
        created_date: call.now(),
        deployment_id: DeploymentId::generate(&*call.plane.ids),
        deployment_status: DeploymentStatus::Deployed,
        deployment_status_message: None,
        description,
    }
}
