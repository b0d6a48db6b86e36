//! `[aws]`: where AWS's services are called, and who signs what is sent there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gatewright_expressions::IntegrationUri;
use gatewright_types::{AwsService, Region};
use serde::Deserialize;

/// Services by endpoint, roles by profile. Which credentials a profile has is not known here: that
/// file is read where requests are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Table")]
pub struct AwsAccess {
    credentials_file: Option<PathBuf>,
    profile: String,
    roles: BTreeMap<String, String>,
    endpoint: Option<Endpoint>,
    services: BTreeMap<AwsService, Endpoint>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    credentials_file: PathBuf,
    profile: Option<String>,
    roles: BTreeMap<String, String>,
    endpoint: String,
    services: BTreeMap<AwsService, ServiceTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceTable {
    endpoint: String,
}

/// `http(s)://host:port`, in which `{region}` may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Endpoint(String);

const REGION: &str = "{region}";
const DEFAULT_PROFILE: &str = "default";

/// A value of `[aws]` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AwsAccessError {
    /// Not an endpoint.
    #[error("{key}: {url:?} is not http(s)://host:port")]
    NotAnEndpoint {
        /// The key.
        key: String,
        /// The value.
        url: String,
    },
    /// A key of `aws.roles` that nobody could ask for.
    #[error("aws.roles: {0:?} is not the ARN of a role")]
    NotARole(String),
    /// A profile without a file that could have it.
    #[error("{key}: there is no aws.credentials_file that has the profile {profile:?}")]
    NoCredentialsFile {
        /// The key.
        key: String,
        /// The value.
        profile: String,
    },
}

/// A role that no credentials are known of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// `arn:aws:iam::*:user/*`.
    #[error(
        "{0} means the caller's own credentials, which no request holds: only who signed it has the secret"
    )]
    TheCallers(String),
    /// Any other that configuration does not have.
    #[error("aws.roles.\"{0}\" is not in the configuration")]
    Unknown(String),
}

impl AwsAccess {
    /// The file that has the profiles.
    #[must_use]
    pub fn credentials_file(&self) -> Option<&Path> {
        self.credentials_file.as_deref()
    }

    /// Every profile that the file must have, with the key that names it. The default one must be
    /// there only where it has something to sign.
    pub(super) fn profiles(&self, default_signs: bool) -> impl Iterator<Item = (String, &str)> {
        let is_named = self.profile != DEFAULT_PROFILE;
        let own = self.credentials_file.is_some() && (default_signs || is_named);
        let own = own.then(|| ("aws.profile".to_owned(), &*self.profile));
        let roles = self.roles.iter().map(|(arn, profile)| (role_key(arn), profile.as_str()));
        own.into_iter().chain(roles)
    }

    /// The profile that signs for a role (`credentialsArn`, `authorizerCredentialsArn`). For who has
    /// none, the gateway's own; nothing is signed where there are no credentials at all.
    ///
    /// # Errors
    ///
    /// [`RoleError`], which is refused when it is published.
    pub fn signing_profile(&self, role: Option<&str>) -> Result<Option<&str>, RoleError> {
        let Some(arn) = role else {
            return Ok(self.credentials_file.is_some().then_some(&*self.profile));
        };
        match self.roles.get(arn) {
            Some(profile) => Ok(Some(profile)),
            None if is_the_callers(arn) => Err(RoleError::TheCallers(arn.to_owned())),
            None => Err(RoleError::Unknown(arn.to_owned())),
        }
    }

    /// Where a service is called in a region.
    pub(crate) fn endpoint(&self, service: AwsService, region: &Region) -> Option<IntegrationUri> {
        self.service(service)?.in_region(region)
    }

    /// Whether a service is called elsewhere in each region.
    pub(crate) fn has_regions(&self, service: AwsService) -> bool {
        self.service(service).is_some_and(|Endpoint(text)| text.contains(REGION))
    }

    fn service(&self, service: AwsService) -> Option<&Endpoint> {
        self.services.get(&service).or(self.endpoint.as_ref())
    }
}

impl Endpoint {
    fn parse(key: &str, url: String) -> Result<Self, AwsAccessError> {
        let endpoint = Self(url);
        match endpoint.in_region(&Region::default()) {
            Some(_) => Ok(endpoint),
            None => Err(AwsAccessError::NotAnEndpoint { key: key.to_owned(), url: endpoint.0 }),
        }
    }

    fn in_region(&self, region: &Region) -> Option<IntegrationUri> {
        let url = self.0.replace(REGION, region.as_str());
        IntegrationUri::compile(&url, &[], |_| None).ok().filter(IntegrationUri::is_origin)
    }
}

impl TryFrom<Table> for AwsAccess {
    type Error = AwsAccessError;

    fn try_from(table: Table) -> Result<Self, Self::Error> {
        let file = Some(table.credentials_file).filter(|path| !path.as_os_str().is_empty());
        let profile = table.profile.filter(|profile| !profile.is_empty());
        let profile = profile.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
        for arn in table.roles.keys() {
            if !(arn.starts_with("arn:") && arn.contains(":iam::") && arn.contains(":role/")) {
                return Err(AwsAccessError::NotARole(arn.clone()));
            }
        }
        let own = (profile != DEFAULT_PROFILE).then(|| ("aws.profile".to_owned(), &profile));
        let roles = table.roles.iter().map(|(arn, profile)| (role_key(arn), profile));
        if file.is_none()
            && let Some((key, profile)) = own.into_iter().chain(roles).next()
        {
            return Err(AwsAccessError::NoCredentialsFile { key, profile: profile.clone() });
        }
        let service = |(service, ServiceTable { endpoint }): (AwsService, ServiceTable)| {
            let endpoint = Endpoint::parse(&format!("aws.services.{service}.endpoint"), endpoint)?;
            Ok((service, endpoint))
        };
        let services = table.services.into_iter().filter(|(_, table)| !table.endpoint.is_empty());
        let endpoint = Some(table.endpoint).filter(|url| !url.is_empty());
        Ok(Self {
            credentials_file: file,
            profile,
            roles: table.roles,
            endpoint: endpoint.map(|url| Endpoint::parse("aws.endpoint", url)).transpose()?,
            services: services.map(service).collect::<Result<_, _>>()?,
        })
    }
}

fn role_key(arn: &str) -> String {
    format!("aws.roles.\"{arn}\"")
}

/// As AWS writes "pass the caller's identity through" (`credentialsArn` of the API reference).
fn is_the_callers(arn: &str) -> bool {
    arn.strip_prefix("arn:").is_some_and(|rest| rest.ends_with(":iam::*:user/*"))
}

#[cfg(test)]
mod tests;
