//! The three shapes of the binary, and `migrate`.

mod control_plane;
mod data_plane;
mod keys;
mod serve;

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::Context;
use gatewright_control_plane::{AccessKeys, AdministratorKey, ApiEndpoint, ControlPlane, Settings};
use gatewright_credentials::Profiles;
use gatewright_data_plane::DataPlane;
use gatewright_egress::Egress;
use gatewright_ingress::{Certificates, Options, Service, Truststores};
use gatewright_observe::{Metrics, RandomIds, SystemClock};
use gatewright_secrets::MasterKey;
use gatewright_store::Store;
use gatewright_sync::{LastGood, Opened};
use gatewright_telemetry::Telemetry;
use tokio::task::JoinSet;

use crate::command_line::say;
use crate::config::Config;
use crate::issuance::Issuer;
use crate::port::Port;
use crate::shutdown::Shutdown;
use crate::traffic::local_runtime;

pub(crate) use control_plane::control_plane;
pub(crate) use data_plane::data_plane;
pub(crate) use keys::keys;
pub(crate) use serve::serve;

/// `gatewright migrate`.
pub(crate) fn migrate(config: &Config) -> anyhow::Result<()> {
    create_data_dir(&config.data_dir)?;
    local_runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        let applied = store.migrate().await?;
        store.close().await;
        say(&format!("{applied} migrations applied; the schema is up to date."));
        Ok(())
    })
}

/// Bytes of a management, feed or admin request's body; the control plane has its own, lower
/// bound with its own error.
const CONTROL_BODY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The listeners beside traffic, all on the control thread.
struct ControlListeners {
    tasks: JoinSet<()>,
    shutdown: Shutdown,
}

impl ControlListeners {
    fn new(shutdown: &Shutdown) -> Self {
        Self { tasks: JoinSet::new(), shutdown: shutdown.clone() }
    }

    fn serve<S: Service + 'static>(&mut self, port: Port, service: S) {
        let Port { name, listener, certificates } = port;
        if let Some(certificates) = certificates {
            self.tasks.spawn_local(certificates.follow(self.shutdown.watch()));
        }
        let shutdown = self.shutdown.clone();
        self.tasks.spawn_local(async move {
            let options = Options::default();
            let watch = shutdown.watch();
            let served = gatewright_ingress::serve(
                vec![listener],
                Rc::new(service),
                &options,
                CONTROL_BODY_BYTES_MAX,
                watch,
            );
            if let Err(error) = served.await {
                tracing::error!(%error, name, "listener failed");
                shutdown.begin();
            }
        });
    }

    /// Reads certificates and truststores again when their files change.
    fn follow(&mut self, certificates: Option<&Certificates>, truststores: &Truststores) {
        if let Some(certificates) = certificates {
            self.tasks.spawn_local(certificates.clone().follow(self.shutdown.watch()));
        }
        self.tasks.spawn_local(truststores.clone().follow(self.shutdown.watch()));
    }

    async fn join(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a listener's task failed");
            }
        }
    }
}

/// Only its owner may look: keys and credentials live in it.
fn create_data_dir(path: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("cannot create {}", path.display()))
}

/// The access keys of a store, sealed with the configured key file.
fn access_keys(config: &Config, store: &Store) -> anyhow::Result<AccessKeys> {
    let master_key = MasterKey::load_or_create(&config.secret_key_file)?;
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds));
    Ok(AccessKeys::new(store.clone(), master_key, clock, ids))
}

/// What a data plane starts from, sealed with the configured key file.
fn last_good(config: &Config) -> anyhow::Result<Opened> {
    let master_key = MasterKey::load_or_create(&config.secret_key_file)?;
    Ok(LastGood::open(&config.data_dir.join("catalogue.redb"), master_key)?)
}

/// The access keys that sign what traffic sends to AWS services. A profile that configuration names
/// and the file does not have would fail at each request: here it is told once.
fn profiles(config: &Config) -> anyhow::Result<Profiles> {
    let Some(file) = config.environment.aws.credentials_file() else {
        return Ok(Profiles::default());
    };
    let profiles = Profiles::open(file).context("aws.credentials_file")?;
    for (key, profile) in config.environment.profiles() {
        let file = file.display();
        profiles.get(profile).with_context(|| {
            format!("{key}: {file} has no profile \"{profile}\" with aws_access_key_id and aws_secret_access_key")
        })?;
    }
    Ok(profiles)
}

/// What serves traffic, and where its logs and spans go.
fn traffic(
    config: &Config,
    (certificates, truststores, issuer): (Option<&Certificates>, &Truststores, &Issuer),
    egress: Egress,
    profiles: &Profiles,
    metrics: &Metrics,
) -> anyhow::Result<(DataPlane, Telemetry)> {
    let (options, logs) = (&config.telemetry, &config.access_logs);
    let telemetry = Telemetry::start(options, logs, &egress.for_the_operator(), metrics)?;
    let settings = gatewright_data_plane::Settings {
        account: config.account.clone(),
        base_domain: config.base_domain.clone(),
        jwt: config.jwt.clone(),
        environment: config.environment.clone(),
        profiles: profiles.clone(),
        certificates: certificates.cloned(),
        truststores: truststores.clone(),
        issuance: issuer.issuance(),
        challenges: issuer.challenges(),
        limits: config.limits.clone(),
    };
    Ok((DataPlane::new(&settings, egress, &telemetry, metrics.clone()), telemetry))
}

/// The management API over a store, with an administrator's key in `<data-dir>/credentials`.
async fn management(
    config: &Config,
    store: &Store,
    api_endpoint: ApiEndpoint,
    truststores: &Truststores,
) -> anyhow::Result<(ControlPlane, AdministratorKey)> {
    let settings = Settings {
        account: config.account.clone(),
        api_endpoint,
        integration_timeout_ms_max: config.limits.integration_timeout_ms,
        insecure_issuers: config.jwt.insecure_issuers.clone(),
        environment: config.environment.clone(),
        truststores: truststores.clone(),
    };
    let keys = access_keys(config, store)?;
    let made = keys.ensure_administrator(&config.data_dir.join("credentials")).await?;
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds));
    Ok((ControlPlane::new(store.clone(), settings, keys, clock, ids), made))
}

fn execute_api_domain(config: &Config) -> String {
    format!("execute-api.{}.{}", config.account.region, config.base_domain)
}
