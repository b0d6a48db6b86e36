//! Tags of APIs, stages, domain names, VPC links, API keys and usage plans (spec/management-api.md
//! section 5). The v1 API has the same operations, by `PUT` where v2 has `POST`; clients use those
//! of the API that made the resource, and both take any ARN.

use std::collections::BTreeMap;

use gatewright_store::{Session, WriteTransaction};
use gatewright_types::{ApiId, ApiKeyId, StageName, UsagePlanId, VpcLinkId};
use serde::{Deserialize, Serialize};

use super::api_key::unknown_api_key;
use super::domain_name::unknown_domain_name;
use super::stage::unknown_stage;
use super::usage_plan::unknown_usage_plan;
use super::vpc_link::unknown_vpc_link;
use crate::call::{Answer, AnswerBody, Call, answer};
use crate::error::OperationError;
use crate::validation::{invalid, missing_member, tags as check_tags};

type Tags = BTreeMap<String, String>;

/// `tags` of a call or an answer.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct TagsMember {
    tags: Option<Tags>,
}

/// `GetTags`.
pub(crate) async fn get_tags(call: &Call<'_>) -> Result<Answer, OperationError> {
    let tagged = Tagged::of(call)?;
    let mut read = call.plane.store.read().await?;
    answer(&TagsMember { tags: Some(tagged.tags(call, &mut read).await?) })
}

/// `TagResource`: new tags are laid over those there are.
pub(crate) async fn tag_resource(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: TagsMember = call.body()?;
    let new = request.tags.ok_or_else(|| missing_member("tags"))?;
    let tagged = Tagged::of(call)?;
    check_tags(Some(&new))?;
    let mut write = call.plane.store.write().await?;
    let change = |tags: &mut Tags| {
        tags.extend(new);
        check_tags(Some(tags))
    };
    tagged.change(call, &mut write, change).await?;
    write.commit().await?;
    // Of v1 it answers 204, which has no body.
    Ok((call.status() == 201).then(|| AnswerBody::json("{}")))
}

/// `UntagResource`; a key that is not there is as good as removed.
pub(crate) async fn untag_resource(call: &Call<'_>) -> Result<Answer, OperationError> {
    let keys = call.query_all("tagKeys")?;
    if keys.is_empty() {
        return Err(invalid("tagKeys", "at least one key is needed"));
    }
    let tagged = Tagged::of(call)?;
    let mut write = call.plane.store.write().await?;
    let change = |tags: &mut Tags| {
        tags.retain(|key, _| !keys.contains(key));
        Ok(())
    };
    tagged.change(call, &mut write, change).await?;
    write.commit().await?;
    Ok(None)
}

/// A resource that can be tagged, by its ARN.
#[derive(Debug, PartialEq, Eq)]
enum Tagged {
    Api(ApiId),
    Stage(ApiId, StageName),
    DomainName(String),
    VpcLink(VpcLinkId),
    ApiKey(ApiKeyId),
    UsagePlan(UsagePlanId),
}

impl Tagged {
    fn of(call: &Call<'_>) -> Result<Self, OperationError> {
        let arn = call.parameter("resource-arn");
        Self::parse(arn).ok_or_else(|| {
            OperationError::bad_request(format!(
                "Invalid ARN specified in the request: {arn} is not the ARN of an API, a stage, a domain name, a VPC link, an API key or a usage plan"
            ))
        })
    }

    /// `arn:<partition>:apigateway:<region>:<account or nothing>:/apis/…`; this gateway is one
    /// region, so any is taken.
    fn parse(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next()? != "arn" || parts.nth(1)? != "apigateway" {
            return None;
        }
        let path = parts.nth(2)?.strip_prefix('/')?;
        let segments = path.split('/').collect::<Vec<_>>();
        if segments.iter().any(|segment| segment.is_empty()) {
            return None;
        }
        Some(match segments[..] {
            ["apis", api_id] => Self::Api(ApiId::new(api_id)),
            ["apis", api_id, "stages", name] => {
                Self::Stage(ApiId::new(api_id), StageName::new(name))
            }
            ["domainnames", name] => Self::DomainName(name.to_owned()),
            ["vpclinks", id] => Self::VpcLink(VpcLinkId::new(id)),
            ["apikeys", id] => Self::ApiKey(ApiKeyId::new(id)),
            ["usageplans", id] => Self::UsagePlan(UsagePlanId::new(id)),
            _ => return None,
        })
    }

