//! Configuration: file, then environment, then flags; unknown keys are errors.

mod keys;
mod merge;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use gatewright_ingress::{CertificateTable, PortCertificate, TruststoreTable};
use gatewright_issuance::AcmeSettings;
use gatewright_observe::LogFormat;
use gatewright_snapshot::Environment;
use gatewright_types::{Account, OperatorLimits, Region};
use serde::Deserialize;
use toml::{Table, Value};

use crate::command_line::{Flags, Role};

/// Everything the binary is told.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) account: Account,
    pub(crate) base_domain: String,
    pub(crate) public_url: PublicUrl,
    pub(crate) traffic: Traffic,
    pub(crate) truststores: TruststoreTable,
    pub(crate) management_listen: SocketAddr,
    pub(crate) management_certificate: Option<PortCertificate>,
    pub(crate) admin_listen: SocketAddr,
    pub(crate) feed_listen: SocketAddr,
    pub(crate) feed: gatewright_sync::Options,
    pub(crate) egress: gatewright_egress::Options,
    pub(crate) jwt: gatewright_authorizers::Options,
    pub(crate) limits: OperatorLimits,
    pub(crate) telemetry: gatewright_telemetry::Options,
    pub(crate) access_logs: gatewright_telemetry::AccessLogOptions,
    pub(crate) environment: Environment,
    pub(crate) secret_key_file: PathBuf,
    pub(crate) log: Log,
}

/// How clients reach the APIs from outside, where that differs from the listener.
#[derive(Clone, Debug)]
pub(crate) struct PublicUrl {
    pub(crate) scheme: Option<&'static str>,
    pub(crate) port: Option<u16>,
}

#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    pub(crate) listen: SocketAddr,
    pub(crate) tls: Option<TrafficTls>,
    pub(crate) threads: usize,
    pub(crate) limits: gatewright_ingress::Options,
}

/// TLS of traffic.
#[derive(Clone, Debug)]
pub(crate) struct TrafficTls {
    pub(crate) listen: SocketAddr,
    pub(crate) default_certificate: Option<String>,
    pub(crate) certificates: CertificateTable,
    pub(crate) issuance: Issuance,
}

/// Who makes certificates that are not configured.
#[derive(Clone, Debug)]
pub(crate) enum Issuance {
    Nobody,
    Acme(AcmeSettings),
    SelfSigned,
}

#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
}

impl Config {
    /// Reads and checks everything.
    pub(crate) fn load(
        (role, flags): (Role, &Flags),
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut table = match &flags.config {
            None => Table::new(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                text.parse().with_context(|| format!("{} is not TOML", path.display()))?
            }
        };
        merge::environment(&mut table, environment)?;
        merge::flags(&mut table, flags)?;
        Self::from_table(role, table)
    }

    fn from_table(role: Role, mut table: Table) -> anyhow::Result<Self> {
        let loopback = role == Role::Serve;
        let any = if loopback { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
        let listen = |port| SocketAddr::new(IpAddr::V4(any), port);
        let data_dir = PathBuf::from(
            take::<String>(&mut table, "data_dir")?
                .unwrap_or_else(|| "./gatewright-data".to_owned()),
        );
        let database_url = take::<String>(&mut table, "database_url")?
            .filter(|url| !url.is_empty())
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("gatewright.db").display()));

