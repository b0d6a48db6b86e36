//! What serves requests: the part that all threads share, and each thread's own.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use gatewright_authorizers::iam::AccessKey;
use gatewright_authorizers::jwt::JwtWorker;
use gatewright_ingress::{Challenges, RequestBody};
use gatewright_integrations::{Clients, Egress};
use gatewright_observe::Metrics;
use gatewright_routing::ExecuteApiHost;
use gatewright_telemetry::{AccessLogs, Spans, Telemetry};

use crate::catalogue::Catalogue;
use crate::observation::Observer;
use crate::peeked_body::PeekedBody;
use crate::settings::Settings;

/// What all traffic threads share.
#[derive(Clone, Debug)]
pub struct DataPlane {
    pub(crate) catalogue: Catalogue,
    pub(crate) execute_api: ExecuteApiHost,
    egress: Egress,
    /// To what the operator's configuration names.
    operators: Egress,
    access_logs: AccessLogs,
    spans: Spans,
    pub(crate) metrics: Metrics,
    pub(crate) challenges: Option<Challenges>,
    pub(crate) payload_bytes: u64,
}

/// One traffic thread's part.
#[derive(Debug)]
pub struct Worker {
    pub(crate) shared: DataPlane,
    pub(crate) clients: Clients<PeekedBody<RequestBody>>,
    pub(crate) jwt: JwtWorker,
    pub(crate) observer: Rc<Observer>,
    /// Where mappings write values before they are any.
    pub(crate) scratch: RefCell<Vec<u8>>,
}

impl DataPlane {
    /// A data plane that serves nothing yet.
    #[must_use]
    pub fn new(
        settings: &Settings,
        egress: Egress,
        telemetry: &Telemetry,
        metrics: Metrics,
    ) -> Self {
        let Settings { account, base_domain, limits, .. } = settings;
        let access_logs = telemetry.access_logs();
        let operators = egress.for_the_operator();
        Self {
            catalogue: Catalogue::new(settings, (&egress, &operators), &access_logs, &metrics),
            execute_api: ExecuteApiHost::new(&account.region, base_domain),
            egress,
            operators,
            access_logs,
            spans: telemetry.spans(),
            metrics,
            challenges: settings.challenges.clone(),
            payload_bytes: limits.payload_bytes,
        }
    }

    /// What is served, for who has news of it.
    #[must_use]
    pub fn catalogue(&self) -> Catalogue {
        self.catalogue.clone()
    }

    /// What certificate authorities ask for, for listeners that may be asked.
    #[must_use]
    pub fn challenges(&self) -> Option<Challenges> {
        self.challenges.clone()
    }

    /// Bytes of a request's body that are taken.
    #[must_use]
    pub fn payload_bytes(&self) -> u64 {
        self.payload_bytes
    }

    /// The part of the current thread, which must run a local runtime.
    #[must_use]
    pub fn worker(&self) -> Worker {
        let jwt = JwtWorker::new(&self.egress);
        let observer = Observer::new(&self.access_logs, &self.spans);
        let clients =
            Clients { upstreams: self.egress.worker(), endpoints: self.operators.worker() };
        Worker { clients, jwt, observer, scratch: RefCell::default(), shared: self.clone() }
    }
}

impl Worker {
    /// The access key of an id, as long as it may be used.
    pub(crate) fn access_key(&self, access_key_id: &str) -> Option<Arc<AccessKey>> {
        let served = self.shared.catalogue.load();
        served.as_ref()?.access_key(access_key_id).cloned()
    }
}
