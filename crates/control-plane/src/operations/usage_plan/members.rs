//! Bounds of a usage plan's members.

use gatewright_types::{QuotaPeriodType, QuotaSettings, ThrottleSettings, UsagePlan, limits};

use crate::error::OperationError;
use crate::validation::{entries_at_most, invalid, missing_member, text_at_most};

/// Refuses what no usage plan can be, whether created so or changed to it.
pub(super) fn check(plan: &UsagePlan) -> Result<(), OperationError> {
    if plan.name.is_empty() {
        return Err(missing_member("name"));
    }
    text_at_most("name", Some(&plan.name), limits::API_KEY_NAME_CHARS_MAX)?;
    text_at_most("description", plan.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    text_at_most("productCode", plan.product_code.as_deref(), limits::API_KEY_NAME_CHARS_MAX)?;
    if let Some(throttle) = &plan.throttle {
        check_throttle("throttle", throttle)?;
    }
    if let Some(quota) = &plan.quota {
        check_quota(quota)?;
    }
    check_stages(plan)
}

fn check_stages(plan: &UsagePlan) -> Result<(), OperationError> {
    if plan.api_stages.len() > limits::USAGE_PLAN_STAGES_MAX {
        let bound = format!("at most {} stages", limits::USAGE_PLAN_STAGES_MAX);
        return Err(invalid("apiStages", bound));
    }
    for (index, stage) in plan.api_stages.iter().enumerate() {
        if plan.api_stages[..index].iter().any(|earlier| earlier.is_same_stage(stage)) {
            return Err(OperationError::Conflict(format!(
                "API Stage {}:{} is already associated with the usage plan",
                stage.api_id, stage.stage
            )));
        }
        let throttle = stage.throttle.iter().flatten();
        entries_at_most("apiStages.throttle", stage.throttle.as_ref().map_or(0, |map| map.len()))?;
        for (key, settings) in throttle {
            text_at_most("apiStages.throttle", Some(key), limits::ROUTE_KEY_CHARS_MAX)?;
            check_throttle(&format!("apiStages.throttle.{key}"), settings)?;
        }
    }
    Ok(())
}

fn check_throttle(member: &str, throttle: &ThrottleSettings) -> Result<(), OperationError> {
    at_most(&format!("{member}.burstLimit"), throttle.burst_limit)?;
    // A text of a patch may say NaN, which is neither.
    if !(0.0..=f64::from(limits::USAGE_PLAN_NUMBER_MAX)).contains(&throttle.rate_limit) {
        let why = format!("must be between 0 and {}", limits::USAGE_PLAN_NUMBER_MAX);
        return Err(invalid(&format!("{member}.rateLimit"), why));
    }
    Ok(())
}

fn check_quota(quota: &QuotaSettings) -> Result<(), OperationError> {
    at_most("quota.limit", quota.limit)?;
    let (last, period) = match quota.period {
        QuotaPeriodType::Day if quota.offset == 0 => return Ok(()),
        QuotaPeriodType::Day => {
            return Err(OperationError::bad_request(
                "Usage Plan quota offset must be zero in the DAY period",
            ));
        }
        QuotaPeriodType::Week => (6, "WEEK"),
        QuotaPeriodType::Month => (27, "MONTH"),
    };
    if quota.offset <= last {
        return Ok(());
    }
    Err(OperationError::bad_request(format!(
        "Usage Plan quota offset must be between 0 and {last} inclusive in the {period} period"
    )))
}

fn at_most(member: &str, number: u32) -> Result<(), OperationError> {
    if number > limits::USAGE_PLAN_NUMBER_MAX {
        return Err(invalid(member, format!("must be at most {}", limits::USAGE_PLAN_NUMBER_MAX)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(members: &str, expected: &str) {
        let text = format!(r#"{{"id":"p1","name":"n",{members}}}"#);
        let plan = serde_json::from_str(&text).expect(members);
        let refusal = check(&plan).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(refusal, expected, "{members}");
    }

    #[test]
    fn quotas_have_offsets_within_their_period() {
        for (period, legal, refused) in [
            ("DAY", 0, "must be zero in the DAY period"),
            ("WEEK", 6, "must be between 0 and 6 inclusive in the WEEK period"),
            ("MONTH", 27, "must be between 0 and 27 inclusive in the MONTH period"),
        ] {
            let quota = |offset: u32| {
                format!(r#""quota":{{"limit":1,"offset":{offset},"period":"{period}"}}"#)
            };
            check_text(&quota(legal), "");
            check_text(&quota(legal + 1), &format!("Usage Plan quota offset {refused}"));
        }
    }

    #[test]
    fn numbers_fit_those_of_the_sdks() {
        check_text(r#""throttle":{"burstLimit":2147483647,"rateLimit":2147483647}"#, "");
        check_text(
            r#""throttle":{"burstLimit":2147483648}"#,
            "Invalid value for 'throttle.burstLimit': must be at most 2147483647",
        );
        for rate in ["2147483648", "-0.1"] {
            check_text(
                &format!(r#""throttle":{{"rateLimit":{rate}}}"#),
                "Invalid value for 'throttle.rateLimit': must be between 0 and 2147483647",
            );
        }
        check_text(
            r#""quota":{"limit":2147483648,"period":"DAY"}"#,
            "Invalid value for 'quota.limit': must be at most 2147483647",
        );
    }

    #[test]
    fn stages_are_counted_and_differ() {
        let stages = |count: usize| {
            let stage = |index| format!(r#"{{"apiId":"a","stage":"s{index}"}}"#);
            format!(r#""apiStages":[{}]"#, (0..count).map(stage).collect::<Vec<_>>().join(","))
        };
        check_text(&stages(limits::USAGE_PLAN_STAGES_MAX), "");
        let more = stages(limits::USAGE_PLAN_STAGES_MAX + 1);
        check_text(&more, "Invalid value for 'apiStages': at most 1000 stages");
        let routes = |count: usize| {
            let routes = (0..count).map(|index| format!(r#""k{index}":{{}}"#)).collect::<Vec<_>>();
            let routes = routes.join(",");
            format!(r#""apiStages":[{{"apiId":"a","stage":"s","throttle":{{{routes}}}}}]"#)
        };
        check_text(&routes(limits::LIST_ENTRIES_MAX), "");
        let more = routes(limits::LIST_ENTRIES_MAX + 1);
        check_text(&more, "Invalid value for 'apiStages.throttle': at most 100 entries");
        check_text(
            r#""apiStages":[{"apiId":"a","stage":"s"},{"apiId":"a","stage":"s"}]"#,
            "API Stage a:s is already associated with the usage plan",
        );
        check_text(
            r#""apiStages":[{"apiId":"a","stage":"s","throttle":{"k":{"rateLimit":-1}}}]"#,
            "Invalid value for 'apiStages.throttle.k.rateLimit': must be between 0 and 2147483647",
        );
    }
}
