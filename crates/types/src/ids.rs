//! Ids and names, one type each, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};

/// Where new ids come from, given in so that tests decide them.
pub trait IdSource: Send + Sync + 'static {
    /// `length` characters of `[a-z0-9]`, the first a letter, not to be guessed or met twice.
    fn next_id(&self, length: usize) -> String;
}

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; ids are opaque and never parsed.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! resource_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        text_newtype!($(#[$doc])* $name);

        impl $name {
            /// A new id, in the form AWS gives this resource's ids.
            pub fn generate(source: &dyn IdSource) -> Self {
                Self(source.next_id($length))
            }
        }
    };
}

resource_id!(
    /// Of an API; a DNS label, since it is the first part of the API's host name.
    ApiId,
    10
);
resource_id!(
    /// Of a route.
    RouteId,
    7
);
resource_id!(
    /// Of an integration.
    IntegrationId,
    7
);
resource_id!(
    /// Of an authorizer.
    AuthorizerId,
    6
);
resource_id!(
    /// Of a deployment.
    DeploymentId,
    6
);
resource_id!(
    /// Of an integration response.
    IntegrationResponseId,
    7
);
resource_id!(
    /// Of a route response.
    RouteResponseId,
    6
);
resource_id!(
    /// Of a model.
    ModelId,
    6
);
resource_id!(
    /// Of an API mapping.
    ApiMappingId,
    6
);
resource_id!(
    /// Of a VPC link.
    VpcLinkId,
    6
);
resource_id!(
    /// Of a routing rule.
    RoutingRuleId,
    6
);
resource_id!(
    /// Of an API key.
    ApiKeyId,
    10
);
resource_id!(
    /// Of a usage plan.
    UsagePlanId,
    6
);
text_newtype!(
    /// The name of a stage: `$default` or `[A-Za-z0-9_-]{1,128}`.
    StageName
);

impl StageName {
    /// The stage that serves at the root of an API's host (`http-api-stages`).
    pub const DEFAULT: &'static str = "$default";

    /// Whether this is the `$default` stage.
    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }
}
