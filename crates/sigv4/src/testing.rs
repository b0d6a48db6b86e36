//! Signing as clients do, for tests.

use crate::authorization::{ALGORITHM, Authorization};
use crate::canonical::Request;
use crate::signing_time::SigningTime;
use crate::verify::signature;

/// The `Authorization` header of a request that carries `host` and `x-amz-date` (this `now`);
/// every header given is signed.
pub(crate) fn sign(
    request: &Request<'_>,
    (access_key_id, secret): (&str, &str),
    (region, service): (&str, &str),
    now: SigningTime,
) -> String {
    let mut signed_headers =
        request.headers.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
    signed_headers.sort();
    signed_headers.dedup();
    let mut authorization = Authorization {
        access_key_id: access_key_id.to_owned(),
        date: now.day(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed_headers,
        signature: String::new(),
    };
    authorization.signature = signature(request, &authorization, secret, now).into_string();
    format!(
        "{ALGORITHM} Credential={access_key_id}/{}, SignedHeaders={}, Signature={}",
        authorization.scope(),
        authorization.signed_headers.join(";"),
        authorization.signature
    )
}
