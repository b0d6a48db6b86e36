use std::fmt::Write;

use super::*;

fn load(file: &str, environment: &[(&str, &str)], flags: &Flags) -> anyhow::Result<Config> {
    let mut table = file.parse::<Table>()?;
    let variables =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    merge::environment(&mut table, variables)?;
    merge::flags(&mut table, flags)?;
    Config::from_table(Role::Serve, table)
}

#[test]
fn flags_outweigh_the_environment_which_outweighs_the_file() {
    let file = "[traffic]\nlisten = \"127.0.0.1:1\"\nidle_timeout_ms = 7\n[account]\nid = \"1\"\n[admin]\nlisten = \"127.0.0.1:1\"";
    let environment = [
        ("GATEWRIGHT_TRAFFIC_LISTEN", "127.0.0.1:2"),
        ("GATEWRIGHT_ADMIN_LISTEN", "127.0.0.1:2"),
        ("GATEWRIGHT_TRAFFIC_THREADS", "3"),
        ("GATEWRIGHT_EGRESS_DENY", "10.0.0.0/8, 127.0.0.0/8"),
        ("GATEWRIGHT_SERVICE_HOST", "10.0.0.1"),
        ("HOME", "/root"),
    ];
    let flags = Flags { traffic_listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };
    let config = load(file, &environment, &flags).expect("valid");
    assert_eq!(config.traffic.listen.port(), 3);
    assert_eq!(config.admin_listen.port(), 2);
    assert_eq!((config.account.id.as_str(), config.traffic.threads), ("1", 3));
    assert_eq!((config.traffic.limits.idle_timeout_ms, config.egress.deny.len()), (7, 2));
    assert_eq!(config.database_url, "sqlite:./gatewright-data/gatewright.db");
}

#[test]
fn mistakes_are_named() {
    let check = |file: &str, environment: &[(&str, &str)], expected: &str| {
        let error = load(file, environment, &Flags::default()).expect_err(file);
        assert!(format!("{error:#}").contains(expected), "{error:#}");
    };
    check("nope = 1", &[], "unknown key nope");
    check("[account]\nname = \"x\"", &[], "unknown key account.name");
    check("[traffic]\nnope = 1", &[], "[traffic] is not valid: unknown field `nope`");
    check("traffic = 1", &[], "traffic must be a table");
    check("[admin]\nlisten = \"here\"", &[], "admin.listen is not valid");
    check("[private_integrations]\n\"arn:x\" = \"orders\"", &[], "is not http(s)://host:port");
    check("[account]\nregion = \"a/b\"", &[], "account.region: 'a/b' is not a region's name");
    check("[aws]\nnope = 1", &[], "[aws] is not valid: unknown field `nope`");
    check("[aws.services.s3]\nendpoint = \"http://s3\"", &[], "unknown variant `s3`");
    check(
        "aws.services.sqs = 1",
        &[("GATEWRIGHT_AWS_SERVICES_SQS_ENDPOINT", "x")],
        "must be a table",
    );
    let sqs = ("GATEWRIGHT_AWS_SERVICES_SQS_ENDPOINT", "sqs:9324");
    check("", &[sqs], "aws.services.sqs.endpoint: \"sqs:9324\" is not http(s)://host:port");
    let role = "[aws.roles]\n\"arn:aws:iam::0:role/r\" = \"r\"";
    check(role, &[], "aws.roles.\"arn:aws:iam::0:role/r\": there is no aws.credentials_file");
    check("", &[("GATEWRIGHT_PRIVATE_INTEGRATIONS", "x")], "unknown environment variable");
    check("[egress]\ndeny = [\"x\"]", &[], "[egress] is not valid");
    check("[traffic]\ntrusted_proxies = [\"10.0.0.1\"]", &[], "[traffic] is not valid");
    check("[traffic]\nforwarded_header = \"x-real-ip\"", &[], "unknown variant `x-real-ip`");
    check(
        "[traffic]\nproxy_protocol = true",
        &[],
        "traffic.proxy_protocol: traffic.trusted_proxies",
    );
    let half = "[management]\ncert_file = \"/x\"";
    check(half, &[], "management.key_file must be set beside management.cert_file");
    check("[feed]\nkey_file = \"/x\"", &[], "feed.cert_file must be set beside feed.key_file");
    let acme = "[acme]\ndirectory_url = \"https://ca.example/dir\"\ncertificate_arn = \"arn:a\"\nterms_of_service_agreed = true\n";
    check(acme, &[], "acme.directory_url is set: traffic.tls_listen must be, too");
    let tls = ("GATEWRIGHT_TRAFFIC_TLS_LISTEN", "127.0.0.1:1");
    let certificate = "[certificates.\"arn:a\"]\ncert_file = \"c\"\nkey_file = \"k\"\n";
    check(&format!("{acme}{certificate}"), &[tls], "certificates has \"arn:a\" already");
    let self_signed = ("GATEWRIGHT_TRAFFIC_SELF_SIGNED", "true");
    check(acme, &[self_signed], "traffic.self_signed: not beside acme.directory_url");
    check("[acme]\nchallenge = \"dns-01\"", &[], "unknown variant `dns-01`");
    check("[log]\nformat = \"xml\"", &[], "log.format: 'xml'");
    check("", &[("GATEWRIGHT_NOPE", "1")], "unknown environment variable GATEWRIGHT_NOPE");
    check("", &[("GATEWRIGHT_TRAFFIC_THREADS", "x")], "GATEWRIGHT_TRAFFIC_THREADS: 'x'");
}

