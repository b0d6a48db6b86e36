//! ExportApi: an API, or what a stage serves, as an OpenAPI document
//! (spec/management-api.md section 4.4).

use gatewright_openapi::{ExportOptions, ExportedApi, OutputType, export};
use gatewright_snapshot::DeploymentDocument;
use gatewright_store::Session;
use gatewright_types::{Api, ProtocolType, StageName, Timestamp};

use crate::call::{Answer, AnswerBody, Call};
use crate::error::OperationError;
use crate::operations::stage::unknown_stage;
use crate::publish::unknown_api;
use crate::validation::{created_text, invalid};

/// `ExportApi`.
pub(crate) async fn export_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let specification = call.parameter("specification");
    if specification != "OAS30" {
        return Err(invalid("specification", format!("'{specification}' is not OAS30")));
    }
    let (output_type, content_type) = match call.query("outputType")?.as_deref() {
        Some("JSON") => (OutputType::Json, "application/json"),
        Some("YAML") => (OutputType::Yaml, "application/yaml"),
        other => {
            let why = format!("'{}' is neither JSON nor YAML", other.unwrap_or_default());
            return Err(invalid("outputType", why));
        }
    };
    if let Some(version) = call.query("exportVersion")?.filter(|version| version != "1.0") {
        return Err(invalid("exportVersion", format!("'{version}' is not 1.0")));
    }
    let options = ExportOptions {
        output_type,
        include_extensions: call.query_flag("includeExtensions", true)?,
    };
    let stage_name = created_text(call.query("stageName")?).map(StageName::new);

    let mut read = call.plane.store.read().await?;
    let api = read.api_fetch(&call.api_id()).await?.ok_or_else(|| unknown_api(call))?;
    if api.protocol_type == ProtocolType::Websocket {
        return Err(OperationError::bad_request("Export is only supported for HTTP APIs"));
    }
    let (document, created_date) = match &stage_name {
        None => (current(&mut read, &api).await?, api.created_date),
        Some(name) => deployed(&mut read, &api, name).await?,
    };
    let exported = ExportedApi {
        api: &document.api,
        routes: &document.routes,
        integrations: &document.integrations,
        authorizers: &document.authorizers,
        stage_name: stage_name.as_ref(),
        api_endpoint: &call.plane.settings.api_endpoint.url(&api),
        created_date,
    };
    let bytes = export(&exported, &options).into_bytes();
    Ok(Some(AnswerBody { bytes, content_type }))
}

/// The API as it stands, deployed or not.
async fn current(read: &mut Session, api: &Api) -> Result<DeploymentDocument, OperationError> {
    Ok(DeploymentDocument {
        api: api.clone(),
        authorizers: read.authorizer_list_all(&api.api_id).await?,
        integrations: read.integration_list_all(&api.api_id).await?,
        integration_responses: Vec::new(),
        models: Vec::new(),
        routes: read.route_list_all(&api.api_id).await?,
        route_responses: Vec::new(),
    })
}

/// What a stage serves, and since when it stands.
async fn deployed(
    read: &mut Session,
    api: &Api,
    stage_name: &StageName,
) -> Result<(DeploymentDocument, Timestamp), OperationError> {
    let stage = read.stage_fetch(&api.api_id, stage_name).await?.ok_or_else(unknown_stage)?;
    let nothing =
        || OperationError::not_found(format!("Nothing is deployed to stage {}", stage.stage_name));
    let id = stage.deployment_id.as_ref().ok_or_else(nothing)?;
    let deployment = read.deployment_fetch(&api.api_id, id).await?.ok_or_else(nothing)?;
    let content = read.deployment_content(&api.api_id, id).await?.ok_or_else(nothing)?;
    let document =
        serde_json::from_str(&content).map_err(|error| OperationError::Internal(error.into()))?;
    Ok((document, deployment.created_date))
}
