//! `gatewright control-plane`: the management API and the feed, on a database of their own.

use anyhow::Context;
use gatewright_control_plane::ApiEndpoint;
use gatewright_ingress::Truststores;
use gatewright_observe::Metrics;
use gatewright_store::Store;
use gatewright_sync::FeedServer;

use super::{ControlListeners, bind, create_data_dir, execute_api_domain, management};
use crate::admin::Admin;
use crate::config::Config;
use crate::listen_file::ListenFile;
use crate::shutdown::Shutdown;
use crate::traffic::local_runtime;

/// Runs until told to stop.
pub(crate) fn control_plane(config: &Config) -> anyhow::Result<()> {
    create_data_dir(&config.data_dir)?;
    let token_file = config.feed.token_file.clone().filter(|path| !path.as_os_str().is_empty());
    let token_file = token_file
        .context("feed.token_file must be set: whoever knows no line of it gets no feed")?;
    std::fs::metadata(&token_file)
        .with_context(|| format!("feed.token_file: cannot read {}", token_file.display()))?;
    let truststores = Truststores::load(&config.truststores)?;
    let management_listener = bind("management", config.management_listen)?;
    let admin = bind("admin", config.admin_listen)?;
    let feed = bind("feed", config.feed_listen)?;
    let listen = ListenFile {
        traffic: None,
        traffic_tls: None,
        management: Some(management_listener.address()?),
        admin: Some(admin.address()?),
        feed: Some(feed.address()?),
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
        listeners.serve("management", management_listener, plane);
        listeners.serve("admin", admin, Admin::new(Metrics::new(), None));
        let server = FeedServer::new(source, token_file, shutdown.watch());
        listeners.serve("feed", feed, server);
        listen.write(&config.data_dir)?;
        shutdown.wait().await?;
        listeners.join().await;
        store.close().await;
        Ok(())
    })
}
