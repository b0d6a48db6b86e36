//! AWS AppConfig (API reference, `GetConfiguration`).

use bytes::Bytes;
use gatewright_expressions::ServiceArguments;
use http::Request;
use percent_encoding::utf8_percent_encode;

use crate::CallError;
use crate::query_protocol::ENCODED;

/// `GetConfiguration`.
///
/// Three of its parameters are segments of its path. Without one there is no such call, and `.` or
/// `..` would lead to another: both are the client's error.
pub(crate) fn get_configuration(
    arguments: &ServiceArguments<'_>,
) -> Result<Request<Bytes>, CallError> {
    let mut target = String::with_capacity(128);
    for (collection, name) in [
        ("applications", "Application"),
        ("environments", "Environment"),
        ("configurations", "Configuration"),
    ] {
        let segment = match arguments.text(name) {
            None | Some("") => return Err(CallError::bad_parameter(name, "missing")),
            Some("." | "..") => return Err(CallError::bad_parameter(name, "not a path's segment")),
            Some(segment) => segment,
        };
        target.extend(["/", collection, "/"]);
        target.extend(utf8_percent_encode(segment, ENCODED));
    }
    let mut separator = "?";
    for (name, parameter) in
        [("client_configuration_version", "ClientConfigurationVersion"), ("client_id", "ClientId")]
    {
        if let Some(value) = arguments.text(parameter) {
            target.extend([separator, name, "="]);
            target.extend(utf8_percent_encode(value, ENCODED));
            separator = "&";
        }
    }
    // Of unreserved characters and `%`, there is nothing else that could be wrong with it.
    Request::get(target).body(Bytes::new()).map_err(|_| CallError::TooLarge)
}

#[cfg(test)]
mod tests {
    use gatewright_types::IntegrationSubtype as S;

    use super::*;
    use crate::testing::{arguments, shown};

    fn target(parameters: &[(&str, &str)]) -> String {
        match get_configuration(&arguments(S::AppConfigGetConfiguration, parameters)) {
            Ok(request) => shown(&request),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn get_configuration_has_every_parameter() {
        let all = [
            ("Application", "a/b"),
            ("Environment", "c d"),
            ("Configuration", "e?f%"),
            ("ClientId", "g&h+"),
            ("ClientConfigurationVersion", "2"),
        ];
        let path = "GET /applications/a%2Fb/environments/c%20d/configurations/e%3Ff%25";
        let query = "client_configuration_version=2&client_id=g%26h%2B";
        assert_eq!(target(&all), format!("{path}?{query}\n\n"));
        assert_eq!(target(&all[..3]), format!("{path}\n\n"));
    }

    #[test]
    fn a_request_stays_on_its_path() {
        let with = |environment| {
            target(&[("Application", "a"), ("Environment", environment), ("Configuration", "c")])
        };
        assert_eq!(with(".."), "parameter Environment: not a path's segment");
        assert_eq!(with("."), "parameter Environment: not a path's segment");
        assert_eq!(with("$request.header.nosuch"), "parameter Environment: missing");
        assert_eq!(
            with("...").lines().next(),
            Some("GET /applications/a/environments/.../configurations/c")
        );
    }
}
