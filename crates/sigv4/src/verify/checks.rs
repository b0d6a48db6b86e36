//! The rules for a signature that neither need its secret nor the body.

use crate::authorization::Authorization;
use crate::canonical::RequestHead;
use crate::signing_time::SigningTime;

use super::{Verification, VerifyError};

/// The scope is for this service, and for this region where it matters.
pub(crate) fn scope(
    authorization: &Authorization,
    against: &Verification<'_>,
) -> Result<(), VerifyError> {
    if authorization.service != against.service {
        return Err(VerifyError::ScopeService(against.service.to_owned()));
    }
    if against.region.is_some_and(|region| authorization.region != region) {
        return Err(VerifyError::ScopeRegion(authorization.region.clone()));
    }
    Ok(())
}

/// When a request says that it was signed: `x-amz-date`, or where there is none, `date`.
pub(crate) fn signing_time(head: &RequestHead<'_>) -> Result<SigningTime, VerifyError> {
    let text = |value| std::str::from_utf8(value).ok().map(str::trim_ascii);
    let time = match head.values("x-amz-date").next() {
        Some(value) => text(value).and_then(SigningTime::parse),
        None => {
            let mut dates = head.values("date");
            let date = dates.next().filter(|_| dates.next().is_none());
            date.and_then(text).and_then(SigningTime::parse_http_date)
        }
    };
    time.ok_or(VerifyError::NoDate)
}

/// The scope is of the day the request was signed on.
pub(crate) fn scope_date(
    authorization: &Authorization,
    signed: SigningTime,
) -> Result<(), VerifyError> {
    if signed.day() == authorization.date { Ok(()) } else { Err(VerifyError::ScopeDate) }
}

/// `host` is signed, and so is every `x-amz-*` there is.
pub(crate) fn required_headers(
    head: &RequestHead<'_>,
    authorization: &Authorization,
) -> Result<(), VerifyError> {
    let signed = |name: &str| authorization.signed_headers.iter().any(|signed| signed == name);
    let required = |name: &str| name == "host" || name.starts_with("x-amz-");
    let unsigned = head.headers.iter().map(|(name, _)| *name).chain(["host"]);
    match unsigned.into_iter().find(|name| required(name) && !signed(name)) {
        Some(name) => Err(VerifyError::UnsignedHeader(name.to_owned())),
        None => Ok(()),
    }
}

/// A request was signed about now.
pub(crate) fn clock(signed: SigningTime, against: &Verification<'_>) -> Result<(), VerifyError> {
    let earliest = against.now.plus_seconds(-against.skew_seconds_max);
    if signed < earliest {
        let minutes = against.skew_seconds_max / 60;
        return Err(VerifyError::Expired { signed, earliest, now: against.now, minutes });
    }
    not_yet_current(signed, against)
}

/// A presigned query still holds.
pub(crate) fn presigned_clock(
    signed: SigningTime,
    seconds: u32,
    against: &Verification<'_>,
) -> Result<(), VerifyError> {
    let latest = signed.plus_seconds(seconds.into());
    if against.now > latest {
        return Err(VerifyError::PresignedExpired { latest, now: against.now });
    }
    not_yet_current(signed, against)
}

fn not_yet_current(signed: SigningTime, against: &Verification<'_>) -> Result<(), VerifyError> {
    let latest = against.now.plus_seconds(against.skew_seconds_max);
    if signed > latest {
        let minutes = against.skew_seconds_max / 60;
        return Err(VerifyError::NotYetCurrent { signed, latest, now: against.now, minutes });
    }
    Ok(())
}
