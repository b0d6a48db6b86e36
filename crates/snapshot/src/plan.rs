//! The compiled form: everything that could be parsed has been.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gatewright_expressions::{
    AccessLogFormat, IdentitySource, LambdaIdentitySource, RequestMapping, ResponseMapping,
    ServiceParameters, TargetTemplate,
};
use gatewright_routing::RouteTable;
use gatewright_types::{ApiId, AuthorizerId, IntegrationSubtype, Origin, Region, StageName};
use http::HeaderValue;

use crate::IntegrationUri;

/// One stage, ready to serve.
#[derive(Debug)]
pub struct StagePlan {
    /// The API.
    pub api_id: ApiId,
    /// The stage.
    pub stage_name: StageName,
    /// Whether the default endpoint answers 404 (`http-api-disable-default-endpoint`).
    pub execute_api_endpoint_disabled: bool,
    /// Who may call from a browser; absent where the upstream says so itself.
    pub cors: Option<CorsPlan>,
    /// What is logged of each request, and where; absent where nothing is.
    pub access_log: Option<AccessLogPlan>,
    /// The stage's variables.
    pub stage_variables: BTreeMap<String, String>,
    /// Grows with each `ResetAuthorizersCache`.
    pub authorizers_cache_epoch: u64,
    /// From method and path to an index into [`routes`](Self::routes).
    pub table: RouteTable,
    /// The routes.
    pub routes: Vec<RoutePlan>,
}

impl StagePlan {
    /// The routes that answer 500 because of a setting this version does not honour, and the
    /// setting.
    pub fn not_served(&self) -> impl Iterator<Item = (&str, &str)> {
        self.routes.iter().filter_map(|route| match &route.integration {
            IntegrationPlan::NotServed { setting } => Some((&*route.names.route_key, &**setting)),
            IntegrationPlan::HttpProxy(_)
            | IntegrationPlan::Lambda(_)
            | IntegrationPlan::Service(_)
            | IntegrationPlan::Refused { .. }
            | IntegrationPlan::Uncallable { .. } => None,
        })
    }

    /// The first route that must not be published, and why.
    pub fn refused(&self) -> Option<(&str, &str)> {
        self.routes.iter().find_map(|route| match &route.integration {
            IntegrationPlan::Refused { reason } => Some((&*route.names.route_key, &**reason)),
            _ => None,
        })
    }
}

/// One route.
#[derive(Debug)]
pub struct RoutePlan {
    /// What it is called.
    pub names: RouteNames,
    /// Whether it has metrics of its own beside its stage's (`detailedMetricsEnabled`).
    pub detailed_metrics: bool,
    /// How often it may be called; absent where nothing bounds it.
    pub throttle: Option<ThrottlePlan>,
    /// Who may call it.
    pub authorization: AuthorizationPlan,
    /// What it calls.
    pub integration: IntegrationPlan,
    /// What becomes of a request on its way to the integration.
    pub request_mapping: Arc<RequestMapping>,
    /// What becomes of the integration's answers.
    pub response_mapping: Arc<ResponseMapping>,
}

/// A route's key, and the names in it: what events, metrics and logs say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteNames {
    /// The key as configured.
    pub route_key: String,
    /// Names of its path variables, in order.
    pub path_variables: Vec<String>,
}

/// `accessLogSettings` (`http-api-logging`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogPlan {
    /// What the operator's configuration says a place of.
    pub destination_arn: String,
    /// The line.
    pub format: AccessLogFormat,
}

/// `authorizationType` and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizationPlan {
    /// Open to everybody.
    None,
    /// Tokens of an issuer.
    Jwt(JwtPlan),
    /// Whom a function lets in.
    Lambda(LambdaAuthorizerPlan),
    /// Holders of an access key whose policy allows it.
    AwsIam,
}

impl AuthorizationPlan {
    /// Whether it asks for what the client said, which has to be kept for it.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        match self {
            Self::Lambda(plan) => plan.sources.iter().any(LambdaIdentitySource::needs_client),
            Self::None | Self::Jwt(_) | Self::AwsIam => false,
        }
    }
}

/// A JWT authorizer as one route uses it (`http-api-jwt-authorizer`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtPlan {
    /// Where the token stands.
    pub source: IdentitySource,
    /// Whose it must be, letter for letter.
    pub issuer: String,
    /// For whom, one of these.
    pub audience: Vec<String>,
    /// Of which it must have one; none is asked for where this is empty.
    pub scopes: Vec<String>,
}

/// A Lambda authorizer (`http-api-lambda-authorizer`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LambdaAuthorizerPlan {
    /// The authorizer.
    pub authorizer_id: AuthorizerId,
    /// What a request must have, and its decision is kept by.
    pub sources: Vec<LambdaIdentitySource>,
    /// The function.
    pub function: FunctionPlan,
    /// The shape of its events.
    pub format: PayloadFormat,
    /// The shape of its answers.
    pub answer: AuthorizerAnswerPlan,
    /// How long a decision is kept; absent where each request is decided anew.
    pub result_ttl: Option<Duration>,
}

/// `enableSimpleResponses`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizerAnswerPlan {
    /// `isAuthorized`.
    Simple,
    /// `policyDocument`.
    Policy,
}

/// A token bucket (`http-api-throttling`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThrottlePlan {
    /// Tokens a second.
    pub rate: f64,
    /// Tokens it holds.
    pub burst: u32,
}

