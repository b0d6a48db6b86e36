//! `requestParameters` of first-class integrations (spec/http-api-runtime.md sections 7.1 and 7.2):
//! named parameters of a service's action instead of changes of the request.
//!
//! Values are those of all mappings. Lists and attributes are given as JSON text: one expression that
//! finds JSON, or JSON that holds `${expressions}` in its texts. The latter is taken apart when a
//! stage is compiled, so that whatever a request brings stays the text it was put into: a quotation
//! mark in a header makes no attribute.

mod arguments;
mod json;

use std::collections::BTreeMap;

use gatewright_types::limits::SERVICE_PARAMETERS_BYTES_MAX;
use gatewright_types::{IntegrationSubtype, ParameterForm};

use self::arguments::Argument;
pub use self::arguments::{ArgumentError, ArgumentProblem, Attribute, ServiceArguments};
use super::error::{MappingError, MappingProblem};
use super::expression::{Direction, Surroundings};
use super::message::Message;
use super::needs::Needs;
use super::operation::Evaluated;
use super::request::RequestSource;
use super::value::Value;

/// The parameters of one integration, for one route of one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceParameters {
    parameters: Vec<(String, Parameter)>,
    needs: Needs,
}

/// What is known of a parameter when a stage is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownParameter<'p> {
    /// It is not given, or only by a stage variable that the stage does not have.
    Absent,
    /// It is this, whatever the request.
    Fixed(&'p str),
    /// The request decides.
    OfTheRequest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Parameter {
    Text(Value),
    /// JSON of this form, found by one expression.
    Found(ParameterForm, Value),
    List(Vec<Value>),
    Attributes(Vec<(Value, Vec<(String, Value)>)>),
}

impl ServiceParameters {
    /// Compiles `requestParameters` of an action, for a route whose path variables are
    /// `path_variables`, in order, in a stage whose variables `stage_variable` looks up.
    ///
    /// # Errors
    ///
    /// [`MappingError`] names the first parameter that cannot be understood, and why.
    pub fn compile<'a>(
        subtype: IntegrationSubtype,
        parameters: &BTreeMap<String, String>,
        path_variables: &[&str],
        stage_variable: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, MappingError> {
        let surroundings = Surroundings {
            direction: Direction::Request,
            path_variables,
            stage_variable: &stage_variable,
        };
        let mut compiled = Self::default();
        for (name, text) in parameters {
            let form = subtype.parameter(name).ok_or(MappingProblem::UnknownParameter);
            let parameter = form.and_then(|form| Parameter::compile(form, text, surroundings));
            let parameter =
                parameter.map_err(|problem| MappingError { key: name.clone(), problem })?;
            let needs = parameter.values().into_iter().map(Value::needs);
            compiled.needs = needs.fold(compiled.needs, Needs::and);
            compiled.parameters.push((name.clone(), parameter));
        }
        Ok(compiled)
    }

    /// Whether a value comes from the body: all of it must be there then.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.needs.body
    }

    /// Whether a value is a variable of `$context` that repeats what the client said.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        self.needs.client
    }

    /// What is known of a parameter that is a text before there is a request.
    #[must_use]
    pub fn known(&self, name: &str) -> KnownParameter<'_> {
        match self.parameters.iter().find(|(known, _)| known == name) {
            None => KnownParameter::Absent,
            Some((_, Parameter::Text(Value::Static(text)))) => KnownParameter::Fixed(text),
            Some((_, Parameter::Text(value))) if value.finds_nothing() => KnownParameter::Absent,
            Some(_) => KnownParameter::OfTheRequest,
        }
    }

    /// Computes all values from the request as it came, whose body is whole. A parameter whose one
    /// expression finds nothing is left out.
    ///
    /// # Errors
    ///
    /// [`ArgumentError`] names the first parameter that cannot be what it is.
    pub fn evaluate(
        &self,
        source: &RequestSource<'_>,
    ) -> Result<ServiceArguments<'_>, ArgumentError> {
        let message = Message::of_request(source);
        let mut evaluation = Evaluation { message, bytes_left: SERVICE_PARAMETERS_BYTES_MAX };
        let mut arguments = Vec::with_capacity(self.parameters.len());
        for (name, parameter) in &self.parameters {
            let argument = parameter.evaluate(&mut evaluation);
            let argument =
                argument.map_err(|problem| ArgumentError { name: name.clone(), problem })?;
            arguments.extend(argument.map(|argument| (name.as_str(), argument)));
        }
        Ok(ServiceArguments::new(arguments))
    }
}

