//! Everything that is served, as one immutable value behind one atomic swap.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use gatewright_authorizers::iam::{AccessKey, AccessKeyError};
use gatewright_authorizers::jwt::JwtAuthorizers;
use gatewright_authorizers::lambda::LambdaAuthorizers;
use gatewright_ingress::{Certificates, ServerName, ServerNames, Truststores};
use gatewright_integrations::Egress;
use gatewright_observe::Metrics;
use gatewright_routing::DomainNameTable;
use gatewright_snapshot::{
    CompileError, DocumentError, DomainNameDocument, DomainNameError, DomainNamePlan, Environment,
    StageDocument, compile,
};
use gatewright_sync::{Batch, BatchRefused, CatalogueSink, Entry, EntryKey};
use gatewright_telemetry::AccessLogs;
use gatewright_types::{ApiId, StageName};

use crate::filters::throttling::Buckets;
use crate::settings::{Issuance, Settings};
use crate::stage::{Stage, StageServices};

/// What is served. Cloned handles see the same catalogue.
#[derive(Clone, Debug)]
pub struct Catalogue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    served: ArcSwapOption<Served>,
    services: StageServices,
    environment: Environment,
    certificates: Option<Certificates>,
    truststores: Truststores,
    issuance: Issuance,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    pub(crate) apis: Apis,
    pub(crate) domain_names: Arc<DomainNameTable<Arc<DomainNamePlan>>>,
    access_keys: Arc<HashMap<String, Arc<AccessKey>>>,
    issued: Issued,
}