/// Cross-origin resource sharing, its headers' values made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsPlan {
    /// Who may call.
    pub allowed_origins: AllowedOrigins,
    /// Whether with credentials.
    pub allow_credentials: bool,
    /// By which methods.
    pub allow_methods: Option<CorsList>,
    /// With which headers.
    pub allow_headers: Option<CorsList>,
    /// Which headers of an answer scripts may see.
    pub expose_headers: Option<CorsList>,
    /// How long a preflight's answer holds.
    pub max_age: Option<HeaderValue>,
}

/// `allowOrigins`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// `*`.
    Any,
    /// These.
    Listed {
        /// Letter for letter, without regard to case.
        exact: Vec<String>,
        /// All that begin so: `https://` of `https://*`.
        starts: Vec<String>,
    },
}

/// A list of methods or headers as a header's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsList {
    /// Whether it is `*`, which browsers do not take beside credentials.
    pub is_any: bool,
    /// The list, joined.
    pub value: HeaderValue,
}

/// What a route calls.
#[derive(Debug)]
pub enum IntegrationPlan {
    /// An HTTP upstream, passed through.
    HttpProxy(HttpProxyPlan),
    /// A Lambda function.
    Lambda(LambdaPlan),
    /// An action of an AWS service.
    Service(ServicePlan),
    /// A setting of the route, its stage or its API that this version does not honour: the route
    /// answers 500 rather than do less than it was told (docs/adr/0005).
    NotServed {
        /// The setting, in AWS's spelling.
        setting: String,
    },
    /// Nothing that this gateway's configuration lets it call. The control plane refuses to publish
    /// it. A data plane that gets it all the same, since its configuration is another, answers 500
    /// on this route and serves the others.
    Refused {
        /// The member, and the configuration's key or what is wrong.
        reason: String,
    },
    /// Nothing that can be called as things stand (no target, a stage variable that is not set):
    /// the route answers 500 until another change makes it whole.
    Uncallable {
        /// Why, for the operator.
        reason: String,
    },
}

impl IntegrationPlan {
    /// Whether a value of its own is a variable of `$context` that repeats what the client said.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        matches!(self, Self::Service(plan) if plan.parameters.needs_client())
    }
}

/// An HTTP_PROXY integration (`http-api-develop-integrations-http`).
#[derive(Debug)]
pub struct HttpProxyPlan {
    /// What to ask for.
    pub target: TargetTemplate,
    /// Where and how.
    pub upstream: HttpUpstreamPlan,
}

/// What HTTP_PROXY integrations with one upstream have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HttpUpstreamPlan {
    /// Where to connect.
    pub origin: Origin,
    /// The value of the `Host` header: host and port as written.
    pub authority: String,
    /// Which method.
    pub method: UpstreamMethod,
    /// `connectionType`.
    pub connection: ConnectionPlan,
    /// `tlsConfig.serverNameToVerify`: the name asked for and checked in the upstream's certificate,
    /// where it is not the URI's host.
    pub server_name: Option<String>,
    /// How long the upstream may take to begin its answer.
    pub timeout: Duration,
}

/// An AWS_PROXY integration with a function (`http-api-develop-integrations-lambda`).
#[derive(Debug)]
pub struct LambdaPlan {
    /// The function.
    pub function: FunctionPlan,
    /// The shape of events and answers.
    pub format: PayloadFormat,
    /// How its answers come.
    pub answers: AnswersPlan,
}

/// How a function's answers come: what [`FunctionPlan::target`] is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswersPlan {
    /// Whole (`Invoke`).
    Whole,
    /// Piece by piece (`InvokeWithResponseStream`).
    Streamed,
}

/// Where a function is invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionPlan {
    /// The Invoke API.
    pub endpoint: IntegrationUri,
    /// Path and query for it.
    pub target: String,
    /// Who signs invocations; absent where nobody asks for a signature.
    pub signing: Option<SigningPlan>,
    /// How long the function may take.
    pub timeout: Duration,
}

/// An AWS_PROXY integration with a service's action (`http-api-develop-integrations-aws-services`).
#[derive(Debug)]
pub struct ServicePlan {
    /// The action.
    pub subtype: IntegrationSubtype,
    /// The service.
    pub endpoint: IntegrationUri,
    /// What it is called with.
    pub parameters: ServiceParameters,
    /// Who signs; in this region, unless a request says another.
    pub signing: SigningPlan,
    /// How long the service may take.
    pub timeout: Duration,
}

/// Who signs what an integration sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningPlan {
    /// A profile of `aws.credentials_file`.
    pub profile: String,
    /// The region in the scope of signatures.
    pub region: Region,
}

/// `payloadFormatVersion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadFormat {
    /// `1.0`.
    V1,
    /// `2.0`.
    V2,
}

/// `connectionType`, and what of the client's request it lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionPlan {
    /// A public URL: its own host and path.
    Internet {
        /// Whether the request's path goes behind the URI's own: a `$default` route whose URI has no
        /// variables (`http-api-develop-routes`).
        appends_path: bool,
    },
    /// A private upstream: the client's host, and the client's path with the stage in it
    /// (`http-api-develop-integrations-private`).
    VpcLink,
}

/// The method towards an upstream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UpstreamMethod {
    /// `ANY`: the client's own.
    Client,
    /// Always this one.
    Fixed(String),
}