/// One request's evaluation, and how many bytes it may still make.
struct Evaluation<'r> {
    message: Message<'r>,
    bytes_left: usize,
}

impl Evaluation<'_> {
    fn text(&mut self, value: &Value) -> Result<Option<String>, ArgumentProblem> {
        let bytes = match value.evaluate_within(&self.message, None, self.bytes_left) {
            Evaluated::Nothing => return Ok(None),
            Evaluated::Refused => return Err(ArgumentProblem::TooLong),
            Evaluated::Value(bytes) => bytes,
        };
        self.bytes_left -= bytes.len();
        String::from_utf8(bytes).map(Some).map_err(|_| ArgumentProblem::NotText)
    }

    /// Of a template, in which what finds nothing leaves its place empty.
    fn filled(&mut self, value: &Value) -> Result<String, ArgumentProblem> {
        self.text(value).map(Option::unwrap_or_default)
    }
}

impl Parameter {
    fn compile(
        form: ParameterForm,
        text: &str,
        surroundings: Surroundings<'_, '_>,
    ) -> Result<Self, MappingProblem> {
        let value = Value::compile(text, surroundings)?;
        let json = match &value {
            _ if form == ParameterForm::Text => return Ok(Self::Text(value)),
            Value::Lone(_) => return Ok(Self::Found(form, value)),
            // One stage variable is all of it.
            Value::Static(given) if text.starts_with('$') => given,
            // As it is written: a stage variable, too, stays the text that it is put into.
            Value::Static(_) | Value::Mixed(_) => text,
        };
        let template = |text: &str| Value::template(text, surroundings);
        if form == ParameterForm::List {
            let texts = json::list(json).ok_or(MappingProblem::NotAList)?;
            let texts = texts.iter().map(|text| template(text));
            return texts.collect::<Result<_, _>>().map(Self::List);
        }
        let mut attributes = Vec::new();
        for Attribute { name, members } in
            json::attributes(json).ok_or(MappingProblem::NotAttributes)?
        {
            let members = members.into_iter().map(|(name, text)| Ok((name, template(&text)?)));
            attributes.push((template(&name)?, members.collect::<Result<_, _>>()?));
        }
        Ok(Self::Attributes(attributes))
    }

    fn values(&self) -> Vec<&Value> {
        match self {
            Self::Text(value) | Self::Found(_, value) => vec![value],
            Self::List(values) => values.iter().collect(),
            Self::Attributes(attributes) => {
                let members = attributes.iter().flat_map(|(_, members)| members);
                let names = attributes.iter().map(|(name, _)| name);
                names.chain(members.map(|(_, value)| value)).collect()
            }
        }
    }

    fn evaluate(
        &self,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Option<Argument>, ArgumentProblem> {
        match self {
            Self::Text(value) => Ok(evaluation.text(value)?.map(Argument::Text)),
            Self::Found(form, value) => {
                evaluation.text(value)?.map(|text| Argument::read(*form, text)).transpose()
            }
            Self::List(values) => {
                let texts = values.iter().map(|value| evaluation.filled(value));
                Ok(Some(Argument::List(texts.collect::<Result<_, _>>()?)))
            }
            Self::Attributes(attributes) => {
                let mut filled = Vec::with_capacity(attributes.len());
                for (name, members) in attributes {
                    let name = evaluation.filled(name)?;
                    let member =
                        |(name, value): &(String, _)| Ok((name.clone(), evaluation.filled(value)?));
                    let members = members.iter().map(member).collect::<Result<_, _>>()?;
                    filled.push(Attribute { name, members });
                }
                Ok(Some(Argument::Attributes(filled)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
