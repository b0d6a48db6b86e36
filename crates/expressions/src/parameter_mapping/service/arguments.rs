//! What the parameters of a service's action come to for one request.

use std::fmt;

use gatewright_types::ParameterForm;

use super::json;

/// Arguments by the name of their parameter; one that is not there is to be left out of the call.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceArguments<'p>(Vec<(&'p str, Argument)>);

/// A name, and the members that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Names and texts.
    pub members: Vec<(String, String)>,
}

/// A request that no call can be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter {name}: {problem}")]
pub struct ArgumentError {
    /// The parameter.
    pub name: String,
    /// What is wrong with what the request has for it.
    pub problem: ArgumentProblem,
}

/// What is wrong with an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentProblem {
    /// Not UTF-8.
    #[error("not a text")]
    NotText,
    /// No JSON, or another.
    #[error("not a list of texts as JSON")]
    NotAList,
    /// No JSON, or another.
    #[error("not attributes as JSON")]
    NotAttributes,
    /// Larger than all arguments may be together.
    #[error("too long")]
    TooLong,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Text(String),
    List(Vec<String>),
    Attributes(Vec<Attribute>),
}

impl<'p> ServiceArguments<'p> {
    pub(super) fn new(arguments: Vec<(&'p str, Argument)>) -> Self {
        Self(arguments)
    }

    /// The argument of a parameter that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.find(name)? {
            Argument::Text(text) => Some(text),
            Argument::List(_) | Argument::Attributes(_) => None,
        }
    }

    /// The argument of a parameter that is a list of texts.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&[String]> {
        match self.find(name)? {
            Argument::List(texts) => Some(texts),
            Argument::Text(_) | Argument::Attributes(_) => None,
        }
    }

    /// The argument of a parameter that is attributes.
    #[must_use]
    pub fn attributes(&self, name: &str) -> Option<&[Attribute]> {
        match self.find(name)? {
            Argument::Attributes(attributes) => Some(attributes),
            Argument::Text(_) | Argument::List(_) => None,
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find_map(|(known, argument)| (*known == name).then_some(argument))
    }
}

impl Argument {
    /// An argument of a form out of what an expression found.
    pub(super) fn read(form: ParameterForm, text: String) -> Result<Self, ArgumentProblem> {
        match form {
            ParameterForm::Text => Ok(Self::Text(text)),
            ParameterForm::List => {
                json::list(&text).map(Self::List).ok_or(ArgumentProblem::NotAList)
            }
            ParameterForm::Attributes => {
                json::attributes(&text).map(Self::Attributes).ok_or(ArgumentProblem::NotAttributes)
            }
        }
    }
}

/// Without what is the client's own.
impl fmt::Debug for ServiceArguments<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