    /// The resource's tags.
    async fn tags(self, call: &Call<'_>, read: &mut Session) -> Result<Tags, OperationError> {
        Ok(match self {
            Self::Api(id) => read.api_fetch(&id).await?.ok_or_else(|| unknown_api(call, &id))?.tags,
            Self::Stage(id, name) => match read.stage_fetch(&id, &name).await? {
                Some(stage) => stage.tags,
                None if read.api_fetch(&id).await?.is_none() => return Err(unknown_api(call, &id)),
                None => return Err(unknown_stage()),
            },
            Self::DomainName(name) => {
                read.domain_name_fetch(&name).await?.ok_or_else(unknown_domain_name)?.tags
            }
            Self::VpcLink(id) => {
                let vpc_link = read.vpc_link_fetch(&id).await?;
                vpc_link.ok_or_else(|| unknown_vpc_link(id.as_str()))?.tags
            }
            Self::ApiKey(id) => {
                read.api_key_fetch(&id).await?.ok_or_else(unknown_api_key)?.api_key.tags
            }
            Self::UsagePlan(id) => {
                read.usage_plan_fetch(&id).await?.ok_or_else(unknown_usage_plan)?.tags
            }
        })
    }

    /// Changes the resource's tags, which act at once, without a deployment.
    async fn change(
        self,
        call: &Call<'_>,
        write: &mut WriteTransaction,
        change: impl FnOnce(&mut Tags) -> Result<(), OperationError>,
    ) -> Result<(), OperationError> {
        let changed = match self {
            Self::Api(api_id) => {
                let api = write.api_lock(&api_id).await?;
                let mut api = api.ok_or_else(|| unknown_api(call, &api_id))?;
                change(&mut api.tags)?;
                write.api_update(&api).await?
            }
            Self::Stage(api_id, name) => {
                let api = write.api_lock(&api_id).await?;
                api.ok_or_else(|| unknown_api(call, &api_id))?;
                let stage = write.stage_fetch(&api_id, &name).await?;
                let mut stage = stage.ok_or_else(unknown_stage)?;
                change(&mut stage.tags)?;
                write.stage_update(&api_id, &stage).await?
            }
            Self::DomainName(name) => {
                let domain_name = write.domain_name_lock(&name).await?;
                let mut domain_name = domain_name.ok_or_else(unknown_domain_name)?;
                change(&mut domain_name.tags)?;
                write.domain_name_update(&domain_name).await?
            }
            Self::VpcLink(id) => {
                let vpc_link = write.vpc_link_lock(&id).await?;
                let mut vpc_link = vpc_link.ok_or_else(|| unknown_vpc_link(id.as_str()))?;
                change(&mut vpc_link.tags)?;
                write.vpc_link_update(&vpc_link).await?
            }
            Self::ApiKey(id) => {
                let mut api_key = write.api_key_lock(&id).await?.ok_or_else(unknown_api_key)?;
                change(&mut api_key.tags)?;
                write.api_key_update(&api_key).await?
            }
            Self::UsagePlan(id) => {
                write.usage_plans_lock().await?;
                let plan = write.usage_plan_fetch(&id).await?;
                let mut plan = plan.ok_or_else(unknown_usage_plan)?;
                change(&mut plan.tags)?;
                write.usage_plan_update(&plan).await?
            }
        };
        // Each was fetched under its lock.
        debug_assert!(changed);
        Ok(())
    }
}

fn unknown_api(call: &Call<'_>, api_id: &ApiId) -> OperationError {
    super::api_mapping::unknown_api(call, api_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_name_resources() {
        let api = ApiId::new("a1");
        let cases = [
            ("arn:aws:apigateway:eu-west-1::/apis/a1", Some(Tagged::Api(api.clone()))),
            (
                "arn:aws-cn:apigateway:cn-north-1:000000000000:/apis/a1/stages/$default",
                Some(Tagged::Stage(api, StageName::new("$default"))),
            ),
            (
                "arn:aws:apigateway:eu-west-1::/domainnames/*.example.com",
                Some(Tagged::DomainName("*.example.com".to_owned())),
            ),
            (
                "arn:aws:apigateway:eu-west-1::/vpclinks/v1",
                Some(Tagged::VpcLink(VpcLinkId::new("v1"))),
            ),
            (
                "arn:aws:apigateway:eu-west-1::/apikeys/k1",
                Some(Tagged::ApiKey(ApiKeyId::new("k1"))),
            ),
            (
                "arn:aws:apigateway:eu-west-1::/usageplans/p1",
                Some(Tagged::UsagePlan(UsagePlanId::new("p1"))),
            ),
            ("arn:aws:apigateway:eu-west-1::/apis/a1/routes/r1", None),
            ("arn:aws:apigateway:eu-west-1::/apis/", None),
            ("arn:aws:apigateway:eu-west-1::apis/a1", None),
            ("arn:aws:lambda:eu-west-1::/apis/a1", None),
            ("nope", None),
        ];
        for (arn, expected) in cases {
            assert_eq!(Tagged::parse(arn), expected, "{arn}");
        }
    }
}