#[test]
fn who_makes_certificates_depends_on_the_role() {
    let config = |role, file: &str| Config::from_table(role, file.parse().expect("TOML"));
    let flags = Flags { traffic_self_signed: true, ..Flags::default() };
    let tls = load("", &[], &flags).expect("valid").traffic.tls.expect("by TLS");
    assert!(matches!(tls.issuance, Issuance::SelfSigned));
    assert_eq!(tls.listen, SELF_SIGNED_LISTEN);
    for role in [Role::ControlPlane, Role::DataPlane] {
        let error = config(role, "[traffic]\nself_signed = true").expect_err("refused");
        assert!(error.to_string().contains("traffic.self_signed is for serve"), "{error}");
    }
    let file = "[traffic]\ntls_listen = \"127.0.0.1:1\"\n[acme]\ndirectory_url = \"https://ca.example/dir\"\ncertificate_arn = \"arn:a\"\nterms_of_service_agreed = true\n";
    let issuance = |role, file: &str| {
        config(role, file).map(|config| config.traffic.tls.expect("by TLS").issuance)
    };
    let store = |issuance| match issuance {
        Issuance::Acme(settings) => settings.store,
        other => panic!("{other:?}"),
    };
    let own = store(issuance(Role::Serve, file).expect("valid"));
    assert_eq!(own, PathBuf::from("./gatewright-data/acme"));
    let error = issuance(Role::DataPlane, file).expect_err("refused");
    assert!(error.to_string().contains("acme.store must be a directory"), "{error}");
    let shared = format!("{file}store = \"/shared\"");
    assert_eq!(store(issuance(Role::DataPlane, &shared).expect("valid")), PathBuf::from("/shared"));
    // Its clients are others'.
    let control = issuance(Role::ControlPlane, file).expect("valid");
    assert!(matches!(control, Issuance::Nobody));
}

/// Every key of the list is one that is read: a default of the wrong name or type fails here.
#[test]
fn every_listed_key_is_known() {
    for key in keys::all() {
        let text = match key.default {
            "(none)" => "1".to_owned(),
            default => default.replace(['"', '[', ']'], ""),
        };
        let mut table = Table::new();
        match (keys::variable(key), key.table()) {
            (Some(variable), None) => {
                let environment = [(variable, text)];
                merge::environment(&mut table, environment.into_iter()).expect(key.key);
            }
            (None, Some(name)) => {
                // `a.b` is a table in a table.
                let empty = name.rsplit('.').fold(Table::new(), |inner, name| {
                    Table::from_iter([(name.to_owned(), Value::Table(inner))])
                });
                table.extend(empty);
            }
            unclear => panic!("{}: {unclear:?}", key.key),
        }
        Config::from_table(Role::Serve, table)
            .unwrap_or_else(|error| panic!("{}: {error:#}", key.key));
    }
}

/// Entries of a table have names of the operator's own.
#[test]
fn tables_are_read_from_the_file() {
    let arn = "arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1";
    let file = format!("[private_integrations]\n\"{arn}\" = \"http://orders:8080\"");
    let config = load(&file, &[], &Flags::default()).expect("valid");
    let uri = config.environment.private_integrations.find(arn).expect("there");
    assert_eq!(uri.authority(), "orders:8080");
}

#[test]
fn the_sample_files_are_valid() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config");
    let mut seen = 0;
    for entry in std::fs::read_dir(directory).expect("config/") {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("readable");
        load(&text, &[], &Flags::default()).unwrap_or_else(|error| panic!("{path:?}: {error:#}"));
        seen += 1;
    }
    assert!(seen >= 3, "one sample for each role");
}

#[test]
fn the_reference_lists_every_key() {
    let mut text = String::from(
        "# Configuration\n\nA TOML file (`--config`), then the environment, then flags; the later outweighs the earlier, and an\nunknown key is an error. Sample files: [config/](../config). This page is generated from each crate's\n`options.rs` by a test (`UPDATE_EXPECT=1 cargo test -p gatewright`).\n\n| key | environment | default | meaning |\n| --- | --- | --- | --- |\n",
    );
    for key in keys::all() {
        writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            key.key,
            keys::variable(key).map_or_else(|| "file only".to_owned(), |name| format!("`{name}`")),
            if key.table().is_some() {
                key.default.to_owned()
            } else {
                format!("`{}`", key.default)
            },
            key.meaning
        )
        .expect("written");
    }
    expect_test::expect_file!["../../../../docs/CONFIG.md"].assert_eq(&text);
}
