//! ARNs and their patterns, in `Resource` and in `ArnLike` and its kin.
//!
//! Follows, in the IAM user guide:
//! - "IAM JSON policy elements: Resource": wildcards stand for characters within a segment, `/`
//!   among them; case matters; no wildcard in the service; "If the `*` wildcard is the last
//!   character of a resource ARN segment, it can expand to match beyond the colon boundaries".
//! - "Identify AWS resources with Amazon Resource Names (ARNs)": an ARN in a policy with fewer than
//!   six fields is completed with `*` for the missing ones.
//! - "Condition operators", ARN: "Each of the six colon-delimited components of the ARN is checked
//!   separately".
//! - "Variables and tags": in `Resource`, variables only after the fifth colon.
//!
//! So the first five parts match part by part, and the sixth is all the rest, in which wildcards
//! cross colons. "Can expand" is honoured where it is sure: at the end of the pattern, in the sixth
//! part and in parts that are missing. A `*` amid the first five does not swallow colons; where
//! that would have been the only meaning (`arn:aws:execute-api:*:abc/prod/*`) the pattern is
//! refused, so that no `Deny` is without effect in silence.

use crate::context::Context;
use crate::error::{Problem, shown};
use crate::glob::{Case, Glob};
use crate::text::{Token, Version, Wildcards, tokens};

#[cfg(test)]
mod tests;

const PARTS: usize = 6;

/// An ARN's parts: `arn`, partition, service, region, account, resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a>([&'a str; PARTS]);

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.splitn(PARTS, ':');
        let mut parts = [""; PARTS];
        for part in &mut parts {
            *part = rest.next()?;
        }
        (parts[0] == "arn").then_some(Self(parts))
    }

    fn whole(self, text: &str) -> bool {
        text.splitn(PARTS, ':').eq(self.0)
    }
}

/// A pattern of ARNs.
#[derive(Clone, Debug)]
pub(crate) enum ArnPattern {
    /// `*`: everything, also what is no ARN.
    Any,
    /// Part by part.
    Parts(Box<[Glob; PARTS]>),
    /// A condition's value that is one policy variable, whose value is an ARN.
    Variable(crate::variable::Variable),
}

impl ArnPattern {
    /// Reads an element of `Resource`.
    pub(crate) fn resource(text: &str, version: Version) -> Result<Self, Problem> {
        let refused = |reason| Problem::Resource { value: shown(text), reason };
        let tokens = tokens(text, version, Wildcards::Match)?;
        if tokens == [Token::Run] {
            return Ok(Self::Any);
        }
        let mut parts = split(tokens);
        let [prefix, partition, service, ..] = parts.as_slice() else {
            return Err(refused("must be an ARN or *"));
        };
        if literal(prefix) != Some("arn") || partition.is_empty() {
            return Err(refused("must be an ARN or *"));
        }
        if !literal(service).is_some_and(|service| plain(service, "-")) {
            return Err(refused("its service must be named, without wildcards"));
        }
        for part in parts.iter().take(PARTS - 1) {
            for token in part {
                match token {
                    Token::Variable(_) => {
                        return Err(refused("variables stand only after its fifth colon"));
                    }
                    Token::Text(text) if !plain(text, "-") => {
                        return Err(refused(
                            "its partition, region and account hold letters, digits, - and wildcards",
                        ));
                    }
                    _ => {}
                }
            }
        }
        if parts.get(PARTS - 1).is_some_and(Vec::is_empty) {
            return Err(refused("it ends after its account"));
        }
        parts.resize(PARTS, vec![Token::Run]);
        Self::parts(parts).ok_or_else(|| refused("must be an ARN or *"))
    }

    /// Reads a value of an ARN condition operator.
    pub(crate) fn condition(text: &str, version: Version) -> Result<Self, Problem> {
        let tokens = tokens(text, version, Wildcards::Match)?;
        match tokens.as_slice() {
            [Token::Run] => Ok(Self::Any),
            [Token::Variable(variable)] => Ok(Self::Variable(variable.clone())),
            _ => Self::parts(split(tokens)).ok_or_else(|| Problem::Value {
                value: shown(text),
                expected: "an ARN with six parts",
            }),
        }
    }

    pub(crate) fn matches(&self, arn: Option<Arn<'_>>, context: &dyn Context) -> bool {
        match (self, arn) {
            (Self::Any, _) => true,
            (_, None) => false,
            (Self::Parts(patterns), Some(Arn(parts))) => {
                patterns.iter().zip(parts).all(|(pattern, part)| pattern.matches(part, context))
            }
            (Self::Variable(variable), Some(arn)) => {
                variable.value(context).is_some_and(|value| arn.whole(&value))
            }
        }
    }

    /// The condition keys of its variables.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let (parts, whole) = match self {
            Self::Any => (None, None),
            Self::Parts(parts) => (Some(parts), None),
            Self::Variable(variable) => (None, Some(&*variable.key)),
        };
        parts.into_iter().flat_map(|parts| parts.iter()).flat_map(Glob::keys).chain(whole)
    }

    fn parts(parts: Vec<Vec<Token>>) -> Option<Self> {
        let globs = parts.into_iter().map(|part| Glob::new(part, Case::Exact)).collect::<Vec<_>>();
        Some(Self::Parts(Box::new(globs.try_into().ok()?)))
    }
}

/// Splits at the first five colons, but not in the names of variables.
fn split(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut parts = Vec::with_capacity(PARTS);
    let mut part = Vec::new();
    for token in tokens {
        let Token::Text(text) = token else {
            part.push(token);
            continue;
        };
        let mut rest = text.as_str();
        while parts.len() < PARTS - 1
            && let Some((before, after)) = rest.split_once(':')
        {
            if !before.is_empty() {
                part.push(Token::Text(before.to_owned()));
            }
            parts.push(std::mem::take(&mut part));
            rest = after;
        }
        if !rest.is_empty() {
            part.push(Token::Text(rest.to_owned()));
        }
    }
    parts.push(part);
    parts
}

fn literal(part: &[Token]) -> Option<&str> {
    match part {
        [Token::Text(text)] => Some(text),
        _ => None,
    }
}

fn plain(text: &str, also: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric() || also.contains(character))
}
