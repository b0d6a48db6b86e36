//! One statement. Follows the pages of `Effect`, `Action`, `NotAction`, `Resource`, `NotResource`
//! and `Condition` in the IAM user guide; `Principal` and `NotPrincipal` are refused.

use crate::action;
use crate::arn::{Arn, ArnPattern};
use crate::condition::Condition;
use crate::document::{Node, each, elements, string};
use crate::error::{At, PolicyError, Problem, shown};
use crate::evaluate::Request;
use crate::glob::Glob;
use crate::text::Version;

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) effect: Effect,
    actions: Selection<Glob>,
    resources: Selection<ArnPattern>,
    /// All must hold.
    conditions: Box<[Condition]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Deny,
    Allow,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug)]
enum Selection<T> {
    Any(Box<[T]>),
    AllBut(Box<[T]>),
}

impl Statement {
    pub(crate) fn applies(&self, request: &Request<'_>, arn: Option<Arn<'_>>) -> bool {
        self.actions.has(|action| action.matches(request.action, request.context))
            && self.resources.has(|resource| resource.matches(arn, request.context))
            && self.conditions.iter().all(|condition| condition.holds(request.context))
    }

    pub(crate) fn read(node: &Node, at: &At<'_>, version: Version) -> Result<Self, PolicyError> {
        let [sid, effect, action, not_action, resource, not_resource, condition, principal, not] =
            elements(
                node,
                at,
                [
                    "Sid",
                    "Effect",
                    "Action",
                    "NotAction",
                    "Resource",
                    "NotResource",
                    "Condition",
                    "Principal",
                    "NotPrincipal",
                ],
            )?;
        for (name, element) in [("Principal", principal), ("NotPrincipal", not)] {
            if element.is_some() {
                return Err(At::Element(at, name).error(Problem::Principal));
            }
        }
        if let Some(sid) = sid {
            string(sid, &At::Element(at, "Sid"))?;
        }
        let Some(effect) = effect else {
            return Err(at.error(Problem::Missing("Effect")));
        };
        Ok(Self {
            effect: Effect::read(effect, &At::Element(at, "Effect"))?,
            actions: Selection::read(
                at,
                ("Action", action),
                ("NotAction", not_action),
                "Action or NotAction",
                action::pattern,
            )?,
            resources: Selection::read(
                at,
                ("Resource", resource),
                ("NotResource", not_resource),
                "Resource or NotResource",
                |text| ArnPattern::resource(text, version),
            )?,
            conditions: match condition {
                Some(condition) => {
                    Condition::read_all(condition, &At::Element(at, "Condition"), version)?
                }
                None => Box::default(),
            },
        })
    }

    pub(crate) fn condition_keys(&self) -> impl Iterator<Item = &str> {
        let (Selection::Any(resources) | Selection::AllBut(resources)) = &self.resources;
        let in_resources = resources.iter().flat_map(ArnPattern::keys);
        in_resources.chain(self.conditions.iter().flat_map(Condition::keys))
    }
}

impl Effect {
    fn read(node: &Node, at: &At<'_>) -> Result<Self, PolicyError> {
        match string(node, at)? {
            "Allow" => Ok(Self::Allow),
            "Deny" => Ok(Self::Deny),
            other => Err(at.error(Problem::Effect(shown(other)))),
        }
    }
}

impl<T> Selection<T> {
    fn has(&self, matches: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Any(patterns) => patterns.iter().any(matches),
            Self::AllBut(patterns) => !patterns.iter().any(matches),
        }
    }

    fn read(
        at: &At<'_>,
        (name, element): (&'static str, Option<&Node>),
        (not_name, not_element): (&str, Option<&Node>),
        either: &'static str,
        pattern: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Self, PolicyError> {
        let read = |node: &Node, at: &At<'_>| {
            pattern(string(node, at)?).map_err(|problem| at.error(problem))
        };
        match (element, not_element) {
            (Some(node), None) => Ok(Self::Any(each(node, &At::Element(at, name), read)?)),
            (None, Some(node)) => Ok(Self::AllBut(each(node, &At::Element(at, not_name), read)?)),
            (Some(_), Some(_)) => Err(At::Element(at, not_name).error(Problem::Conflict(name))),
            (None, None) => Err(at.error(Problem::Missing(either))),
        }
    }
}
