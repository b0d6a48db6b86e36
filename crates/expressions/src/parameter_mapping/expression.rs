//! One expression of a value: `$request.header.name` and the like (section 8.3).

use http::HeaderName;
use http::header::ValueIter;

use super::destination::is_query_name;
use super::error::MappingProblem;
use super::message::Message;
use super::needs::Needs;
use crate::context_variables::{ContextVariable, is_name_byte};
use crate::json_path::JsonPath;
use crate::query_string;

/// What stands for a part of the message, known only per request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Header(HeaderName),
    QueryParameter(String),
    Body,
    JsonPath(JsonPath),
    Path,
    /// The route's path variable of this index.
    PathVariable(usize),
    Context(ContextVariable),
    /// A path variable that the route does not have: routes of several shapes may share an
    /// integration, so it is not refused.
    NoPathVariable,
    /// A stage variable that the stage does not have.
    NoStageVariable,
}

/// An expression, or what it is known to be when a stage is compiled.
pub(super) enum Parsed<'a> {
    Expression(Expression),
    StageVariable(&'a str),
}

/// What is known when a stage is compiled.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'p, 'a> {
    pub(super) direction: Direction,
    pub(super) path_variables: &'p [&'p str],
    pub(super) stage_variable: &'p dyn Fn(&str) -> Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response,
}

impl<'a> Parsed<'a> {
    /// Parses an expression, written without its `$`.
    pub(super) fn parse(
        text: &str,
        surroundings: Surroundings<'_, 'a>,
    ) -> Result<Self, MappingProblem> {
        let unknown = || MappingProblem::UnknownSource(text.to_owned());
        if let Some(name) = text.strip_prefix("stageVariables.") {
            if name.is_empty() || !name.bytes().all(is_name_byte) {
                return Err(unknown());
            }
            return Ok(match (surroundings.stage_variable)(name) {
                Some(value) => Self::StageVariable(value),
                None => Self::Expression(Expression::NoStageVariable),
            });
        }
        let expression = if let Some(name) = text.strip_prefix("context.") {
            ContextVariable::parse(name).map(Expression::Context)
        } else if let Some(place) = text.strip_prefix("request.") {
            match surroundings.direction {
                Direction::Request => of_request(place, surroundings.path_variables)?,
                Direction::Response => return Err(MappingProblem::OtherDirection(text.to_owned())),
            }
        } else if let Some(place) = text.strip_prefix("response.") {
            match surroundings.direction {
                Direction::Response => of_message(place)?,
                Direction::Request => return Err(MappingProblem::OtherDirection(text.to_owned())),
            }
        } else {
            None
        };
        expression.map(Self::Expression).ok_or_else(unknown)
    }
}

/// What follows `request.`; `None` when it is nothing known.
fn of_request(place: &str, path_variables: &[&str]) -> Result<Option<Expression>, MappingProblem> {
    if place == "path" {
        return Ok(Some(Expression::Path));
    }
    if let Some(name) = place.strip_prefix("path.").filter(|name| !name.is_empty()) {
        let index = path_variables.iter().position(|variable| *variable == name);
        return Ok(Some(index.map_or(Expression::NoPathVariable, Expression::PathVariable)));
    }
    if let Some(name) = place.strip_prefix("querystring.") {
        return Ok(is_query_name(name).then(|| Expression::QueryParameter(name.to_owned())));
    }
    of_message(place)
}

/// What requests and answers have in common.
fn of_message(place: &str) -> Result<Option<Expression>, MappingProblem> {
    if let Some(name) = place.strip_prefix("header.") {
        return Ok(HeaderName::try_from(name).ok().map(Expression::Header));
    }
    match place.strip_prefix("body") {
        Some("") => Ok(Some(Expression::Body)),
        Some(path) if path.starts_with(['.', '[']) => JsonPath::parse(path)
            .map(|path| Some(Expression::JsonPath(path)))
            .map_err(MappingProblem::JsonPath),
        _ => Ok(None),
    }
}

impl Expression {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            body: matches!(self, Self::Body | Self::JsonPath(_)),
            client: matches!(self, Self::Context(variable) if variable.is_the_clients()),
        }
    }

    /// Appends what the expression finds; `None` when that is nothing.
    pub(super) fn write(&self, message: &Message<'_>, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Header(name) => write_header(message.headers.get_all(name).iter(), out),
            Self::QueryParameter(name) => {
                write_query_parameter(message.target.as_ref()?.query?, name, out)
            }
            Self::Body => write_text(message.body.bytes(), out),
            Self::JsonPath(path) => path.write(message.body.json()?, out),
            Self::Path => write_text(message.target.as_ref()?.path.as_bytes(), out),
            Self::PathVariable(index) => {
                out.extend_from_slice((message.target.as_ref()?.path_variable)(*index).as_bytes());
                Some(())
            }
            Self::Context(variable) => {
                let start = out.len();
                message.context.write(variable, out);
                (out.len() > start).then_some(())
            }
            Self::NoPathVariable | Self::NoStageVariable => None,
        }
    }
}

/// Several values are joined with commas.
fn write_header(values: ValueIter<'_, http::HeaderValue>, out: &mut Vec<u8>) -> Option<()> {
    let mut found = None;
    for value in values {
        if found.is_some() {
            out.push(b',');
        }
        out.extend_from_slice(value.as_bytes());
        found = Some(());
    }
    found
}

fn write_query_parameter(query: &str, name: &str, out: &mut Vec<u8>) -> Option<()> {
    let mut found = None;
    for parameter in query_string::parameters(query).filter(|parameter| parameter.is_named(name)) {
        if found.is_some() {
            out.push(b',');
        }
        out.extend_from_slice(&parameter.value());
        found = Some(());
    }
    found
}

fn write_text(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(text);
    (!text.is_empty()).then_some(())
}
