//! The names of condition operators. Follows "Condition operators" of the IAM user guide.
//!
//! Not here: `BinaryEquals`, whose keys no service of ours has; it is refused like an unknown name.
//! `Null` takes neither `IfExists` ("except the `Null` condition") nor a set operator.

use std::cmp::Ordering;

use crate::glob::Case;
use crate::text::Wildcards;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) quantifier: Quantifier,
    pub(crate) if_exists: bool,
    pub(crate) negated: bool,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    None,
    AllValues,
    AnyValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text(Wildcards, Case),
    Number(Relation),
    Moment(Relation),
    Flag,
    Address,
    Arn,
    Null,
}

/// How the request's value stands to the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            None => (Quantifier::None, name),
            Some(("ForAllValues", name)) => (Quantifier::AllValues, name),
            Some(("ForAnyValue", name)) => (Quantifier::AnyValue, name),
            Some(_) => return None,
        };
        let (if_exists, name) =
            name.strip_suffix("IfExists").map_or((false, name), |name| (true, name));
        let (kind, negated) = kind(name)?;
        let plain = quantifier == Quantifier::None && !if_exists;
        (plain || kind != Kind::Null).then_some(Self { quantifier, if_exists, negated, kind })
    }
}

/// What it compares, and whether it is negated.
fn kind(name: &str) -> Option<(Kind, bool)> {
    use {Case::*, Wildcards::*};
    if let Some(relation) = name.strip_prefix("Numeric") {
        let (relation, negated) = relation_named(relation)?;
        return Some((Kind::Number(relation), negated));
    }
    if let Some(relation) = name.strip_prefix("Date") {
        let (relation, negated) = relation_named(relation)?;
        return Some((Kind::Moment(relation), negated));
    }
    Some(match name {
        "StringEquals" => (Kind::Text(Literal, Exact), false),
        "StringNotEquals" => (Kind::Text(Literal, Exact), true),
        "StringEqualsIgnoreCase" => (Kind::Text(Literal, Ignored), false),
        "StringNotEqualsIgnoreCase" => (Kind::Text(Literal, Ignored), true),
        "StringLike" => (Kind::Text(Match, Exact), false),
        "StringNotLike" => (Kind::Text(Match, Exact), true),
        "Bool" => (Kind::Flag, false),
        "IpAddress" => (Kind::Address, false),
        "NotIpAddress" => (Kind::Address, true),
        // "The ArnEquals and ArnLike condition operators behave identically."
        "ArnEquals" | "ArnLike" => (Kind::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Kind::Arn, true),
        "Null" => (Kind::Null, false),
        _ => return None,
    })
}

fn relation_named(name: &str) -> Option<(Relation, bool)> {
    Some(match name {
        "Equals" => (Relation::Equal, false),
        "NotEquals" => (Relation::Equal, true),
        "LessThan" => (Relation::Less, false),
        "LessThanEquals" => (Relation::LessOrEqual, false),
        "GreaterThan" => (Relation::Greater, false),
        "GreaterThanEquals" => (Relation::GreaterOrEqual, false),
        _ => return None,
    })
}

impl Relation {
    pub(crate) fn holds(self, order: Option<Ordering>) -> bool {
        order.is_some_and(|order| match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASES: [&str; 25] = [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
    ];

    #[test]
    fn every_operator_takes_every_prefix_and_suffix() {
        for base in BASES {
            let plain = Operator::parse(base).expect(base);
            assert_eq!(plain.negated, base.contains("Not"), "{base}");
            for (prefix, quantifier) in [
                ("", Quantifier::None),
                ("ForAllValues:", Quantifier::AllValues),
                ("ForAnyValue:", Quantifier::AnyValue),
            ] {
                for (suffix, if_exists) in [("", false), ("IfExists", true)] {
                    let name = format!("{prefix}{base}{suffix}");
                    let expected = Operator { quantifier, if_exists, ..plain };
                    assert_eq!(Operator::parse(&name), Some(expected), "{name}");
                }
            }
        }
    }

    #[test]
    fn other_names_are_no_operators() {
        assert!(Operator::parse("Null").is_some());
        for name in [
            "",
            "IfExists",
            "NullIfExists",
            "ForAllValues:Null",
            "ForAnyValue:",
            "forAnyValue:StringLike",
            "ForSomeValue:StringLike",
            "ForAllValues:ForAnyValue:StringLike",
            "stringequals",
            "StringEqualsIfExistsIfExists",
            "BoolNot",
            "BinaryEquals",
            "NumericLike",
            "Date",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
