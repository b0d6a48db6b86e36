//! Everything that is served, as one immutable value behind one atomic swap.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use gatewright_authorizers::jwt::JwtAuthorizers;
use gatewright_integrations::Egress;
use gatewright_observe::Metrics;
use gatewright_snapshot::{CompileError, DocumentError, Environment, StageDocument, compile};
use gatewright_sync::{Batch, BatchRefused, CatalogueSink, Entry, EntryKey};
use gatewright_telemetry::AccessLogs;
use gatewright_types::{ApiId, StageName};

use crate::filters::throttling::Buckets;
use crate::settings::Settings;
use crate::stage::{Stage, StageServices};

/// What is served. Cloned handles see the same catalogue.
#[derive(Clone, Debug)]
pub struct Catalogue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    apis: ArcSwapOption<Apis>,
    services: StageServices,
    environment: Environment,
}

/// Stages by API. An API without stages is not in it. It has few, mostly one: comparing names is
/// cheaper than hashing what is looked for.
///
/// Its keys are ids that the control plane drew, not a client's: no need for a hash that withstands
/// chosen keys.
pub(crate) type Apis =
    HashMap<ApiId, Arc<BTreeMap<StageName, Arc<Stage>>>, foldhash::fast::RandomState>;

/// Why an entry cannot be served.
#[derive(Debug, thiserror::Error)]
enum EntryError {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("the document is of another stage than its key says")]
    OtherStage,
}

impl Catalogue {
    /// Nothing yet: until the first batch is applied, every request is answered 503.
    pub(crate) fn new(
        settings: &Settings,
        (egress, operators): (&Egress, &Egress),
        access_logs: &AccessLogs,
        metrics: &Metrics,
    ) -> Self {
        let services = StageServices {
            account_id: settings.account.id.as_str().into(),
            egress: egress.clone(),
            operators: operators.clone(),
            jwt: JwtAuthorizers::new(settings.jwt.clone()),
            buckets: Buckets::new(settings.limits.account()),
            access_logs: access_logs.clone(),
            metrics: metrics.clone(),
        };
        let environment = settings.environment.clone();
        Self(Arc::new(Inner { apis: ArcSwapOption::empty(), services, environment }))
    }

    /// The buckets of its routes.
    pub(crate) fn buckets(&self) -> &Buckets {
        &self.0.services.buckets
    }

    /// The catalogue as it stands; absent before the first batch.
    pub(crate) fn load(&self) -> arc_swap::Guard<Option<Arc<Apis>>> {
        self.0.apis.load()
    }

    fn stage(&self, entry: &Entry) -> Result<Option<Arc<Stage>>, EntryError> {
        let Some(value) = &entry.value else {
            return Ok(None);
        };
        let document = StageDocument::decode(value)?;
        let EntryKey::Stage { api_id, stage_name } = &entry.key;
        if document.api_id != *api_id || document.stage.stage_name != *stage_name {
            return Err(EntryError::OtherStage);
        }
        let plan = compile(&document, &self.0.environment)?;
        Ok(Some(Arc::new(Stage::new(plan, &self.0.services))))
    }
}

impl CatalogueSink for Catalogue {
    fn apply(&self, batch: &Batch) -> Result<(), BatchRefused> {
        // Compiled first, all of it: one entry that cannot be served refuses the batch.
        let mut stages = Vec::with_capacity(batch.entries.len());
        for entry in &batch.entries {
            let EntryKey::Stage { api_id, stage_name } = &entry.key;
            let stage = self.stage(entry).map_err(|cause| BatchRefused {
                key: format!("{api_id}/{stage_name}"),
                cause: cause.into(),
            })?;
            stages.push((api_id, stage_name, stage));
        }
        let current = self.0.apis.load();
        let mut apis = match &*current {
            Some(apis) if !batch.complete => Apis::clone(apis),
            _ => Apis::default(),
        };
        for (api_id, stage_name, stage) in stages {
            let api = Arc::make_mut(apis.entry(api_id.clone()).or_default());
            match stage {
                Some(stage) => api.insert(stage_name.clone(), stage),
                None => api.remove(stage_name),
            };
            if api.is_empty() {
                apis.remove(api_id);
            }
        }
        self.0.apis.store(Some(Arc::new(apis)));
        Ok(())
    }
}
