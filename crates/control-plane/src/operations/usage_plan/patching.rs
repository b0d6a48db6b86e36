//! `UpdateUsagePlan`: what its patch operations do (`patch-operations`, "UpdateUsagePlan").

use std::collections::BTreeMap;

use gatewright_types::{
    ApiId, ApiStage, PatchOp, PatchOperation, QuotaPeriodType, QuotaSettings, StageName,
    ThrottleSettings, UsagePlan,
};

use crate::error::OperationError;
use crate::patch::{invalid_path, parsed, unescaped, value};
use crate::validation::{created_text, invalid, missing_member};

/// The paths of each operation, as AWS lists them in its refusals (boto/boto3#2629).
const ADDED: &[&str] = &[
    "/apiStages",
    "/productCode",
    "/quota/limit",
    "/quota/offset",
    "/quota/period",
    "/throttle/burstLimit",
    "/throttle/rateLimit",
    "/apiStages/<apidId:stageName>/throttle",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit",
];
const REPLACED: &[&str] = &[
    "/name",
    "/description",
    "/productCode",
    "/quota/limit",
    "/quota/offset",
    "/quota/period",
    "/throttle/burstLimit",
    "/throttle/rateLimit",
    "/apiStages/<apidId:stageName>/throttle",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit",
];
const REMOVED: &[&str] = &[
    "/apiStages",
    "/quota",
    "/throttle",
    "/productCode",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>",
    "/apiStages/<apidId:stageName>/throttle",
];

/// The plan as it is after all operations; whether it may be so is not looked at.
pub(super) fn patched(
    mut plan: UsagePlan,
    operations: &[PatchOperation],
) -> Result<UsagePlan, OperationError> {
    let mut quota = Quota::of(plan.quota);
    for operation in operations {
        match operation.op {
            PatchOp::Add | PatchOp::Replace => put(&mut plan, &mut quota, operation)?,
            PatchOp::Remove => remove(&mut plan, &mut quota, operation)?,
            PatchOp::Move | PatchOp::Copy | PatchOp::Test => {
                return Err(invalid_path(operation, &[]));
            }
        }
    }
    plan.quota = quota.whole()?;
    Ok(plan)
}

/// A quota whose members come one by one.
#[derive(Default)]
struct Quota {
    limit: Option<u32>,
    offset: Option<u32>,
    period: Option<QuotaPeriodType>,
}

impl Quota {
    fn of(quota: Option<QuotaSettings>) -> Self {
        quota.map_or_else(Self::default, |QuotaSettings { limit, offset, period }| Self {
            limit: Some(limit),
            offset: Some(offset),
            period: Some(period),
        })
    }

    fn whole(self) -> Result<Option<QuotaSettings>, OperationError> {
        let Self { limit, offset, period } = self;
        if (limit, offset, period) == (None, None, None) {
            return Ok(None);
        }
        Ok(Some(QuotaSettings {
            limit: limit.ok_or_else(|| missing_member("quota.limit"))?,
            offset: offset.unwrap_or(0),
            period: period.ok_or_else(|| missing_member("quota.period"))?,
        }))
    }
}

fn put(
    plan: &mut UsagePlan,
    quota: &mut Quota,
    operation: &PatchOperation,
) -> Result<(), OperationError> {
    let adds = operation.op == PatchOp::Add;
    match operation.path.as_str() {
        "/name" if !adds => plan.name = value(operation)?.to_owned(),
        "/description" if !adds => plan.description = created_text(operation.value.clone()),
        "/productCode" => plan.product_code = created_text(operation.value.clone()),
        "/quota/limit" => quota.limit = Some(parsed(operation)?),
        "/quota/offset" => quota.offset = Some(parsed(operation)?),
        "/quota/period" => quota.period = Some(period(operation)?),
        "/throttle/burstLimit" => {
            plan.throttle.get_or_insert_default().burst_limit = parsed(operation)?;
        }
        "/throttle/rateLimit" => {
            plan.throttle.get_or_insert_default().rate_limit = parsed(operation)?;
        }
        "/apiStages" if adds => {
            let (api_id, stage) = api_stage(operation.value.as_deref())?;
            plan.api_stages.push(ApiStage { api_id, stage, throttle: None });
        }
        path => {
            let refusal = || invalid_path(operation, if adds { ADDED } else { REPLACED });
            let (stage, rest) = stage_throttle(path).ok_or_else(refusal)?;
            let throttle = &mut find(plan, &stage)?.throttle;
            match rest.rsplit_once('/') {
                None if rest.is_empty() => *throttle = Some(settings(operation)?),
                Some((key, "burstLimit")) => {
                    route(throttle, key).burst_limit = parsed(operation)?;
                }
                Some((key, "rateLimit")) => route(throttle, key).rate_limit = parsed(operation)?,
                _ => return Err(refusal()),
            }
        }
    }
    Ok(())
}

