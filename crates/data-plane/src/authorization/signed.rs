//! `AWS_IAM` (section 10.3).

use gatewright_authorizers::iam::{self, RequestHead};
use gatewright_ingress::RequestBody;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use super::{condition_keys, route_arn};
use crate::exchange::Exchange;
use crate::fault::Fault;
use crate::peeked_body::PeekedBody;
use crate::principal::Principal;
use crate::routed::Routed;
use crate::worker::Worker;

impl Worker {
    pub(super) async fn signed(
        &self,
        head: &Parts,
        body: &mut PeekedBody<RequestBody>,
        routed: &Routed<'_>,
        exchange: &Exchange,
    ) -> Result<Principal, Fault> {
        let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let headers = headers.collect::<Vec<_>>();
        let signed = RequestHead {
            method: head.method.as_str(),
            path: routed.uri.path(),
            query: routed.uri.query().unwrap_or_default(),
            headers: &headers,
        };
        let now = exchange.received().unix_seconds();
        let find = |access_key_id: &str| self.access_key(access_key_id);
        let request = iam::verify_head(signed, find, &routed.stage.account.region, now)?;
        let body = body.peek(usize::MAX).await?;
        let route_arn = route_arn(head, routed).concat();
        let keys = condition_keys(&head.headers, routed, exchange);
        Ok(Principal::Signer(request.authorize(&body, &route_arn, keys)?))
    }
}

/// Takes a signature out of a request, so that whoever gets it cannot send it again in the signer's
/// name (section 5.2). Gives the query without a presigned one's parameters, where there are any.
pub(crate) fn remove_signature(headers: &mut HeaderMap, query: Option<&str>) -> Option<String> {
    headers.remove(AUTHORIZATION);
    let of_signature = |name: &&HeaderName| name.as_str().starts_with("x-amz-");
    for name in headers.keys().filter(of_signature).cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
    let query = query?;
    let of_signature = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default();
        name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
    };
    query.split('&').any(of_signature).then(|| {
        let kept = query.split('&').filter(|parameter| !of_signature(parameter));
        kept.collect::<Vec<_>>().join("&")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_signature_goes_on() {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "x-amz-date", "x-amz-security-token", "x-amzn-trace-id", "x"]
        {
            headers.append(name, "1".parse().expect("a value"));
        }
        let query = remove_signature(&mut headers, Some("a=1&X-Amz-Signature=2&b&X-Amz-Date=3"));
        assert_eq!(query.as_deref(), Some("a=1&b"));
        let mut left = headers.keys().map(HeaderName::as_str).collect::<Vec<_>>();
        left.sort_unstable();
        assert_eq!(left, ["x", "x-amzn-trace-id"]);
        assert_eq!(remove_signature(&mut headers, Some("a=1")), None);
        assert_eq!(remove_signature(&mut headers, None), None);
    }
}
