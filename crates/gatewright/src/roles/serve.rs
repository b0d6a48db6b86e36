//! `gatewright serve`: both planes in one process.

use std::path::Path;

use gatewright_control_plane::{AdministratorKey, ApiEndpoint};
use gatewright_egress::{Egress, Loopback};
use gatewright_ingress::Truststores;
use gatewright_observe::Metrics;
use gatewright_store::Store;
use gatewright_sync::{Applier, FeedStatus, follow_in_process};

use super::{ControlListeners, create_data_dir, execute_api_domain, last_good, management};
use crate::admin::Admin;
use crate::command_line::say;
use crate::config::{Config, Traffic, TrafficTls};
use crate::issuance::Issuer;
use crate::listen_file::{ListenFile, Listening};
use crate::port::Port;
use crate::shutdown::Shutdown;
use crate::traffic::{TrafficListeners, TrafficThreads, local_runtime};

/// Runs until told to stop.
pub(crate) fn serve(config: &Config) -> anyhow::Result<()> {
    create_data_dir(&config.data_dir)?;
    let truststores = Truststores::load(&config.truststores)?;
    let (issuer, tls) = Issuer::open(config)?;
    let traffic_config = Traffic { tls, ..config.traffic.clone() };
    let metrics = Metrics::new();
    let traffic = TrafficListeners::bind(&traffic_config, &truststores, &metrics)?;
    let certificates = traffic.certificates().cloned();
    let management_port = Port::bind("management", config.management_listen)?
        .secured(config.management_certificate.as_ref(), &metrics)?;
    let admin = Port::bind("admin", config.admin_listen)?;
    let listen = ListenFile {
        traffic: Some(Listening::plain(traffic.address()?)),
        traffic_tls: traffic.tls_address()?.map(Listening::tls),
        management: Some(management_port.listening()?),
        admin: Some(admin.listening()?),
        feed: None,
    };
    let endpoint = api_endpoint(config, &traffic_config, &traffic)?;
    let trust_file = issuer.trust_file();

    let egress = Egress::new(&config.egress, Loopback::Allowed, metrics.upstream())?;
    let profiles = super::profiles(config)?;
    let certificates = certificates.as_ref();
    let (data_plane, telemetry) =
        super::traffic(config, (certificates, &truststores, &issuer), egress, &profiles, &metrics)?;
    let status = FeedStatus::new(metrics.catalogue());
    let shutdown = Shutdown::new();

    local_runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        store.migrate().await?;
        let (plane, key) = management(config, &store, endpoint, &truststores).await?;
        let feed = plane.feed();
        let opened = last_good(config)?;
        let applier = Applier::start(data_plane.catalogue(), opened, status.clone());

        let catalogue = data_plane.catalogue();
        let issuer = issuer.start(config, certificates, catalogue, &metrics, &shutdown)?;
        let threads =
            TrafficThreads::start(traffic, &data_plane, &metrics, &config.traffic, &shutdown)?;
        let mut listeners = ControlListeners::new(&shutdown);
        listeners.follow(certificates, &truststores);
        listeners.serve(management_port, plane);
        listeners.serve(admin, Admin::new(metrics, Some(status)));
        listen.write(&config.data_dir)?;
        greet(&config.data_dir, &listen, key);
        if let Some(path) = trust_file {
            tracing::info!(ca_file = %path.display(), "certificates are of our own making");
            greet_by_tls(&listen, &path);
        }

        let follow = follow_in_process(&feed, applier, shutdown.watch());
        let reread = profiles.follow(shutdown.watch());
        let ((), (), stopped) = tokio::join!(follow, reread, shutdown.wait());
        stopped?;
        listeners.join().await;
        // Traffic threads drain on their own; nothing else runs here any more.
        threads.join();
        issuer.join();
        drop(data_plane);
        telemetry.stop();
        store.close().await;
        Ok(())
    })
}

/// By TLS where its listener has a certificate for APIs' own hosts.
fn api_endpoint(
    config: &Config,
    served: &Traffic,
    traffic: &TrafficListeners,
) -> anyhow::Result<ApiEndpoint> {
    let has_default = |tls: &TrafficTls| tls.default_certificate.is_some();
    let secured = served.tls.as_ref().is_some_and(has_default);
    let scheme = config.public_url.scheme.unwrap_or(if secured { "https" } else { "http" });
    let address = match (scheme, traffic.tls_address()?) {
        ("https", Some(address)) => address,
        _ => traffic.address()?,
    };
    let port = Some(config.public_url.port.unwrap_or_else(|| address.port()));
    Ok(ApiEndpoint { scheme, domain: execute_api_domain(config), port })
}

/// What a newcomer does next.
fn greet(data_dir: &Path, listen: &ListenFile, key: AdministratorKey) {
    let url = |listening: Option<Listening>| {
        listening.map(|listening| listening.to_string()).unwrap_or_default()
    };
    let credentials = data_dir.join("credentials");
    let made = match key {
        AdministratorKey::Created => "made just now",
        AdministratorKey::Existed => "from an earlier start",
    };
    // Who signed a certificate of the operator's own is not known to the AWS CLI.
    let trust = match listen.management {
        Some(Listening { scheme: "https", .. }) => {
            "  export AWS_CA_BUNDLE=<who issued management.cert_file, in PEM>\n"
        }
        _ => "",
    };
    say(&format!(
        "Gatewright serves APIs on {traffic}, the management API on {management}.
The administrator's key is in {credentials} ({made}). In another terminal:

  export AWS_SHARED_CREDENTIALS_FILE={credentials} AWS_DEFAULT_REGION=us-east-1
  export AWS_ENDPOINT_URL_APIGATEWAYV2={management}
{trust}  aws apigatewayv2 create-api --name hello --protocol-type HTTP --target http://127.0.0.1:9901/livez
  curl {traffic}/_aws/execute-api/<ApiId>/%24default/
",
        traffic = url(listen.traffic),
        management = url(listen.management),
        credentials = credentials.display(),
    ));
}

/// What a newcomer does next by TLS.
fn greet_by_tls(listen: &ListenFile, trust_file: &Path) {
    let url = listen.traffic_tls.map(|listening| listening.to_string()).unwrap_or_default();
    say(&format!(
        "  curl --cacert {} {url}/_aws/execute-api/<ApiId>/%24default/\n",
        trust_file.display(),
    ));
}
