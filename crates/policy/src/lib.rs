//! IAM policy documents: parsed and validated once, then evaluated without allocating.
//!
//! Follows the IAM user guide: "IAM JSON policy elements reference" with its pages on each element,
//! "Condition operators", "Variables and tags" and "Single-valued vs. multivalued context keys";
//! "Grammar of the IAM JSON policy language"; "Policy evaluation logic". Each module names its page.
//!
//! Three users: the management API (`apigateway:*`), `AWS_IAM` routes and `@connections`
//! (`execute-api:*`), and the policies that Lambda authorizers answer with. So it is pure: values
//! of condition keys, the time among them, come from the caller's [`Context`].
//!
//! Nothing is accepted and then ignored: what this crate cannot honour, [`Policy::parse`] refuses
//! with the element's path. Not here: principals (all three users attach a policy to who it is
//! about), permissions boundaries, session policies, and writing a policy back as JSON.
//!
//! ```
//! use gatewright_policy::{Decision, Policy, Request};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {
//!         "Effect": "Allow",
//!         "Action": "apigateway:GET",
//!         "Resource": "arn:aws:apigateway:*::/apis/*"
//!     }}"#,
//! )?;
//! let resource = "arn:aws:apigateway:us-east-1::/apis/abc/routes";
//! let decide = |action| policy.evaluate(&Request { action, resource, context: &() });
//! assert_eq!(decide("apigateway:GET"), Decision::Allowed);
//! assert_eq!(decide("apigateway:POST"), Decision::ImplicitlyDenied);
//! # Ok::<(), gatewright_policy::PolicyError>(())
//! ```

mod policy;

mod evaluate;

mod context;
mod error;

mod action;
mod arn;
mod condition;
mod document;
mod glob;
mod limits;
mod statement;
mod text;
mod variable;

pub use context::{Context, Values};
pub use error::{PolicyError, Problem};
pub use evaluate::{Decision, Request, evaluate};
pub use limits::{DOCUMENT_BYTES_MAX, DOCUMENT_CHARACTERS_MAX, VARIABLES_MAX};
pub use policy::Policy;
