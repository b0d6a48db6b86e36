//! Destinations of `requestParameters` and `responseParameters`: which headers, query parameters
//! and paths may be written (`http-api-parameter-mapping`, `websocket-api-data-mapping`).

use std::collections::BTreeMap;

use gatewright_expressions::{
    RequestMapping, ResponseMapping, is_request_destination, is_response_destination,
};
use gatewright_types::limits;

use crate::error::OperationError;
use crate::validation::{entries_at_most, text_at_most, texts_at_most};

type Parameters = BTreeMap<String, String>;

/// `requestParameters` of an HTTP API's integration.
pub(super) fn check_http_request(parameters: Option<&Parameters>) -> Result<(), OperationError> {
    texts_at_most("requestParameters", parameters, limits::PARAMETER_CHARS_MAX)?;
    let Some(parameters) = parameters else { return Ok(()) };
    if let Some(key) = parameters.keys().find(|key| !is_request_destination(key)) {
        return Err(refused(&format!(
            "Invalid Request Actioned Parameter destination specified: {key}"
        )));
    }
    // Of which route and stage it is makes no difference to whether it can be understood.
    RequestMapping::compile(parameters, &[], |_| None)
        .map_err(|error| refused(&error.to_string()))?;
    Ok(())
}

/// `responseParameters` of an HTTP API's integration, by status.
pub(super) fn check_http_response(
    responses: Option<&BTreeMap<String, Parameters>>,
) -> Result<(), OperationError> {
    let Some(responses) = responses else { return Ok(()) };
    entries_at_most("responseParameters", responses.len())?;
    for (status, parameters) in responses {
        let code = status.parse::<u16>().ok().filter(|_| status.len() == 3);
        if !code.is_some_and(|code| (200..=599).contains(&code)) {
            text_at_most("responseParameters", Some(status), limits::MAP_KEY_CHARS_MAX)?;
            return Err(refused(&format!("Status Code {status} is not valid.")));
        }
        let member = format!("responseParameters.{status}");
        texts_at_most(&member, Some(parameters), limits::PARAMETER_CHARS_MAX)?;
        if let Some(key) = parameters.keys().find(|key| !is_response_destination(key)) {
            return Err(refused(&format!(
                "Invalid Response Actioned Parameter destination specified: {key}"
            )));
        }
    }
    ResponseMapping::compile(responses, |_| None).map_err(|error| refused(&error.to_string()))?;
    Ok(())
}

/// `requestParameters` of a WebSocket API's integration.
pub(super) fn check_websocket_request(
    parameters: Option<&Parameters>,
) -> Result<(), OperationError> {
    texts_at_most("requestParameters", parameters, limits::PARAMETER_CHARS_MAX)?;
    let legal = |key: &str| {
        let place = key.strip_prefix("integration.request.").and_then(|rest| rest.split_once('.'));
        place.is_some_and(|(place, name)| {
            ["header", "querystring", "path"].contains(&place) && is_name(name)
        })
    };
    match parameters.into_iter().flatten().find(|(key, _)| !legal(key)) {
        Some((key, _)) => {
            Err(refused(&format!("Invalid mapping expression parameter specified: {key}")))
        }
        None => Ok(()),
    }
}

/// A name without spaces and control characters.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

fn refused(error: &str) -> OperationError {
    OperationError::bad_request(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(key: &str) -> Parameters {
        BTreeMap::from([(key.to_owned(), "x".to_owned())])
    }

    #[test]
    fn request_destinations_of_http_apis() {
        let legal = [
            "overwrite:path",
            "append:header.x-a",
            "overwrite:header.X_B",
            "remove:querystring.a",
            "append:querystring.a[]",
            "overwrite:header.trailer",
        ];
        for key in legal {
            assert!(check_http_request(Some(&parameters(key))).is_ok(), "{key}");
        }
        let refused = [
            "header.a",
            "append:path",
            "append:header.",
            "append:header.a b",
            "append:header.a\r\nb",
            "remove:cookie.a",
            "overwrite:header.Authorization",
            "append:header.x-amz-date",
            "append:header.Access-Control-Allow-Origin",
            "overwrite:statuscode",
            "",
        ];
        for key in refused {
            let error = check_http_request(Some(&parameters(key))).expect_err(key);
            assert_eq!(
                error.to_string(),
                format!(
                    "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid Request Actioned Parameter destination specified: {key}]"
                )
            );
        }
    }

    #[test]
    fn response_destinations_of_http_apis() {
        let check = |status: &str, key: &str| {
            let map = BTreeMap::from([(status.to_owned(), parameters(key))]);
            check_http_response(Some(&map)).map_err(|error| error.to_string())
        };
        assert_eq!(check("599", "remove:header.x"), Ok(()));
        for status in ["199", "600", "2xx", "0200", "+20", ""] {
            let refused = check(status, "remove:header.x").expect_err(status);
            assert!(
                refused.ends_with(&format!("[Status Code {status} is not valid.]")),
                "{refused}"
            );
        }
        let refused = check("200", "overwrite:statuscode").expect_err("x is no status");
        assert!(refused.contains("200.overwrite:statuscode: "), "{refused}");
        let refused = check("200", "overwrite:path").expect_err("no path in an answer");
        assert!(refused.contains("Response Actioned Parameter destination"), "{refused}");
    }

    #[test]
    fn request_destinations_of_websocket_apis() {
        for key in ["integration.request.header.a", "integration.request.path.b"] {
            assert!(check_websocket_request(Some(&parameters(key))).is_ok(), "{key}");
        }
        for key in ["append:header.a", "integration.request.body.a", "integration.request.header."]
        {
            assert!(check_websocket_request(Some(&parameters(key))).is_err(), "{key}");
        }
    }
}
