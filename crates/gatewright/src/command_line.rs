//! The command line.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A self-hosted Amazon API Gateway V2: the management API that AWS SDKs, the AWS CLI and
/// Terraform speak, and the gateway that serves what they publish.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process: for a laptop, CI, or one server
    ///
    /// Serves traffic on 127.0.0.1:8080, the management API on 127.0.0.1:8081, health and metrics
    /// on 127.0.0.1:9901, with SQLite in the data directory. On the first start it writes an
    /// administrator's key to <data-dir>/credentials.
    Serve(Flags),
    /// Run the management API and the feed for data planes, on Postgres
    ControlPlane(Flags),
    /// Serve traffic, following a control plane's feed
    DataPlane(Flags),
    /// Bring the database's schema up to date
    Migrate(Flags),
    /// Check the configuration and exit
    Check(Flags),
    /// Make, list and disable access keys, each with an IAM policy
    #[command(subcommand)]
    Keys(KeysCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make an access key and print it in the AWS shared-credentials format
    Create {
        /// Whose key it is: the name in ARNs and the audit log
        #[arg(long, value_name = "NAME")]
        user: String,
        /// File with an IAM policy document: what the key may do
        #[arg(long, value_name = "FILE", required_unless_present = "administrator")]
        policy: Option<PathBuf>,
        /// The key may do everything
        #[arg(long, conflicts_with = "policy")]
        administrator: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// List access keys
    List {
        #[command(flatten)]
        flags: Flags,
    },
    /// Make another key for a key's user, with its policy; the old one works on
    Rotate {
        /// The key to replace
        access_key_id: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Refuse a key from now on
    Disable {
        /// The key
        access_key_id: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Take a disabled key again
    Enable {
        /// The key
        access_key_id: String,
        #[command(flatten)]
        flags: Flags,
    },
}

impl KeysCommand {
    fn flags(&self) -> &Flags {
        match self {
            Self::Create { flags, .. }
            | Self::List { flags }
            | Self::Rotate { flags, .. }
            | Self::Disable { flags, .. }
            | Self::Enable { flags, .. } => flags,
        }
    }
}

/// Flags outweigh the environment (GATEWRIGHT_…), which outweighs the file. docs/CONFIG.md lists
/// every key.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Flags {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE", env = "GATEWRIGHT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Where everything that must survive is kept [default: ./gatewright-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,
    /// sqlite:<path> or postgres://… [default: SQLite in the data directory]
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Where clients call the APIs [default: 127.0.0.1:8080, data-plane: 0.0.0.0:8080]
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) traffic_listen: Option<String>,
    /// Where clients call the APIs by TLS [default: nowhere]
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) traffic_tls_listen: Option<String>,
    /// Make certificates for TLS on this machine, under an authority that clients can trust; serve only
    #[arg(long)]
    pub(crate) traffic_self_signed: bool,
    /// Where the management API answers [default: 127.0.0.1:8081, control-plane: 0.0.0.0:8081]
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) management_listen: Option<String>,
    /// Where /livez, /readyz and /metrics answer [default: 127.0.0.1:9901, others: 0.0.0.0:9901]
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) admin_listen: Option<String>,
    /// Where data planes get the feed; control-plane only [default: 0.0.0.0:8082]
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) feed_listen: Option<String>,
}

impl Command {
    pub(crate) fn flags(&self) -> (Role, &Flags) {
        match self {
            Self::Serve(flags) | Self::Check(flags) | Self::Migrate(flags) => (Role::Serve, flags),
            Self::Keys(command) => (Role::Serve, command.flags()),
            Self::ControlPlane(flags) => (Role::ControlPlane, flags),
            Self::DataPlane(flags) => (Role::DataPlane, flags),
        }
    }
}

/// What decides some defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Serve,
    ControlPlane,
    DataPlane,
}

impl Flags {
    /// Configuration keys that were given as flags.
    pub(crate) fn keys(&self) -> [(&'static str, Option<&String>); 7] {
        [
            ("data_dir", self.data_dir.as_ref()),
            ("database_url", self.database_url.as_ref()),
            ("traffic.listen", self.traffic_listen.as_ref()),
            ("traffic.tls_listen", self.traffic_tls_listen.as_ref()),
            ("management.listen", self.management_listen.as_ref()),
            ("admin.listen", self.admin_listen.as_ref()),
            ("feed.listen", self.feed_listen.as_ref()),
        ]
    }
}

/// A line for the person at the terminal. Where nobody reads it, nothing is lost.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The last words of a process that could not do what it was asked.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
