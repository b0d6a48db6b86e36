//! From method and raw path to an operation (spec/management-api.md section 1.3).

use percent_encoding::percent_decode_str;

use crate::operation_table::{OPERATIONS, Operation};
use crate::operation_table_v1::V1_OPERATIONS;

/// An operation and the parameters of its path, decoded.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: Vec<(&'static str, String)>,
}

/// Finds the operation. Paths are matched undecoded: a tagged ARN holds encoded slashes.
pub(crate) fn route(method: &str, raw_path: &str) -> Option<Routed> {
    operations().filter(|operation| operation.method == method).find_map(|operation| {
        let parameters = parameters(operation.path, raw_path)?;
        Some(Routed { operation, parameters })
    })
}

/// Whether any operation has this path, under whatever method.
pub(crate) fn is_path(raw_path: &str) -> bool {
    operations().any(|operation| parameters(operation.path, raw_path).is_some())
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(V1_OPERATIONS)
}

fn parameters(pattern: &'static str, raw_path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    let mut segments = raw_path.split('/');
    for wanted in pattern.split('/') {
        let segment = segments.next()?;
        let Some(name) = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
            if segment == wanted {
                continue;
            }
            return None;
        };
        if segment.is_empty() {
            return None;
        }
        let mut raw = segment.to_owned();
        if name == "resource-arn" {
            // Some proxies and hand-made clients send the ARN's slashes as they are.
            for rest in segments.by_ref() {
                raw.push('/');
                raw.push_str(rest);
            }
        }
        let value = percent_decode_str(&raw).decode_utf8().ok()?.into_owned();
        // No id or name holds it, and no database would look for it.
        if value.contains('\0') {
            return None;
        }
        found.push((name, value));
    }
    segments.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, path: &str, expected: Option<(&str, &[&str])>) {
        let found = route(method, path);
        let found = found.as_ref().map(|found| {
            let values = found.parameters.iter().map(|(_, value)| value.as_str());
            (found.operation.name, values.collect::<Vec<_>>())
        });
        assert_eq!(found.as_ref().map(|(name, values)| (*name, values.as_slice())), expected);
    }

    #[test]
    fn paths_name_operations() {
        check("POST", "/v2/apis", Some(("CreateApi", &[])));
        check("PUT", "/v2/apis", Some(("ImportApi", &[])));
        check("GET", "/v2/apis/abc", Some(("GetApi", &["abc"])));
        check(
            "PATCH",
            "/v2/apis/abc/stages/%24default",
            Some(("UpdateStage", &["abc", "$default"])),
        );
        check(
            "DELETE",
            "/v2/apis/a/stages/s/routesettings/GET%20%2Fpets%2F%7Bid%7D",
            Some(("DeleteRouteSettings", &["a", "s", "GET /pets/{id}"])),
        );
        let arn = "arn:aws:apigateway:eu-west-1::/apis/abc";
        check(
            "GET",
            "/v2/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2Fabc",
            Some(("GetTags", &[arn])),
        );
        check("GET", &format!("/v2/tags/{arn}"), Some(("GetTags", &[arn])));
        check("PUT", &format!("/tags/{arn}"), Some(("TagResource", &[arn])));
        check("GET", "/usageplans/p1/keys/k1", Some(("GetUsagePlanKey", &["p1", "k1"])));
    }

    #[test]
    fn other_paths_name_none() {
        check("GET", "/v2/apis/", None);
        check("GET", "/v2/apis/abc/", None);
        check("GET", "/v2/nope", None);
        check("GET", "/v2/apikeys", None);
        check("GET", "/restapis", None);
        check("HEAD", "/v2/apis", None);
        check("GET", "/v2/apis/%FF", None);
        check("GET", "/v2/apis/a%00", None);
        check("GET", "/", None);
        assert!(is_path("/v2/apis/abc") && !is_path("/v2/nope"));
    }
}
