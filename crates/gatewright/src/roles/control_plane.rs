//! `gatewright control-plane`: the management API and the feed, on a database of their own.

use anyhow::Context;
use gatewright_control_plane::ApiEndpoint;
use gatewright_ingress::Truststores;
use gatewright_observe::Metrics;
use gatewright_store::Store;
use gatewright_sync::FeedServer;

use super::{ControlListeners, create_data_dir, execute_api_domain, management};
use crate::admin::Admin;
use crate::config::Config;
use crate::listen_file::ListenFile;
use crate::port::Port;
use crate::shutdown::Shutdown;
use crate::traffic::local_runtime;

/// Runs until told to stop.
pub(crate) fn control_plane(config: &Config) -> anyhow::Result<()> {
    create_data_dir(&config.data_dir)?;
    let truststores = Truststores::load(&config.truststores)?;
    let feed_port = config.feed.port()?;
    if let Some(token_file) = feed_port.token_file() {
        std::fs::metadata(token_file)
            .with_context(|| format!("feed.token_file: cannot read {}", token_file.display()))?;
    }
    if feed_port.certificate().is_none() {
        tracing::warn!("the feed is not encrypted: it has no feed.cert_file");
    }
    let metrics = Metrics::new();
    let management_port = Port::bind("management", config.management_listen)?
        .secured(config.management_certificate.as_ref(), &metrics)?;
    let admin = Port::bind("admin", config.admin_listen)?;
    let feed =
        Port::bind("feed", config.feed_listen)?.secured(feed_port.certificate(), &metrics)?;
    let listen = ListenFile {
        traffic: None,
        traffic_tls: None,
        management: Some(management_port.listening()?),
        admin: Some(admin.listening()?),
        feed: Some(feed.listening()?),
    };
    let endpoint = ApiEndpoint {
        scheme: config.public_url.scheme.unwrap_or("https"),
        domain: execute_api_domain(config),
        port: config.public_url.port,
    };
    let shutdown = Shutdown::new();
    local_runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        // Replicas of two versions may run side by side: only `migrate` changes the schema.
        store.check_schema().await?;
        let (plane, _) = management(config, &store, endpoint, &truststores).await?;
        let source = plane.feed();
        let mut listeners = ControlListeners::new(&shutdown);
        listeners.follow(None, &truststores);
        listeners.serve(management_port, plane);
        listeners.serve(admin, Admin::new(metrics, None));
        listeners.serve(feed, FeedServer::new(source, &feed_port, shutdown.watch()));
        listen.write(&config.data_dir)?;
        shutdown.wait().await?;
        listeners.join().await;
        store.close().await;
        Ok(())
    })
}
