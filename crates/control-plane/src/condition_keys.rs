//! The condition keys that a management call has (IAM user guide, "AWS global condition context
//! keys").

use std::cell::OnceCell;
use std::net::IpAddr;

use gatewright_policy::{Context, Values};
use gatewright_types::{Account, Timestamp};

use crate::call::tags_of;
use crate::caller::Caller;

/// What a call can be asked for.
#[derive(Debug)]
pub(crate) struct ConditionKeys<'a> {
    pub(crate) account: &'a Account,
    pub(crate) caller: &'a Caller,
    pub(crate) source: IpAddr,
    pub(crate) now: Timestamp,
    /// The region the call was signed for.
    pub(crate) region: &'a str,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) body: &'a [u8],
    /// `tags` of the body, which few policies ask for.
    pub(crate) tags: OnceCell<Vec<(String, String)>>,
}

const REQUEST_TAG: &str = "aws:requesttag/";

/// Whether calls have a key, given in lower case.
pub(crate) fn is_known(key: &str) -> bool {
    const KEYS: [&str; 11] = [
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourceip",
        "aws:tagkeys",
        "aws:useragent",
        "aws:userid",
        "aws:username",
    ];
    KEYS.contains(&key) || key.starts_with(REQUEST_TAG)
}

impl ConditionKeys<'_> {
    fn tags(&self) -> &[(String, String)] {
        self.tags.get_or_init(|| tags_of(self.body))
    }
}

impl Context for ConditionKeys<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        if let Some(name) = key.strip_prefix(REQUEST_TAG) {
            let tag = self.tags().iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            return tag.map(|(_, value)| value.as_str().into());
        }
        Some(match key {
            "aws:currenttime" => self.now.to_string().into(),
            "aws:epochtime" => self.now.unix_seconds().to_string().into(),
            "aws:principalaccount" => self.account.id.as_str().into(),
            "aws:principalarn" => self.caller.arn(self.account).into(),
            "aws:requestedregion" => self.region.into(),
            // The listener speaks plain HTTP.
            "aws:securetransport" => "false".into(),
            "aws:sourceip" => self.source.to_string().into(),
            "aws:tagkeys" if self.tags().is_empty() => return None,
            "aws:tagkeys" => self.tags().iter().map(|(key, _)| key.as_str()).collect(),
            "aws:useragent" => self.user_agent?.into(),
            "aws:userid" => self.caller.user_id().into(),
            "aws:username" => self.caller.user_name.as_str().into(),
            _ => return None,
        })
    }
}
