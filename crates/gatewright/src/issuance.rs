//! Who makes certificates, on a thread of its own: their files may lie on another machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context;
use gatewright_data_plane::Catalogue;
use gatewright_egress::{Egress, EgressError, Loopback};
use gatewright_ingress::{Certificates, Challenges};
use gatewright_issuance::{Acme, AcmeSettings, LocalAuthority};
use gatewright_observe::{Metrics, SystemClock};

use crate::config::{Config, Issuance, TrafficTls};
use crate::shutdown::Shutdown;
use crate::traffic::local_runtime;

/// What makes certificates, before it begins.
pub(crate) enum Issuer {
    Nobody,
    Acme(AcmeSettings, Challenges),
    SelfSigned(LocalAuthority, Vec<String>),
}

impl Issuer {
    /// Who is configured, with the configuration that is served: a certificate of our own making is one
    /// like any other from here on.
    pub(crate) fn open(config: &Config) -> anyhow::Result<(Self, Option<TrafficTls>)> {
        let mut tls = config.traffic.tls.clone();
        let issuer = match &mut tls {
            None => Self::Nobody,
            Some(tls) => match &tls.issuance {
                Issuance::Nobody => Self::Nobody,
                Issuance::Acme(settings) => Self::Acme(settings.clone(), Challenges::default()),
                Issuance::SelfSigned => {
                    let directory = config.data_dir.join("self-signed");
                    let authority = LocalAuthority::open(&directory, Arc::new(SystemClock))?;
                    let names = local_names(config);
                    let account = &config.account;
                    let arn = format!(
                        "arn:aws:acm:{}:{}:certificate/self-signed",
                        account.region, account.id
                    );
                    tls.certificates.insert(arn.clone(), authority.certificate(&names)?);
                    tls.default_certificate.get_or_insert(arn);
                    Self::SelfSigned(authority, names)
                }
            },
        };
        Ok((issuer, tls))
    }

    /// Which domain names get a certificate of their own.
    pub(crate) fn issuance(&self) -> gatewright_data_plane::Issuance {
        use gatewright_data_plane::Issuance as I;
        match self {
            Self::Nobody => I::Nothing,
            Self::Acme(settings, _) => I::Of(settings.certificate_arn.as_str().into()),
            Self::SelfSigned(..) => I::Unconfigured,
        }
    }

    /// What certificate authorities ask for.
    pub(crate) fn challenges(&self) -> Option<Challenges> {
        match self {
            Self::Acme(_, challenges) => Some(challenges.clone()),
            Self::Nobody | Self::SelfSigned(..) => None,
        }
    }

    /// The file that clients have to trust.
    pub(crate) fn trust_file(&self) -> Option<PathBuf> {
        match self {
            Self::SelfSigned(authority, _) => Some(authority.trust_file()),
            Self::Nobody | Self::Acme(..) => None,
        }
    }

    /// Begins.
    pub(crate) fn start(
        self,
        config: &Config,
        certificates: Option<&Certificates>,
        catalogue: Catalogue,
        metrics: &Metrics,
        shutdown: &Shutdown,
    ) -> anyhow::Result<IssuerThread> {
        let (Some(certificates), stop) = (certificates.cloned(), shutdown.watch()) else {
            return Ok(IssuerThread(None));
        };
        let wanted = move || catalogue.issued();
        Ok(IssuerThread(match self {
            Self::Nobody => None,
            Self::Acme(settings, challenges) => {
                let egress = egress(config, &settings, metrics)?;
                let serving = (certificates, challenges);
                let clock = Arc::new(SystemClock);
                let acme = Acme::open(settings, egress, serving, metrics.issuance(), clock)?;
                if let Some(wanted) = wanted() {
                    acme.serve(&wanted)?;
                }
                Some(thread(move || acme.run(wanted, stop))?)
            }
            Self::SelfSigned(authority, names) => {
                Some(thread(move || authority.run(certificates, names, wanted, stop))?)
            }
        }))
    }
}

/// The running thread, if there is one.
#[derive(Debug)]
pub(crate) struct IssuerThread(Option<JoinHandle<()>>);

impl IssuerThread {
    /// Waits until it has ended, which it does when the process shall stop.
    pub(crate) fn join(self) {
        if self.0.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that gets certificates panicked");
        }
    }
}

fn thread<F: Future<Output = ()>>(
    run: impl FnOnce() -> F + Send + 'static,
) -> anyhow::Result<JoinHandle<()>> {
    let runtime = || local_runtime().map(|runtime| runtime.block_on(async { run().await }));
    let work = move || {
        if let Err(error) = runtime() {
            tracing::error!(%error, "no certificates are got");
        }
    };
    let thread = std::thread::Builder::new().name("issuance".to_owned());
    thread.spawn(work).context("cannot start the thread that gets certificates")
}

/// The way to the authority: the operator named it, and may have said whom to trust for it.
fn egress(config: &Config, settings: &AcmeSettings, metrics: &Metrics) -> anyhow::Result<Egress> {
    let mut options = config.egress.clone();
    options.ca_files.extend(settings.ca_files.iter().cloned());
    // Those of `egress.ca_files` have been read before.
    let egress = Egress::new(&options, Loopback::Allowed, metrics.upstream());
    let egress = egress.map_err(|error| match error {
        EgressError::File { path, source, .. } => {
            anyhow::Error::new(source).context(format!("acme.ca_files: {}", path.display()))
        }
        error => anyhow::Error::new(error).context("acme.ca_files"),
    })?;
    Ok(egress.for_the_operator())
}

/// What a laptop's clients call it.
fn local_names(config: &Config) -> Vec<String> {
    let apis = format!("*.execute-api.{}.{}", config.account.region, config.base_domain);
    ["localhost", &apis, "127.0.0.1", "::1"].map(str::to_owned).to_vec()
}