fn remove(
    plan: &mut UsagePlan,
    quota: &mut Quota,
    operation: &PatchOperation,
) -> Result<(), OperationError> {
    match operation.path.as_str() {
        "/apiStages" => {
            let named = operation.value.as_deref();
            let stage = find(plan, named.unwrap_or_default())?.clone();
            plan.api_stages.retain(|other| !other.is_same_stage(&stage));
        }
        "/quota" => *quota = Quota::default(),
        "/throttle" => plan.throttle = None,
        "/productCode" => plan.product_code = None,
        path => {
            let (stage, key) =
                stage_throttle(path).ok_or_else(|| invalid_path(operation, REMOVED))?;
            let throttle = &mut find(plan, &stage)?.throttle;
            if let Some(map) = throttle
                && !key.is_empty()
            {
                map.remove(&unescaped(key));
            }
            // What has no routes left is as good as none.
            if key.is_empty() || throttle.as_ref().is_some_and(BTreeMap::is_empty) {
                *throttle = None;
            }
        }
    }
    Ok(())
}

/// The stage's text and what follows `/apiStages/<apiId:stageName>/throttle/`. Keys hold slashes,
/// which Terraform does not escape: `/throttle//pets/GET/rateLimit` as good as `~1pets/GET`.
fn stage_throttle(path: &str) -> Option<(String, &str)> {
    let (stage, rest) = path.strip_prefix("/apiStages/")?.split_once("/throttle")?;
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
    Some((unescaped(stage), rest))
}

fn route<'a>(
    throttle: &'a mut Option<BTreeMap<String, ThrottleSettings>>,
    key: &str,
) -> &'a mut ThrottleSettings {
    throttle.get_or_insert_default().entry(unescaped(key)).or_default()
}

/// A stage the plan has.
fn find<'a>(plan: &'a mut UsagePlan, text: &str) -> Result<&'a mut ApiStage, OperationError> {
    let (api_id, name) = api_stage(Some(text))?;
    let unknown = OperationError::not_found(format!(
        "Invalid API Stage {{api: {api_id}, stage: {name}}} specified for usageplan {}",
        plan.id
    ));
    let mut stages = plan.api_stages.iter_mut();
    stages.find(|stage| (&stage.api_id, &stage.stage) == (&api_id, &name)).ok_or(unknown)
}

/// `<apiId>:<stageName>`.
fn api_stage(text: Option<&str>) -> Result<(ApiId, StageName), OperationError> {
    match text.and_then(|text| text.split_once(':')) {
        Some((api_id, stage)) if !api_id.is_empty() && !stage.is_empty() => {
            Ok((ApiId::new(api_id), StageName::new(stage)))
        }
        _ => Err(OperationError::bad_request("Invalid API Stage specified")),
    }
}

fn period(operation: &PatchOperation) -> Result<QuotaPeriodType, OperationError> {
    match value(operation)? {
        "DAY" => Ok(QuotaPeriodType::Day),
        "WEEK" => Ok(QuotaPeriodType::Week),
        "MONTH" => Ok(QuotaPeriodType::Month),
        other => Err(invalid(&operation.path, format!("'{other}' is not DAY, WEEK or MONTH"))),
    }
}

/// The whole of a stage's throttling, written as JSON.
fn settings(
    operation: &PatchOperation,
) -> Result<BTreeMap<String, ThrottleSettings>, OperationError> {
    serde_json::from_str(value(operation)?).map_err(|error| invalid(&operation.path, error))
}

#[cfg(test)]
mod tests;
