//! Conditions. Follows "IAM JSON policy elements: Condition", "Condition operators", "Conditions
//! with multiple context keys or values" and "Single-valued vs. multivalued context keys".
//!
//! Operators and keys are ANDed, the values of one key ORed; a negated operator holds when none of
//! the values match. An absent key does not match, so negated operators hold; with `…IfExists` every
//! operator holds. `ForAllValues` holds for a key that is absent, or has but empty values;
//! `ForAnyValue` does not. Without either, AWS leaves open what a key with several values does:
//! here one that matches is enough, and for a negated operator none may.
//!
//! What the request has for a key but cannot be read as the operator's type does not match.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::arn::{Arn, ArnPattern};
use crate::context::Context;
use crate::document::{Node, each, members};
use crate::error::{At, PolicyError, Problem, shown};
use crate::glob::Glob;
use crate::text::{Version, tokens};
use crate::variable::key;

mod address;
mod moment;
mod number;
mod operator;

use moment::Moment;
use number::Number;
use operator::{Kind, Operator, Quantifier, Relation};

/// One operator, one key, its values.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    key: Box<str>,
    quantifier: Quantifier,
    if_exists: bool,
    negated: bool,
    values: Expected,
}

/// The values of the policy, of which one must match.
#[derive(Clone, Debug)]
enum Expected {
    Text(Box<[Glob]>),
    Number(Relation, Box<[Number]>),
    Moment(Relation, Box<[Moment]>),
    Flag(Box<[bool]>),
    Address(Box<[IpNet]>),
    Arn(Box<[ArnPattern]>),
    /// Whether the key must be absent.
    Null(Box<[bool]>),
}

impl Condition {
    pub(crate) fn holds(&self, context: &dyn Context) -> bool {
        let found = context.values(&self.key);
        let values = found.as_ref().map_or(&[][..], |values| values.as_slice());
        if let Expected::Null(absent) = &self.values {
            return absent.contains(&values.is_empty());
        }
        if values.is_empty() && self.if_exists {
            return true;
        }
        // "Resolves to a null dataset, such as an empty string".
        let null = values.iter().all(|value| value.is_empty());
        let matches = |value: &str| self.values.matches(value, context);
        let mut values = values.iter().map(AsRef::as_ref);
        match self.quantifier {
            Quantifier::None => values.any(matches) != self.negated,
            Quantifier::AllValues => null || values.all(|value| matches(value) != self.negated),
            Quantifier::AnyValue => !null && values.any(|value| matches(value) != self.negated),
        }
    }

    /// Reads a whole `Condition` element.
    pub(crate) fn read_all(
        node: &Node,
        at: &At<'_>,
        version: Version,
    ) -> Result<Box<[Self]>, PolicyError> {
        let mut conditions = Vec::new();
        for (name, keys) in members(node, at)? {
            let at = At::Element(at, name);
            let operator = Operator::parse(name).ok_or_else(|| at.error(Problem::Operator))?;
            for (name, values) in members(keys, &at)? {
                let at = At::Element(&at, name);
                conditions.push(Self {
                    key: key(name).map_err(|problem| at.error(problem))?,
                    quantifier: operator.quantifier,
                    if_exists: operator.if_exists,
                    negated: operator.negated,
                    values: Expected::read(operator.kind, values, &at, version)?,
                });
            }
        }
        Ok(conditions.into())
    }

    /// Its key, and those of its variables.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let (texts, arns) = match &self.values {
            Expected::Text(globs) => (&**globs, &[][..]),
            Expected::Arn(patterns) => (&[][..], &**patterns),
            _ => (&[][..], &[][..]),
        };
        let variables = texts.iter().flat_map(Glob::keys);
        let variables = variables.chain(arns.iter().flat_map(ArnPattern::keys));
        std::iter::once(&*self.key).chain(variables)
    }
}

impl Expected {
    /// Whether a value of the request matches one of the policy.
    fn matches(&self, value: &str, context: &dyn Context) -> bool {
        match self {
            Self::Text(globs) => globs.iter().any(|glob| glob.matches(value, context)),
            Self::Number(relation, numbers) => Number::parse(value).is_some_and(|value| {
                numbers.iter().any(|number| relation.holds(value.partial_cmp(number)))
            }),
            Self::Moment(relation, moments) => Moment::parse(value).is_some_and(|value| {
                moments.iter().any(|moment| relation.holds(value.partial_cmp(moment)))
            }),
            Self::Flag(flags) => flag(value).is_some_and(|value| flags.contains(&value)),
            Self::Address(networks) => value.parse::<IpAddr>().is_ok_and(|value| {
                let value = value.to_canonical();
                networks.iter().any(|network| network.contains(&value))
            }),
            Self::Arn(patterns) => {
                let arn = Arn::parse(value);
                patterns.iter().any(|pattern| pattern.matches(arn, context))
            }
            Self::Null(_) => false,
        }
    }

    fn read(kind: Kind, node: &Node, at: &At<'_>, version: Version) -> Result<Self, PolicyError> {
        Ok(match kind {
            Kind::Text(wildcards, case) => Self::Text(read_each(node, at, |text| {
                Ok(Glob::new(tokens(text, version, wildcards)?, case))
            })?),
            Kind::Arn => {
                Self::Arn(read_each(node, at, |text| ArnPattern::condition(text, version))?)
            }
            Kind::Number(relation) => {
                Self::Number(relation, typed(node, at, "a number", Number::parse)?)
            }
            Kind::Moment(relation) => Self::Moment(
                relation,
                typed(node, at, "an ISO 8601 date or seconds since the epoch", Moment::parse)?,
            ),
            Kind::Address => {
                Self::Address(typed(node, at, "an IP address or a CIDR block", address::network)?)
            }
            Kind::Flag => Self::Flag(typed(node, at, "true or false", flag)?),
            Kind::Null => Self::Null(typed(node, at, "true or false", flag)?),
        })
    }
}

/// Reads values that cannot hold policy variables.
fn typed<T>(
    node: &Node,
    at: &At<'_>,
    expected: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Box<[T]>, PolicyError> {
    read_each(node, at, |text| {
        parse(text).ok_or_else(|| Problem::Value { value: shown(text), expected })
    })
}

fn read_each<T>(
    node: &Node,
    at: &At<'_>,
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Box<[T]>, PolicyError> {
    each(node, at, |node, at| {
        // "Quotation marks are optional for numeric and Boolean values" (policy grammar).
        let parsed = match node {
            Node::Text(text) => parse(text),
            Node::Flag(flag) => parse(if *flag { "true" } else { "false" }),
            Node::Number(number) => parse(&number.to_string()),
            other => Err(Problem::Type {
                expected: "a string, a number or a boolean",
                found: other.kind(),
            }),
        };
        parsed.map_err(|problem| at.error(problem))
    })
}

fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
