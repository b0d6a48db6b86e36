//! A throwaway Postgres: one server for the test process, one database for each test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

struct Server {
    port: u16,
    bin: PathBuf,
    /// Holds the pipe whose end stops the server, also when this process is killed.
    _supervisor: Child,
}

/// The URL of a new, empty database.
pub(super) fn database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(start);
    let name = format!("conformance_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let created = as_postgres(&server.bin.join("createdb"))
        .args(["-h", "127.0.0.1", "-U", "postgres", "-p"])
        .args([&server.port.to_string(), &name])
        .status()
        .expect("createdb runs");
    assert!(created.success(), "createdb {name} failed");
    format!("postgres://postgres@127.0.0.1:{}/{name}", server.port)
}

fn start() -> Server {
    let bin = newest_bin();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let script = format!(
        "set -e; data=$(mktemp -d); trap 'rm -rf \"$data\"' EXIT; chmod 700 \"$data\"
         {bin}/initdb -A trust -N -U postgres -D \"$data\" >/dev/null
         {bin}/postgres -D \"$data\" -p {port} -h 127.0.0.1 -k '' -c fsync=off \
             -c max_connections=200 >/dev/null 2>&1 &
         until {bin}/pg_isready -q -h 127.0.0.1 -p {port}; do kill -0 $!; done
         echo ready; read ended || true; kill -INT $!; wait $! || true",
        bin = bin.display(),
    );
    let mut supervisor = as_postgres(Path::new("sh"))
        .args(["-c", &script])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let mut line = String::new();
    let output = supervisor.stdout.take().expect("piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("readable");
    assert_eq!(line, "ready\n", "Postgres did not start");
    Server { port, bin, _supervisor: supervisor }
}

/// Postgres refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn newest_bin() -> PathBuf {
    let mut found = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect::<Vec<_>>();
    found.sort();
    found.pop().expect("these tests need a Postgres server: apt-get install postgresql")
}
