//! `accessLogSettings` (`http-api-logging`; spec/http-api-runtime.md section 13.2).

use gatewright_expressions::AccessLogFormat;
use gatewright_types::{AccessLogSettings, Stage};

use super::CompileError;
use crate::AccessLogPlan;

pub(super) fn compile(stage: &Stage) -> Result<Option<AccessLogPlan>, CompileError> {
    match &stage.access_log_settings {
        Some(AccessLogSettings { destination_arn: Some(arn), format: Some(format) }) => {
            let format = AccessLogFormat::compile(format).map_err(CompileError::AccessLogFormat)?;
            Ok(Some(AccessLogPlan { destination_arn: arn.clone(), format }))
        }
        // The management API keeps both or neither.
        _ => Ok(None),
    }
}