        let mut account = section(&mut table, "account")?;
        let mut data_plane = section(&mut table, "data_plane")?;
        let mut traffic = section(&mut table, "traffic")?;
        let mut management = section(&mut table, "management")?;
        let mut admin = section(&mut table, "admin")?;
        let mut feed = section(&mut table, "feed")?;
        let mut secrets = section(&mut table, "secrets")?;
        let mut log = section(&mut table, "log")?;
        let region = region(take::<String>(&mut account, "account.region")?)?;
        let certificates = section(&mut table, "certificates")?;
        let issuance = issuance(role, &mut traffic, section(&mut table, "acme")?, &data_dir)?;
        let tls = traffic_tls(&mut traffic, certificates, issuance)?;
        let config = Self {
            database_url,
            account: Account {
                id: take(&mut account, "account.id")?.unwrap_or_else(|| "000000000000".to_owned()),
                region: region.as_str().to_owned(),
            },
            base_domain: take(&mut data_plane, "data_plane.base_domain")?
                .unwrap_or_else(|| "localhost".to_owned()),
            public_url: PublicUrl {
                scheme: scheme(
                    take::<String>(&mut data_plane, "data_plane.public_scheme")?.as_deref(),
                )?,
                port: take::<u16>(&mut data_plane, "data_plane.public_port")?
                    .filter(|port| *port > 0),
            },
            traffic: Traffic {
                listen: take(&mut traffic, "traffic.listen")?.unwrap_or_else(|| listen(8080)),
                tls,
                threads: take::<usize>(&mut traffic, "traffic.threads")?
                    .and_then(NonZeroUsize::new)
                    .unwrap_or_else(cores)
                    .get(),
                limits: rest(traffic, "traffic")?,
            },
            truststores: truststores(section(&mut table, "truststores")?)?,
            management_listen: take(&mut management, "management.listen")?
                .unwrap_or_else(|| listen(8081)),
            management_certificate: management_certificate(&mut management)?,
            admin_listen: take(&mut admin, "admin.listen")?.unwrap_or_else(|| listen(9901)),
            feed_listen: take(&mut feed, "feed.listen")?.unwrap_or_else(|| listen(8082)),
            feed: rest(feed, "feed")?,
            egress: rest(section(&mut table, "egress")?, "egress")?,
            telemetry: rest(section(&mut table, "telemetry")?, "telemetry")?,
            access_logs: rest(section(&mut table, "access_logs")?, "access_logs")?,
            limits: rest(section(&mut table, "limits")?, "limits")?,
            jwt: rest(section(&mut table, "jwt")?, "jwt")?,
            environment: Environment {
                region,
                aws: rest(section(&mut table, "aws")?, "aws")?,
                lambda: rest(section(&mut table, "lambda")?, "lambda")?,
                private_integrations: rest(
                    section(&mut table, "private_integrations")?,
                    "private_integrations",
                )?,
            },
            secret_key_file: take::<PathBuf>(&mut secrets, "secrets.key_file")?
                .filter(|path| !path.as_os_str().is_empty())
                .unwrap_or_else(|| data_dir.join("secret.key")),
            log: Log {
                format: match take::<String>(&mut log, "log.format")?.as_deref() {
                    None | Some("text") => LogFormat::Text,
                    Some("json") => LogFormat::Json,
                    Some(other) => anyhow::bail!("log.format: '{other}' is neither text nor json"),
                },
                filter: take(&mut log, "log.filter")?.unwrap_or_else(|| "info".to_owned()),
            },
            data_dir,
        };
        config.feed.check()?;
        config.telemetry.check(&config.access_logs)?;
        config.limits.check().map_err(anyhow::Error::msg)?;
        config.traffic.limits.check().map_err(anyhow::Error::msg)?;
        let leftovers = [
            ("account.", account),
            ("data_plane.", data_plane),
            ("management.", management),
            ("admin.", admin),
            ("secrets.", secrets),
            ("log.", log),
            ("", table),
        ];
        for (prefix, table) in leftovers {
            if let Some(key) = table.keys().next() {
                anyhow::bail!("unknown key {prefix}{key}; docs/CONFIG.md lists all");
            }
        }
        Ok(config)
    }
}

/// Absent without `traffic.tls_listen`: the certificates are then another role's, or another's who ends
/// TLS in front.
fn traffic_tls(
    traffic: &mut Table,
    certificates: Table,
    issuance: Issuance,
) -> anyhow::Result<Option<TrafficTls>> {
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    let listen = take::<String>(traffic, "traffic.tls_listen")?.and_then(text);
    let default_certificate =
        take::<String>(traffic, "traffic.tls_default_certificate")?.and_then(text);
    let certificates = rest::<CertificateTable>(certificates, "certificates")?;
    if let Some(arn) = certificates.keys().find(|arn| !arn.starts_with("arn:")) {
        anyhow::bail!("certificates.\"{arn}\": that is no ARN");
    }
    if let Some(arn) = &default_certificate {
        let known = certificates.contains_key(arn);
        anyhow::ensure!(known, "traffic.tls_default_certificate: certificates has no \"{arn}\"");
    }
    let listen = listen.map(|text| text.parse().context("traffic.tls_listen is not valid"));
    let listen = match (listen.transpose()?, &issuance) {
        (None, Issuance::SelfSigned) => Some(SELF_SIGNED_LISTEN),
        (None, Issuance::Acme(_)) => {
            anyhow::bail!("acme.directory_url is set: traffic.tls_listen must be, too")
        }
        (listen, _) => listen,
    };
    if let Issuance::Acme(AcmeSettings { certificate_arn: arn, .. }) = &issuance
        && certificates.contains_key(arn)
    {
        anyhow::bail!("acme.certificate_arn: certificates has \"{arn}\" already");
    }
    Ok(listen.map(|listen| TrafficTls { listen, default_certificate, certificates, issuance }))
}

