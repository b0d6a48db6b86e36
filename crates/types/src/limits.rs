//! Bounds on everything, each with AWS's quota beside it (`http-api-quotas`, the service model).

/// Characters of an API, stage, authorizer or model name. AWS: 128.
pub const NAME_CHARS_MAX: usize = 128;
/// Characters of a description. AWS: 1024.
pub const DESCRIPTION_CHARS_MAX: usize = 1024;
/// Characters of an API's version text. AWS: 64.
pub const VERSION_CHARS_MAX: usize = 64;
/// Characters of a selection expression. AWS: 128.
pub const SELECTION_EXPRESSION_CHARS_MAX: usize = 128;
/// Characters of a route key or route target. AWS: 128 for targets; keys hold whole paths.
pub const ROUTE_TARGET_CHARS_MAX: usize = 128;
/// Characters of a route key. Not documented by AWS; ours.
pub const ROUTE_KEY_CHARS_MAX: usize = 1024;
/// Characters of an operation name. AWS: 64.
pub const OPERATION_NAME_CHARS_MAX: usize = 64;
/// Characters of an integration's or authorizer's URI. AWS: 2048.
pub const URI_CHARS_MAX: usize = 2048;
/// Characters of a connection id or ARN. AWS: 1024.
pub const CONNECTION_ID_CHARS_MAX: usize = 1024;
/// Shortest integration timeout in milliseconds. AWS: 50.
pub const INTEGRATION_TIMEOUT_MS_MIN: u32 = 50;
/// Longest and default integration timeout of an HTTP API in milliseconds. AWS: 30,000.
pub const HTTP_INTEGRATION_TIMEOUT_MS: u32 = 30_000;
/// Longest and default integration timeout of a WebSocket API in milliseconds. AWS: 29,000.
pub const WEBSOCKET_INTEGRATION_TIMEOUT_MS: u32 = 29_000;
/// Characters of a stage variable's value. AWS: 2048 in the model.
pub const STAGE_VARIABLE_CHARS_MAX: usize = 2048;
/// Variables of a stage. AWS: 100.
pub const STAGE_VARIABLES_MAX: usize = 100;
/// Tags of a resource. AWS: 50.
pub const TAGS_MAX: usize = 50;
/// Characters of a tag's key. AWS: 128.
pub const TAG_KEY_CHARS_MAX: usize = 128;
/// Characters of a tag's value. AWS: 256.
pub const TAG_VALUE_CHARS_MAX: usize = 256;
/// Characters of a key of a map in a resource. AWS: 128 where it says.
pub const MAP_KEY_CHARS_MAX: usize = 512;
/// Characters of a value in `requestParameters` or `responseParameters`. AWS: 512.
pub const PARAMETER_CHARS_MAX: usize = 512;
/// Characters of a mapping template. AWS: 32,768.
pub const TEMPLATE_CHARS_MAX: usize = 32_768;
/// Characters of a model's schema. AWS: 32,768.
pub const SCHEMA_CHARS_MAX: usize = 32_768;
/// Characters of a model's content type. AWS: 256.
pub const CONTENT_TYPE_CHARS_MAX: usize = 256;
/// Characters of an access log's format. AWS: 3 KB in the guide, 1024 in the model.
pub const ACCESS_LOG_FORMAT_CHARS_MAX: usize = 3072;
/// Bytes of an access log's entry; what is longer is cut. AWS: 1 MB.
pub const ACCESS_LOG_ENTRY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a body that parameter mapping looks at. AWS: 100 KB.
pub const MAPPED_BODY_BYTES_MAX: usize = 100 * 1024;
/// Bytes of a value that parameter mapping makes. Ours; what AWS allows a request's line and headers
/// together, so nothing longer could be sent on.
pub const MAPPED_VALUE_BYTES_MAX: usize = REQUEST_HEAD_BYTES_MAX;
/// Bytes that the parameters of a service's action have together. AWS's services take less each, and
/// say so; the largest is a Kinesis record of 10 MiB in base64.
pub const SERVICE_PARAMETERS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a service's answer. Ours; SQS gives ten messages of 1 MiB at most.
pub const SERVICE_ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Characters of an ARN. AWS: 2048 at most, by resource.
pub const ARN_CHARS_MAX: usize = 2048;
/// Characters of an HTTP method. AWS: 64.
pub const METHOD_CHARS_MAX: usize = 64;
/// Characters of an authorization scope. AWS: 64.
pub const AUTHORIZATION_SCOPE_CHARS_MAX: usize = 64;
/// Longest time an authorizer's result is kept in seconds. AWS: 3600.
pub const AUTHORIZER_RESULT_TTL_SECONDS_MAX: i64 = 3600;
/// Authorizers of an API. AWS: 10.
pub const AUTHORIZERS_PER_API_MAX: usize = 100;
/// Audiences of a JWT authorizer. AWS: 50.
pub const AUDIENCES_MAX: usize = 50;
/// Models of an API. Ours.
pub const MODELS_PER_API_MAX: usize = 1000;
/// Characters of a custom domain name. DNS: 253; AWS's model: 512.
pub const DOMAIN_NAME_CHARS_MAX: usize = 253;
/// Characters of an API mapping's key. AWS: 300.
pub const API_MAPPING_KEY_CHARS_MAX: usize = 300;
/// Subnets of a VPC link. AWS: 10.
pub const SUBNETS_MAX: usize = 10;
/// Highest priority number of a routing rule. AWS: 1,000,000.
pub const ROUTING_RULE_PRIORITY_MAX: i64 = 1_000_000;
/// Characters of a header name in a routing rule. AWS: fewer than 40.
pub const ROUTING_RULE_HEADER_CHARS_MAX: usize = 39;
/// Characters of a header value's pattern, or a base path, in a routing rule. AWS: fewer than 128.
pub const ROUTING_RULE_VALUE_CHARS_MAX: usize = 127;
/// Entries of a list in a resource (CORS lists, scopes). Ours; AWS bounds scopes to 10.
pub const LIST_ENTRIES_MAX: usize = 100;
/// Authorization scopes of a route. AWS: 10.
pub const AUTHORIZATION_SCOPES_MAX: usize = 10;
/// Routes of an API. AWS: 300; ours is generous, since the machine is the operator's own.
pub const ROUTES_PER_API_MAX: usize = 3000;
/// Integrations of an API. AWS: 300.
pub const INTEGRATIONS_PER_API_MAX: usize = 3000;
/// Stages of an API. AWS: 10.
pub const STAGES_PER_API_MAX: usize = 100;
/// Items of a page when `maxResults` is absent, and at most. Not documented by AWS.
pub const PAGE_ITEMS_MAX: usize = 500;
/// Routing rules of a page when `maxResults` is absent, and at most. AWS: 100.
pub const ROUTING_RULES_PAGE_ITEMS_MAX: usize = 100;
/// Characters of an API key's value at least. AWS: 20.
pub const API_KEY_VALUE_CHARS_MIN: usize = 20;
/// Characters of an API key's value. AWS: 128.
pub const API_KEY_VALUE_CHARS_MAX: usize = 128;
/// Characters of an API key's value that is not given. AWS: 40.
pub const API_KEY_VALUE_CHARS_GENERATED: usize = 40;
/// Characters of the name of an API key or a usage plan. Not documented by AWS; ours.
pub const API_KEY_NAME_CHARS_MAX: usize = 1024;
/// Requests of a quota, requests of a burst, and requests per second: what a 32-bit integer holds
/// in the SDKs. AWS: less, by the account.
pub const USAGE_PLAN_NUMBER_MAX: u32 = 2_147_483_647;
/// Stages of a usage plan. Ours.
pub const USAGE_PLAN_STAGES_MAX: usize = 1000;
/// Operations of one patch. Ours; Terraform sends three for each stage of a usage plan.
pub const PATCH_OPERATIONS_MAX: usize = 10_000;
/// Items of a page of the v1 API when `limit` is absent. AWS: 25.
pub const V1_PAGE_ITEMS_DEFAULT: usize = 25;
/// Items of a page of the v1 API. AWS: 500.
pub const V1_PAGE_ITEMS_MAX: usize = 500;
/// Automatic deployments kept beside the ones that stages point at (spec/management-api.md section 8).
pub const AUTOMATIC_DEPLOYMENTS_KEPT: usize = 10;
/// Bytes of a management request's body. AWS: 6 MB for imports, which are the largest.
pub const MANAGEMENT_BODY_BYTES_MAX: usize = 6 * 1024 * 1024;
/// Levels of nesting in a management request's JSON body; serde_json's own bound is 128.
pub const SIGNATURE_CLOCK_SKEW_SECONDS_MAX: i64 = 5 * 60;
/// Bytes of request line and headers together. AWS: 10,240.
pub const REQUEST_HEAD_BYTES_MAX: usize = 10_240;
/// Bytes of a request's or response's body. AWS: 10 MB.
pub const PAYLOAD_BYTES: u64 = 10 * 1024 * 1024;
/// Segments of a route key's path. Ours; keeps a request's match bounded.
pub const ROUTE_PATH_SEGMENTS_MAX: usize = 32;
/// Requests a second of a route whose rate is not set beside its burst. AWS: 10,000, an account's.
pub const ACCOUNT_RATE: f64 = 10_000.0;
/// Requests at once of a route whose burst is not set beside its rate. AWS: 5,000, an account's.
pub const ACCOUNT_BURST: u32 = 5_000;
/// Connections of one traffic thread unless configured otherwise. Ours.
pub const CONNECTIONS_PER_THREAD_MAX: usize = 16_384;
/// Requests at once on one HTTP/2 connection unless configured otherwise. Ours; AWS's load balancers: 128.
pub const HTTP2_STREAMS_MAX: u32 = 128;
/// Bytes of a PROXY protocol header. Ours; nginx takes as many.
pub const PROXY_HEADER_BYTES_MAX: usize = 4096;
/// Bytes of a file with a certificate, a key or an OCSP response. Ours.
pub const CERTIFICATE_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a file with a certificate revocation list: about half a million entries. Ours.
pub const REVOCATION_LIST_FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Certificates from a client's own to the root. AWS: 4.
pub const CLIENT_CERTIFICATE_CHAIN_MAX: usize = 4;
/// Bytes of one line of the feed: a whole stage as JSON. Ours.
pub const FEED_LINE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Levels of nesting in an imported OpenAPI document. Ours; what serde_json allows a JSON document.
pub const IMPORT_NESTING_MAX: usize = 127;
/// Values in an imported OpenAPI document, YAML aliases replaced. Ours; a 6 MB document of ordinary
/// density has half of it.
pub const IMPORT_NODES_MAX: usize = 500_000;
/// Bytes that a YAML document's aliases may add to it. Ours; stops "billion laughs".
pub const IMPORT_ALIAS_BYTES_MAX: usize = MANAGEMENT_BODY_BYTES_MAX;
/// `$ref`s followed from one to the next before they count as a circle. Ours.
pub const IMPORT_REFERENCES_MAX: usize = 16;
/// Entries of `importInfo`, and of `warnings`. Ours; keeps an answer readable.
pub const IMPORT_FINDINGS_MAX: usize = 100;
/// Security schemes of an imported OpenAPI document. Ours; AWS allows 10 authorizers.
pub const IMPORT_SECURITY_SCHEMES_MAX: usize = 100;
/// Bytes of a Lambda function's event, and of its answer (Lambda quotas, synchronous invocation).
pub const LAMBDA_PAYLOAD_BYTES_MAX: usize = 6_291_556;
/// Bytes of status, headers and cookies in front of what a function streams. Ours; AWS's REST APIs
/// take 16 KB.
pub const LAMBDA_PRELUDE_BYTES_MAX: usize = 64 * 1024;