/// The domain names that get certificates of their own, each with the ARN under which it is served.
type Issued = Arc<BTreeMap<String, Arc<str>>>;

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
    #[error(transparent)]
    AccessKey(#[from] AccessKeyError),
    #[error("the document is not readable")]
    DomainNameDocument(#[from] serde_json::Error),
    #[error(transparent)]
    DomainName(#[from] DomainNameError),
}

/// An entry, ready to be served; absent is gone.
enum Change<'e> {
    Stage(&'e ApiId, &'e StageName, Option<Arc<Stage>>),
    AccessKey(&'e str, Option<Arc<AccessKey>>),
    DomainName(&'e str, Option<Arc<DomainNamePlan>>, Option<Arc<str>>),
}

impl Served {
    /// The access key of an id.
    pub(crate) fn access_key(&self, access_key_id: &str) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(access_key_id)
    }

    fn apply(&mut self, change: Change<'_>) {
        match change {
            Change::Stage(api_id, stage_name, stage) => {
                let api = Arc::make_mut(self.apis.entry(api_id.clone()).or_default());
                match stage {
                    Some(stage) => api.insert(stage_name.clone(), stage),
                    None => api.remove(stage_name),
                };
                if api.is_empty() {
                    self.apis.remove(api_id);
                }
            }
            Change::AccessKey(access_key_id, key) => {
                let keys = Arc::make_mut(&mut self.access_keys);
                match key {
                    Some(key) => keys.insert(access_key_id.to_owned(), key),
                    None => keys.remove(access_key_id),
                };
            }
            Change::DomainName(domain_name, plan, issued) => {
                if self.issued.get(domain_name) != issued.as_ref() {
                    let names = Arc::make_mut(&mut self.issued);
                    match issued {
                        Some(arn) => names.insert(domain_name.to_owned(), arn),
                        None => names.remove(domain_name),
                    };
                }
                let domain_names = Arc::make_mut(&mut self.domain_names);
                match plan {
                    Some(plan) => domain_names.insert(domain_name, plan),
                    None => domain_names.remove(domain_name),
                }
            }
        }
    }
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
            account: Arc::new(settings.account.clone()),
            egress: egress.clone(),
            operators: operators.clone(),
            profiles: settings.profiles.clone(),
            jwt: JwtAuthorizers::new(settings.jwt.clone()),
            lambda: LambdaAuthorizers::new(operators, &settings.profiles),
            buckets: Buckets::new(settings.limits.account()),
            access_logs: access_logs.clone(),
            metrics: metrics.clone(),
        };
        Self(Arc::new(Inner {
            served: ArcSwapOption::empty(),
            services,
            environment: settings.environment.clone(),
            certificates: settings.certificates.clone(),
            truststores: settings.truststores.clone(),
            issuance: settings.issuance.clone(),
        }))
    }

    /// The buckets of its routes.
    pub(crate) fn buckets(&self) -> &Buckets {
        &self.0.services.buckets
    }

    /// The catalogue as it stands; absent before the first batch.
    pub(crate) fn load(&self) -> arc_swap::Guard<Option<Arc<Served>>> {
        self.0.served.load()
    }

    /// The domain names that get certificates of their own; absent before the first batch.
    #[must_use]
    pub fn issued(&self) -> Option<Issued> {
        self.load().as_ref().map(|served| served.issued.clone())
    }

    fn change<'e>(&self, entry: &'e Entry) -> Result<Change<'e>, EntryError> {
        let value = entry.value.as_deref();
        Ok(match &entry.key {
            EntryKey::Stage { api_id, stage_name } => {
                let stage = value.map(|value| self.stage((api_id, stage_name), value));
                Change::Stage(api_id, stage_name, stage.transpose()?.map(Arc::new))
            }
            EntryKey::AccessKey { access_key_id } => {
                let account = &self.0.services.account;
                let key = value.map(|value| AccessKey::new(account, access_key_id, value));
                Change::AccessKey(access_key_id, key.transpose()?.map(Arc::new))
            }
            EntryKey::DomainName { domain_name } => {
                let document = value.map(serde_json::from_str::<DomainNameDocument>).transpose()?;
                let mut plan = document.map(|document| document.compile()).transpose()?;
                let issued = plan.as_ref().and_then(|plan| self.issued_arn(domain_name, plan));
                if let Some(plan) = &mut plan {
                    match &issued {
                        Some(arn) => plan.certificate_arn = Some(arn.clone()),
                        None => self.check_certificate(domain_name, plan),
                    }
                    self.check_truststore(domain_name, plan);
                }
                Change::DomainName(domain_name, plan.map(Arc::new), issued)
            }
        })
    }

    /// The ARN of a certificate that is the domain name's own, where it gets one: `<certificateArn>#<name>`.
    fn issued_arn(&self, domain_name: &str, plan: &DomainNamePlan) -> Option<Arc<str>> {
        let Inner { certificates, issuance, .. } = &*self.0;
        let (certificates, arn) = (certificates.as_ref()?, plan.certificate_arn.as_ref()?);
        let is_issued = match issuance {
            Issuance::Nothing => false,
            Issuance::Of(other) => arn == other,
            Issuance::Unconfigured => !certificates.contains(arn),
        };
        is_issued.then(|| format!("{arn}#{domain_name}").into())
    }

    /// A domain name whose certificate is not configured is served all the same: somebody else may end
    /// TLS for it, and which files a replica has is not for the management API to know. TLS clients
    /// that ask for it here are refused.
    fn check_certificate(&self, domain_name: &str, plan: &DomainNamePlan) {
        if let (Some(certificates), Some(arn)) = (&self.0.certificates, &plan.certificate_arn)
            && !certificates.contains(arn)
        {
            let key = format!("certificates.\"{arn}\"");
            tracing::warn!(
                domain_name,
                key,
                "TLS handshakes for a domain name are refused: its certificate is not configured"
            );
        }
    }

    /// The same where clients have to show certificates: they are refused.
    fn check_truststore(&self, domain_name: &str, plan: &DomainNamePlan) {
        let Some(truststore) = &plan.truststore else {
            return;
        };
        if self.0.certificates.is_none() {
            tracing::warn!(
                domain_name,
                key = "traffic.tls_listen",
                "requests for a domain name are answered with 403: it asks for client certificates, and no TLS ends here"
            );
        } else if !self.0.truststores.contains(truststore) {
            let key = format!("truststores.\"{truststore}\"");
            tracing::warn!(
                domain_name,
                key,
                "TLS handshakes for a domain name are refused: its truststore is not configured"
            );
        }
    }

    fn stage(&self, key: (&ApiId, &StageName), value: &str) -> Result<Stage, EntryError> {
        let document = StageDocument::decode(value)?;
        if (&document.api_id, &document.stage.stage_name) != key {
            return Err(EntryError::OtherStage);
        }
        let plan = compile(&document, &self.0.environment)?;
        Ok(Stage::new(plan, &self.0.services))
    }
}

impl ServerNames for Catalogue {
    fn find(&self, server_name: &str) -> ServerName {
        let served = self.0.served.load();
        let plan = served.as_ref().and_then(|served| served.domain_names.find(server_name));
        plan.map_or_else(ServerName::default, |plan| ServerName {
            certificate_arn: plan.certificate_arn.clone(),
            truststore: plan.truststore.clone(),
        })
    }
}

impl CatalogueSink for Catalogue {
    fn apply(&self, batch: &Batch) -> Result<(), BatchRefused> {
        // Compiled first, all of it: one entry that cannot be served refuses the batch.
        let mut changes = Vec::with_capacity(batch.entries.len());
        for entry in &batch.entries {
            changes.push(self.change(entry).map_err(|cause| BatchRefused {
                key: entry.key.to_string(),
                cause: cause.into(),
            })?);
        }
        let current = self.0.served.load();
        let mut served = match &*current {
            Some(served) if !batch.complete => Served::clone(served),
            _ => Served::default(),
        };
        for change in changes {
            served.apply(change);
        }
        self.0.served.store(Some(Arc::new(served)));
        Ok(())
    }
}