/// Where a laptop's clients come by TLS.
const SELF_SIGNED_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443);

/// Who makes certificates. A control plane serves no clients, and may have the data planes' file.
fn issuance(
    role: Role,
    traffic: &mut Table,
    acme: Table,
    data_dir: &Path,
) -> anyhow::Result<Issuance> {
    let self_signed = take::<bool>(traffic, "traffic.self_signed")?.unwrap_or_default();
    if self_signed && role != Role::Serve {
        anyhow::bail!(
            "traffic.self_signed is for serve: clients of a cluster need certificates that they trust"
        );
    }
    let store = (role == Role::Serve).then(|| data_dir.join("acme"));
    let options = rest::<gatewright_issuance::Options>(acme, "acme")?;
    if role == Role::ControlPlane {
        return Ok(Issuance::Nobody);
    }
    Ok(match (options.settings(store.as_deref())?, self_signed) {
        (Some(_), true) => anyhow::bail!("traffic.self_signed: not beside acme.directory_url"),
        (Some(settings), false) => Issuance::Acme(settings),
        (None, true) => Issuance::SelfSigned,
        (None, false) => Issuance::Nobody,
    })
}

/// Of all roles: who serves traffic asks them, who serves the management API tells what is wrong with them.
fn truststores(table: Table) -> anyhow::Result<TruststoreTable> {
    let truststores = rest::<TruststoreTable>(table, "truststores")?;
    if let Some(uri) = truststores.keys().find(|uri| !uri.starts_with("s3://")) {
        anyhow::bail!("truststores.\"{uri}\": that is no s3://<bucket>/<key>");
    }
    Ok(truststores)
}

fn management_certificate(management: &mut Table) -> anyhow::Result<Option<PortCertificate>> {
    let some = |path: &PathBuf| !path.as_os_str().is_empty();
    let cert_file = take::<PathBuf>(management, "management.cert_file")?.filter(some);
    let key_file = take::<PathBuf>(management, "management.key_file")?.filter(some);
    Ok(PortCertificate::of("management", cert_file.as_deref(), key_file.as_deref())?)
}

fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

fn region(text: Option<String>) -> anyhow::Result<Region> {
    let Some(text) = text else {
        return Ok(Region::default());
    };
    Region::parse(&text).with_context(|| format!("account.region: '{text}' is not a region's name"))
}

fn scheme(text: Option<&str>) -> anyhow::Result<Option<&'static str>> {
    match text {
        None | Some("") => Ok(None),
        Some("http") => Ok(Some("http")),
        Some("https") => Ok(Some("https")),
        Some(other) => {
            anyhow::bail!("data_plane.public_scheme: '{other}' is neither http nor https")
        }
    }
}

fn section(table: &mut Table, name: &str) -> anyhow::Result<Table> {
    match table.remove(name) {
        None => Ok(Table::new()),
        Some(Value::Table(section)) => Ok(section),
        Some(_) => anyhow::bail!("{name} must be a table: [{name}]"),
    }
}

/// Takes a key, given with its section's name, out of its section.
fn take<T: for<'de> Deserialize<'de>>(table: &mut Table, key: &str) -> anyhow::Result<Option<T>> {
    let name = key.rsplit('.').next().unwrap_or(key);
    let value = table.remove(name).map(Value::try_into).transpose();
    value.with_context(|| format!("{key} is not valid"))
}

fn rest<T: for<'de> Deserialize<'de>>(table: Table, name: &str) -> anyhow::Result<T> {
    Value::Table(table).try_into().with_context(|| format!("[{name}] is not valid"))
}

#[cfg(test)]
mod tests;
