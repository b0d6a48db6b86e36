//! `gatewright data-plane`: traffic, following a control plane's feed.

use gatewright_egress::{Egress, Loopback};
use gatewright_ingress::Truststores;
use gatewright_observe::Metrics;
use gatewright_sync::{Applier, FeedClient, FeedStatus};

use super::{ControlListeners, create_data_dir, last_good};
use crate::admin::Admin;
use crate::config::{Config, Traffic};
use crate::issuance::Issuer;
use crate::listen_file::{ListenFile, Listening};
use crate::port::Port;
use crate::shutdown::Shutdown;
use crate::traffic::{TrafficListeners, TrafficThreads, local_runtime};

/// Runs until told to stop; starts from disk when no control plane answers.
pub(crate) fn data_plane(config: &Config) -> anyhow::Result<()> {
    create_data_dir(&config.data_dir)?;
    let truststores = Truststores::load(&config.truststores)?;
    let (issuer, tls) = Issuer::open(config)?;
    let traffic_config = Traffic { tls, ..config.traffic.clone() };
    let metrics = Metrics::new();
    let traffic = TrafficListeners::bind(&traffic_config, &truststores, &metrics)?;
    let certificates = traffic.certificates().cloned();
    let admin = Port::bind("admin", config.admin_listen)?;
    let listen = ListenFile {
        traffic: Some(Listening::plain(traffic.address()?)),
        traffic_tls: traffic.tls_address()?.map(Listening::tls),
        management: None,
        admin: Some(admin.listening()?),
        feed: None,
    };
    let egress = Egress::new(&config.egress, Loopback::Denied, metrics.upstream())?;
    let feed_egress = egress.clone();
    let profiles = super::profiles(config)?;
    let certificates = certificates.as_ref();
    let (data_plane, telemetry) =
        super::traffic(config, (certificates, &truststores, &issuer), egress, &profiles, &metrics)?;
    let status = FeedStatus::new(metrics.catalogue());
    let shutdown = Shutdown::new();

    local_runtime()?.block_on(async {
        let feed = FeedClient::new(&config.feed, &feed_egress)?;
        let opened = last_good(config)?;
        let applier = Applier::start(data_plane.catalogue(), opened, status.clone());
        let catalogue = data_plane.catalogue();
        let issuer = issuer.start(config, certificates, catalogue, &metrics, &shutdown)?;
        let threads =
            TrafficThreads::start(traffic, &data_plane, &metrics, &config.traffic, &shutdown)?;
        let mut listeners = ControlListeners::new(&shutdown);
        listeners.follow(certificates, &truststores);
        listeners.serve(admin, Admin::new(metrics, Some(status)));
        listen.write(&config.data_dir)?;
        let follow = feed.run(applier, shutdown.watch());
        let reread = profiles.follow(shutdown.watch());
        let ((), (), stopped) = tokio::join!(follow, reread, shutdown.wait());
        stopped?;
        listeners.join().await;
        threads.join();
        issuer.join();
        drop(data_plane);
        telemetry.stop();
        Ok(())
    })
}
