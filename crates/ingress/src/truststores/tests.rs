use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tempfile::TempDir;

use super::*;

const NAME: &str = "s3://bucket/key";
const FIRST: &str = include_str!("../../testdata/first.pem");
const SECOND: &str = include_str!("../../testdata/second.pem");

fn write(directory: &TempDir, text: &str) {
    let (new, path) = (directory.path().join("new"), directory.path().join("bundle"));
    std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path)).expect("written");
}

fn table(directory: &TempDir) -> TruststoreTable {
    let files = TruststoreFiles { file: directory.path().join("bundle"), crl_files: Vec::new() };
    BTreeMap::from([(NAME.to_owned(), files)])
}

fn takes(truststores: &Truststores, certificate: &str, now: UnixTime) -> bool {
    let der = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
    let verifier = truststores.verifier(NAME).expect("there");
    verifier.verify_client_cert(&der, &[], now).is_ok()
}

#[test]
fn a_bundle_is_read_again_when_it_changes() {
    let directory = TempDir::new().expect("a directory");
    write(&directory, FIRST);
    let truststores = Truststores::load(&table(&directory)).expect("usable");
    assert!(
        takes(&truststores, FIRST, UnixTime::now())
            && !takes(&truststores, SECOND, UnixTime::now())
    );
    // A handshake that has begun ends as it began.
    let before = truststores.verifier(NAME).expect("there");
    write(&directory, SECOND);
    truststores.refresh();
    assert!(
        !takes(&truststores, FIRST, UnixTime::now())
            && takes(&truststores, SECOND, UnixTime::now())
    );
    let der = CertificateDer::from_pem_slice(FIRST.as_bytes()).expect("a certificate");
    assert!(before.verify_client_cert(&der, &[], UnixTime::now()).is_ok());
    write(&directory, &SECOND[..100]);
    truststores.refresh();
    truststores.refresh();
    assert!(takes(&truststores, SECOND, UnixTime::now()));
}

#[test]
fn a_certificate_has_its_time() {
    let directory = TempDir::new().expect("a directory");
    write(&directory, FIRST);
    let truststores = Truststores::load(&table(&directory)).expect("usable");
    for years in [0, 500] {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(years * 365 * 86_400));
        assert!(!takes(&truststores, FIRST, time), "{years}");
    }
    assert_eq!(truststores.warnings(NAME), Vec::<String>::new());
}

#[test]
fn what_is_not_there_is_nobodys() {
    let truststores = Truststores::default();
    assert!(!truststores.contains(NAME) && truststores.verifier(NAME).is_none());
    assert!(truststores.warnings(NAME).is_empty());
}

#[test]
fn files_that_cannot_be_used_are_refused_by_name() {
    let directory = TempDir::new().expect("a directory");
    let none = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    for text in ["", "none", &FIRST[..200], none] {
        write(&directory, text);
        let error = Truststores::load(&table(&directory)).expect_err(text).to_string();
        assert!(error.starts_with("truststores.\"s3://bucket/key\".file: "), "{error}");
    }
}
