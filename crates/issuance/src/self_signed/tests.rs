use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicI64, Ordering};

use gatewright_types::Timestamp;

use super::*;

#[derive(Debug)]
struct At(AtomicI64);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.load(Ordering::Relaxed))
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn the_same_until_it_is_old_or_for_other_names() {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = Arc::new(At(AtomicI64::new(1_700_000_000)));
    let open = || LocalAuthority::open(directory.path(), clock.clone()).expect("an authority");
    let local = names(&["localhost", "*.execute-api.us-east-1.localhost", "127.0.0.1", "::1"]);
    let made = |authority: &LocalAuthority, names: &[String]| {
        let files = authority.certificate(names).expect("made");
        let mode = std::fs::metadata(&files.key_file).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::read_to_string(files.cert_file).expect("readable")
    };
    let first = made(&open(), &local);
    let trusted = std::fs::read_to_string(open().trust_file()).expect("there");
    assert!(!trusted.contains("PRIVATE"), "{trusted}");
    assert_eq!(made(&open(), &local), first);

    let other = made(&open(), &local[..2]);
    assert_ne!(other, first);
    clock.0.fetch_add(200 * DAY, Ordering::Relaxed);
    assert_eq!(made(&open(), &local[..2]), other);
    clock.0.fetch_add(100 * DAY, Ordering::Relaxed);
    let renewed = made(&open(), &local[..2]);
    assert_ne!(renewed, other);
    assert_eq!(std::fs::read_to_string(open().trust_file()).expect("there"), trusted);

    // Of another authority.
    std::fs::remove_file(directory.path().join("authority.pem")).expect("removed");
    assert_ne!(made(&open(), &local[..2]), renewed);
    assert_ne!(std::fs::read_to_string(open().trust_file()).expect("there"), trusted);
}

#[test]
fn a_broken_authority_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("authority.pem"), "nothing").expect("written");
    let clock = Arc::new(At(AtomicI64::new(0)));
    let error = LocalAuthority::open(directory.path(), clock).expect_err("no authority");
    assert!(error.to_string().contains("authority.pem holds no certificate"), "{error}");
}
