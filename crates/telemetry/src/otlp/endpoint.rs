//! Where OTLP goes, and the headers that open the door there.

use std::io;
use std::path::PathBuf;

use gatewright_egress::origin_of;
use gatewright_types::Origin;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};

use crate::Options;

/// `telemetry.otlp_endpoint`, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) origin: Origin,
    pub(crate) host: HeaderValue,
    /// Ends with a slash.
    base_path: String,
    headers_file: Option<PathBuf>,
}

impl Endpoint {
    /// None where none is configured, or it is no base URL.
    pub(crate) fn parse(options: &Options) -> Option<Self> {
        let uri = options.otlp_endpoint.parse::<Uri>().ok()?;
        if uri.query().is_some() {
            return None;
        }
        let file = &options.otlp_headers_file;
        Some(Self {
            origin: origin_of(&uri)?,
            host: HeaderValue::try_from(uri.authority()?.as_str()).ok()?,
            base_path: format!("{}/", uri.path().trim_end_matches('/')),
            headers_file: (!file.as_os_str().is_empty()).then(|| file.clone()),
        })
    }

    /// The target of a signal's requests.
    pub(crate) fn target(&self, path: &str) -> Result<PathAndQuery, http::Error> {
        Ok(PathAndQuery::try_from(format!("{}{path}", self.base_path))?)
    }

    /// The configured headers, as the file has them now. Their values are secret.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a line is not `name: value`.
    pub(crate) fn headers(&self) -> io::Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        let Some(path) = &self.headers_file else {
            return Ok(headers);
        };
        for (index, line) in std::fs::read_to_string(path)?.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = header(line).ok_or_else(|| {
                let text = format!("line {} is not `name: value`", index + 1);
                io::Error::new(io::ErrorKind::InvalidData, text)
            })?;
            headers.append(name, value);
        }
        Ok(headers)
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end().parse::<HeaderName>().ok()?;
    let mut value = value.trim_start().parse::<HeaderValue>().ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn parse(url: &str) -> Option<Endpoint> {
        Endpoint::parse(&Options { otlp_endpoint: url.to_owned(), ..Options::default() })
    }

    #[test]
    fn endpoints_are_taken_apart() {
        for (url, host, port, target) in [
            ("http://collector:4318", "collector", 4318, "/v1/logs"),
            ("https://collector/", "collector", 443, "/v1/logs"),
            ("http://[::1]:1/a/b", "::1", 1, "/a/b/v1/logs"),
            ("http://x/a/", "x", 80, "/a/v1/logs"),
        ] {
            let endpoint = parse(url).expect(url);
            assert_eq!((endpoint.origin.host.as_str(), endpoint.origin.port), (host, port));
            assert_eq!(endpoint.target("v1/logs").expect(url), target);
        }
        for broken in ["", "collector:4318", "ftp://x", "http://x?y", "http://u:p@x"] {
            assert!(parse(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn headers_come_from_the_file_and_are_secret() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let mut endpoint = parse("http://x").expect("a URL");
        assert!(endpoint.headers().expect("none").is_empty());
        endpoint.headers_file = Some(file.path().to_owned());
        writeln!(file, "# for the collector\n\nauthorization: Bearer a:b\nx-scope:one")
            .expect("written");
        let headers = endpoint.headers().expect("read");
        assert_eq!(headers.len(), 2);
        assert_eq!(headers["authorization"], "Bearer a:b");
        assert!(headers.values().all(HeaderValue::is_sensitive));
        writeln!(file, "secret").expect("written");
        assert_eq!(
            endpoint.headers().expect_err("no header").to_string(),
            "line 5 is not `name: value`"
        );
    }
}
