//! A client's certificate in AWS's words (`http-api-mutual-tls`; spec/http-api-runtime.md sections 6.2
//! and 14).
//!
//! AWS documents no more than samples, and all of them are what OpenSSL prints: dates with a space
//! before a day of one digit, a serial number in decimal where it fits into 63 bits, in pairs of hex
//! digits otherwise. Names stand in the order of the certificate, and what could be taken for a
//! separator is escaped (RFC 4514): a common name `a,O=b` claims no organisation, nor does it break a
//! line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatewright_types::{ClientCertificate, ClientCertificateValidity};
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::{self, DateTime, Decode};
use x509_cert::name::Name;

/// Characters in a line of PEM.
const PEM_LINE: usize = 64;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What a certificate says.
pub(crate) fn describe(certificate: &CertificateDer<'_>) -> der::Result<ClientCertificate> {
    let decoded = Certificate::from_der(certificate)?;
    let decoded = decoded.tbs_certificate();
    Ok(ClientCertificate {
        client_cert_pem: pem(certificate),
        subject_dn: name(decoded.subject()),
        issuer_dn: name(decoded.issuer()),
        serial_number: serial_number(decoded.serial_number().as_bytes()),
        validity: ClientCertificateValidity {
            not_before: date(decoded.validity().not_before.to_date_time()),
            not_after: date(decoded.validity().not_after.to_date_time()),
        },
    })
}

/// `C=US,ST=Washington,CN=My Client`.
pub(crate) fn name(name: &Name) -> String {
    name.iter_rdn().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// `Aug  5 00:28:21 2120 GMT`.
pub(crate) fn date(date: DateTime) -> String {
    let month = MONTHS[usize::from(date.month()) - 1];
    let (day, year) = (date.day(), date.year());
    let (hour, minute, second) = (date.hour(), date.minutes(), date.seconds());
    format!("{month} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}

/// `1`, or `a1:a1:a1:a1:a1:a1:a1:a1:a1`.
fn serial_number(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = &bytes[zeros..];
    let number = (bytes.len() <= 8)
        .then(|| bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte)))
        .and_then(|number| i64::try_from(number).ok());
    match number {
        Some(number) => number.to_string(),
        None => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"),
    }
}

fn pem(certificate: &[u8]) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = &*STANDARD.encode(certificate);
    while !rest.is_empty() {
        let (line, others) = rest.split_at(rest.len().min(PEM_LINE));
        text.extend([line, "\n"]);
        rest = others;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn a_certificate_is_told_as_openssl_tells_it() {
        let text = include_str!("../testdata/first.pem");
        let der = CertificateDer::from_pem_slice(text.as_bytes()).expect("a certificate");
        let found = describe(&der).expect("readable");
        assert_eq!(found.client_cert_pem, text);
        assert_eq!(found.subject_dn, "CN=first.example.com");
        assert_eq!(found.issuer_dn, "CN=first.example.com");
    }

    #[test]
    fn names_keep_their_order_and_their_bounds() {
        // From a text in RFC 4514's order, which is the other way round.
        for (text, expected) in [
            (
                "CN=My Client,OU=Security,O=Amazon Web Services,L=Seattle,ST=Washington,C=US",
                "C=US,ST=Washington,L=Seattle,O=Amazon Web Services,OU=Security,CN=My Client",
            ),
            (r"CN=a\,O=b\+c\=d,C=US", r"C=US,CN=a\,O=b\+c=d"),
            (r"CN=a\0d\0ab", r"CN=a\0d\0ab"),
            (r"CN=\ a\ ", r"CN=\ a\ "),
            ("CN=a+UID=b", "CN=a+UID=b"),
            ("", ""),
        ] {
            let parsed = match text {
                "" => Name::default(),
                _ => Name::from_str(text).expect("a name"),
            };
            assert_eq!(name(&parsed), expected, "{text}");
        }
    }

    #[test]
    fn dates_pad_the_day_with_a_space() {
        for (given, expected) in [
            ((2019, 5, 28, 12, 30, 2), "May 28 12:30:02 2019 GMT"),
            ((2120, 8, 5, 0, 28, 21), "Aug  5 00:28:21 2120 GMT"),
        ] {
            let (year, month, day, hour, minute, second) = given;
            let given = DateTime::new(year, month, day, hour, minute, second).expect("a date");
            assert_eq!(date(given), expected);
        }
    }

    #[test]
    fn serial_numbers_are_decimal_as_long_as_they_are_short() {
        for (bytes, expected) in [
            (&[1][..], "1"),
            (&[0, 0xff], "255"),
            (&[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "9223372036854775807"),
            (&[0, 0x80, 0, 0, 0, 0, 0, 0, 1], "80:00:00:00:00:00:00:01"),
            (&[0xa1; 16], "a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1"),
            (&[0], "0"),
        ] {
            assert_eq!(serial_number(bytes), expected);
        }
    }
}