/// How long a Lambda authorizer may take (`http-api-lambda-authorizer`).
pub const LAMBDA_AUTHORIZER_TIMEOUT_MS: u64 = 10_000;

/// Bytes of a method's ARN on routes with authorization (`http-api-quotas`).
pub const METHOD_ARN_BYTES_MAX: usize = 1600;
/// Bytes of the head of an upstream's answer. AWS does not tell; ours is generous with cookies.
pub const UPSTREAM_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Headers, or trailers, of an upstream's answer. Ours.
pub const UPSTREAM_HEADERS_MAX: usize = 100;
/// 1xx answers that may come before the answer itself. Ours.
pub const UPSTREAM_INTERIM_ANSWERS_MAX: usize = 16;
/// Bytes of the line that begins a chunk of an upstream's answer. Ours.
pub const UPSTREAM_CHUNK_LINE_BYTES_MAX: usize = 1024;
/// Bytes of all chunk extensions of an upstream's answer, none of which is passed on. Ours.
pub const UPSTREAM_CHUNK_EXTENSION_BYTES_MAX: usize = 16 * 1024;
/// Bytes of the trailers of an upstream's answer. Ours.
pub const UPSTREAM_TRAILER_BYTES_MAX: usize = 16 * 1024;
/// Bytes of the file that has the credentials of AWS services. Ours; a profile has a few hundred.
pub const CREDENTIALS_FILE_BYTES_MAX: u64 = 1024 * 1024;
