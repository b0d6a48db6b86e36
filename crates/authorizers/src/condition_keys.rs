//! The condition keys that a request has (IAM user guide, "AWS global condition context keys"): for
//! the policies of access keys on `AWS_IAM` routes, and for those that Lambda authorizers answer.

use std::net::IpAddr;

use gatewright_policy::{Context, Values};
use gatewright_types::Timestamp;

use crate::iam::AccessKey;

/// What a request can be asked for.
#[derive(Clone, Copy, Debug)]
pub struct ConditionKeys<'r> {
    /// The client's address.
    pub source: IpAddr,
    /// When the request came.
    pub now: Timestamp,
    /// The API's region.
    pub region: &'r str,
    /// The client's `User-Agent`.
    pub user_agent: Option<&'r str>,
    /// Whether the client came by TLS.
    pub secure: bool,
    /// Who signed the request.
    pub caller: Option<&'r AccessKey>,
}

/// Whether all requests have a key, given in lower case.
pub(crate) fn is_known(key: &str) -> bool {
    const KEYS: [&str; 6] = [
        "aws:currenttime",
        "aws:epochtime",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourceip",
        "aws:useragent",
    ];
    KEYS.contains(&key)
}

impl Context for ConditionKeys<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        Some(match key {
            "aws:currenttime" => self.now.to_string().into(),
            "aws:epochtime" => self.now.unix_seconds().to_string().into(),
            "aws:requestedregion" => self.region.into(),
            "aws:securetransport" => if self.secure { "true" } else { "false" }.into(),
            "aws:sourceip" => self.source.to_string().into(),
            "aws:useragent" => self.user_agent?.into(),
            "aws:principalaccount" => self.caller?.account_id().into(),
            "aws:principalarn" => self.caller?.user_arn().into(),
            "aws:userid" => self.caller?.user_id().into(),
            "aws:username" => self.caller?.user_name().into(),
            _ => return None,
        })
    }
}
