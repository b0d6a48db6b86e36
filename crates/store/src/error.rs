//! What can go wrong, and the one place where a database's own error becomes ours.

/// A call to the store failed; nothing of its transaction is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule between resources stands in the way.
    #[error("conflict with {0:?}")]
    Conflict(Constraint),
    /// The database does not answer, or refuses for a reason of its own. May be retried.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A stored value is not what this version writes.
    #[error("a stored {what} is not readable")]
    Corrupt {
        /// The resource.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The database's schema is not this version's.
    #[error("the database's schema is at version {found}, this program needs {needed}: {advice}")]
    Schema {
        /// The newest migration that was applied.
        found: i64,
        /// The newest this program knows.
        needed: i64,
        /// What to do.
        advice: &'static str,
    },
    /// Migrations could not be applied.
    #[error("the database's schema cannot be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The URL names no database this program can open.
    #[error("database URL: {0}")]
    Url(&'static str),
    /// The database's file cannot be made.
    #[error("cannot create {path}")]
    Create {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Rules between resources that the database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// An id that is taken.
    Id,
    /// Two routes of an API with one key.
    RouteKey,
    /// A route's target that does not exist.
    RouteTarget,
    /// An integration that a route targets.
    IntegrationInUse,
    /// Two stages of an API with one name.
    StageName,
    /// A stage's deployment that does not exist.
    StageDeployment,
    /// A deployment that a stage points at.
    DeploymentInUse,
    /// A stage, or an API with a stage, that an API mapping leads to.
    StageInUse,
    /// Two authorizers of an API with one name.
    AuthorizerName,
    /// An authorizer that a route uses.
    AuthorizerInUse,
    /// Two models of an API with one name.
    ModelName,
    /// Two responses of an integration with one key.
    IntegrationResponseKey,
    /// Two responses of a route with one key.
    RouteResponseKey,
    /// An integration's VPC link that does not exist.
    IntegrationVpcLink,
    /// A VPC link that an integration uses.
    VpcLinkInUse,
    /// A domain name that exists.
    DomainName,
    /// Two API mappings of a domain name with one key.
    ApiMappingKey,
    /// An API mapping's stage that does not exist.
    ApiMappingStage,
    /// Two routing rules of a domain name with one priority.
    RoutingRulePriority,
    /// Two API keys with one value.
    ApiKeyValue,
    /// A usage plan's stage that does not exist.
    UsagePlanStage,
    /// An API key that the usage plan has.
    UsagePlanKey,
    /// A usage plan's API key that does not exist.
    UsagePlanKeyMissing,
}

/// What a statement's violations mean. A statement can break one unique and one foreign key at
/// most, and SQLite does not name the latter; so the statement says what it was.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Violations {
    pub(crate) unique: Option<Constraint>,
    pub(crate) foreign_key: Option<Constraint>,
}

impl Violations {
    pub(crate) fn map(self, error: sqlx::Error) -> StoreError {
        let constraint = error.as_database_error().and_then(|error| {
            if error.is_unique_violation() {
                self.unique
            } else if error.is_foreign_key_violation() {
                self.foreign_key
            } else {
                None
            }
        });
        match constraint {
            Some(constraint) => StoreError::Conflict(constraint),
            None => StoreError::Unavailable(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error)
    }
}
