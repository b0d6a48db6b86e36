use gatewright_observe::Metrics;
use gatewright_types::limits;
use tempfile::TempDir;

use super::*;

const ARN: &str = "arn:aws:acm:us-east-1:000000000000:certificate/a";
const FIRST: (&str, &str) =
    (include_str!("../../testdata/first.pem"), include_str!("../../testdata/first-key.pem"));
const SECOND: (&str, &str) =
    (include_str!("../../testdata/second.pem"), include_str!("../../testdata/second-key.pem"));

/// A certificate's files.
struct Files {
    directory: TempDir,
    table: CertificateTable,
}

impl Files {
    fn of((certificate, key): (&str, &str)) -> Self {
        let directory = TempDir::new().expect("a directory");
        let path = |name| directory.path().join(name);
        let (cert_file, key_file) = (path("cert"), path("key"));
        let files = CertificateFiles { cert_file, key_file, ocsp_file: None };
        let files = Self { table: BTreeMap::from([(ARN.to_owned(), files)]), directory };
        files.write("cert", certificate);
        files.write("key", key);
        files
    }

    /// By a file of its own: times of two writes may be the same, inodes of two files are not.
    fn write(&self, name: &str, text: &str) {
        let (new, path) = (self.directory.path().join("new"), self.directory.path().join(name));
        std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path)).expect("written");
    }

    fn load(&self) -> Result<Certificates, CertificateError> {
        Certificates::load(&self.table, None, &Options::default(), Metrics::new().certificates())
    }
}

fn served(certificates: &Certificates) -> Arc<ServerConfig> {
    certificates.config(Some(ARN)).expect("there")
}

#[test]
fn a_pair_is_read_again_when_it_changes_and_only_then() {
    let files = Files::of(FIRST);
    let certificates = files.load().expect("usable");
    let first = served(&certificates);
    certificates.refresh();
    assert!(Arc::ptr_eq(&first, &served(&certificates)));
    files.write("cert", SECOND.0);
    files.write("key", SECOND.1);
    certificates.refresh();
    assert!(!Arc::ptr_eq(&first, &served(&certificates)));
}

#[test]
fn a_pair_that_cannot_be_used_leaves_the_old_one() {
    let files = Files::of(FIRST);
    let certificates = files.load().expect("usable");
    let first = served(&certificates);
    // The first half of a change, for as long as it takes.
    files.write("cert", SECOND.0);
    for _ in 0..3 {
        certificates.refresh();
        assert!(Arc::ptr_eq(&first, &served(&certificates)));
    }
    for key in ["", "no key", &SECOND.1[..100]] {
        files.write("key", key);
        certificates.refresh();
        assert!(Arc::ptr_eq(&first, &served(&certificates)), "{key}");
    }
    std::fs::remove_file(files.directory.path().join("key")).expect("removed");
    certificates.refresh();
    assert!(Arc::ptr_eq(&first, &served(&certificates)));
    files.write("key", SECOND.1);
    certificates.refresh();
    assert!(!Arc::ptr_eq(&first, &served(&certificates)));
}

/// Kubernetes mounts a Secret so: files are links through `..data`, which is swapped.
#[test]
fn a_link_above_the_files_may_be_swapped() {
    let files = Files::of(FIRST);
    let root = files.directory.path();
    for (version, (certificate, key)) in [("..1", FIRST), ("..2", SECOND)] {
        std::fs::create_dir(root.join(version)).expect("made");
        std::fs::write(root.join(version).join("cert"), certificate).expect("written");
        std::fs::write(root.join(version).join("key"), key).expect("written");
    }
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, root.join("link")).expect("made");
        std::fs::rename(root.join("link"), root.join(name)).expect("swapped");
    };
    link("..1", "..data");
    link("..data/cert", "cert");
    link("..data/key", "key");
    let certificates = files.load().expect("usable");
    let first = served(&certificates);
    link("..2", "..data");
    certificates.refresh();
    assert!(!Arc::ptr_eq(&first, &served(&certificates)));
}

#[test]
fn keys_of_every_kind_are_taken() {
    for (certificate, key) in [
        FIRST,
        (FIRST.0, include_str!("../../testdata/first-sec1.pem")),
        (include_str!("../../testdata/rsa.pem"), include_str!("../../testdata/rsa-pkcs1.pem")),
    ] {
        let kind = key.lines().next().unwrap_or_default();
        assert!(Files::of((certificate, key)).load().is_ok(), "{kind}");
    }
}

#[test]
fn files_that_cannot_be_used_are_refused_by_name() {
    let check = |files: &Files, expected: &str| {
        let error = files.load().expect_err(expected).to_string();
        assert!(error.starts_with(&format!("certificates.\"{ARN}\"{expected}")), "{error}");
    };
    check(&Files::of(("", FIRST.1)), ".cert_file: ");
    check(&Files::of((FIRST.0, "")), ".key_file: ");
    check(&Files::of((FIRST.0, SECOND.1)), ": certificate and key cannot be used");
    let missing = Files::of(FIRST);
    std::fs::remove_file(missing.directory.path().join("cert")).expect("removed");
    check(&missing, ".cert_file: cannot read ");
    let large = Files::of((&"x".repeat(limits::CERTIFICATE_FILE_BYTES_MAX as usize + 1), FIRST.1));
    check(&large, ".cert_file: cannot read ");
    let mut stapled = Files::of(FIRST);
    stapled.write("ocsp", "none");
    let ocsp_file = Some(stapled.directory.path().join("ocsp"));
    stapled.table.get_mut(ARN).expect("there").ocsp_file = ocsp_file;
    check(&stapled, ".ocsp_file: ");
}

#[test]
fn the_default_stands_in_for_no_name_only() {
    let files = Files::of(FIRST);
    let load = |arn| {
        Certificates::load(&files.table, arn, &Options::default(), Metrics::new().certificates())
            .expect("usable")
    };
    assert!(load(None).config(None).is_none());
    let certificates = load(Some(ARN));
    assert!(certificates.config(None).is_some());
    assert!(certificates.config(Some("arn:other")).is_none());
}

#[test]
fn certificates_come_and_go_while_serving() {
    let (files, other) = (Files::of(FIRST), Files::of(SECOND));
    let certificates = files.load().expect("usable");
    let added = "arn:added";
    let other_files = || other.table.get(ARN).expect("there").clone();
    certificates.add(added, other_files());
    let first = certificates.config(Some(added)).expect("served at once");
    // Another's changes are seen, and its end.
    other.write("cert", FIRST.0);
    other.write("key", FIRST.1);
    certificates.refresh();
    assert!(!Arc::ptr_eq(&first, &certificates.config(Some(added)).expect("served")));
    certificates.remove(added);
    certificates.refresh();
    assert!(!certificates.contains(added));
    assert!(certificates.contains(ARN));
    // Files that cannot be used yet are waited for.
    other.write("key", "");
    certificates.add(added, other_files());
    assert!(!certificates.contains(added));
    other.write("key", FIRST.1);
    certificates.refresh();
    assert!(certificates.contains(added));
}
