//! The operations of the v1 API (2015-07-09) that matter to WebSocket APIs: API keys, usage plans,
//! and the tags of both. Same service, host and signing name as v2's; REST APIs are not here.

use crate::operation_table::{Operation, operation};

pub(crate) const V1_OPERATIONS: &[Operation] = &[
    operation("CreateApiKey", "POST", "/apikeys", 201),
    operation("CreateUsagePlan", "POST", "/usageplans", 201),
    operation("CreateUsagePlanKey", "POST", "/usageplans/{usageplanId}/keys", 201),
    operation("DeleteApiKey", "DELETE", "/apikeys/{api_Key}", 202),
    operation("DeleteUsagePlan", "DELETE", "/usageplans/{usageplanId}", 202),
    operation("DeleteUsagePlanKey", "DELETE", "/usageplans/{usageplanId}/keys/{keyId}", 202),
    operation("GetApiKey", "GET", "/apikeys/{api_Key}", 200),
    operation("GetApiKeys", "GET", "/apikeys", 200),
    operation("GetTags", "GET", "/tags/{resource-arn}", 200),
    operation("GetUsage", "GET", "/usageplans/{usageplanId}/usage", 200),
    operation("GetUsagePlan", "GET", "/usageplans/{usageplanId}", 200),
    operation("GetUsagePlanKey", "GET", "/usageplans/{usageplanId}/keys/{keyId}", 200),
    operation("GetUsagePlanKeys", "GET", "/usageplans/{usageplanId}/keys", 200),
    operation("GetUsagePlans", "GET", "/usageplans", 200),
    operation("TagResource", "PUT", "/tags/{resource-arn}", 204),
    operation("UntagResource", "DELETE", "/tags/{resource-arn}", 204),
    operation("UpdateApiKey", "PATCH", "/apikeys/{api_Key}", 200),
    operation("UpdateUsage", "PATCH", "/usageplans/{usageplanId}/keys/{keyId}/usage", 200),
    operation("UpdateUsagePlan", "PATCH", "/usageplans/{usageplanId}", 200),
];
