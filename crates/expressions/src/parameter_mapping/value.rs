//! Values: a static text, one expression, or texts and `${expressions}` mixed (section 8.3).

use gatewright_types::limits::MAPPED_VALUE_BYTES_MAX;
use percent_encoding::AsciiSet;

use super::error::MappingProblem;
use super::expression::{Expression, Parsed, Surroundings};
use super::message::Message;
use super::needs::Needs;
use super::operation::Evaluated;
use crate::encode::encode_from;

/// A value, stage variables put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Static(String),
    /// One expression and nothing else, in braces or not: finds nothing, gives nothing.
    Lone(Expression),
    /// An expression that finds nothing leaves its place empty.
    Mixed(Vec<Piece>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Expression(Expression),
}

impl Value {
    /// Compiles a value. A text that begins with `$` and a letter is one expression; in any other,
    /// `${` begins one and the next `}` ends it.
    pub(super) fn compile(
        text: &str,
        surroundings: Surroundings<'_, '_>,
    ) -> Result<Self, MappingProblem> {
        match text.strip_prefix('$') {
            Some(expression)
                if expression.starts_with(|letter: char| letter.is_ascii_alphabetic()) =>
            {
                let mut pieces = Pieces::default();
                pieces.expression(expression, surroundings)?;
                pieces.into_value()
            }
            _ => Pieces::of_mixed(text, surroundings)?.into_value(),
        }
    }

    /// Compiles a text that is a part of a value, such as a text in JSON: without braces there is no
    /// expression in it, and one that finds nothing leaves its place empty.
    pub(super) fn template(
        text: &str,
        surroundings: Surroundings<'_, '_>,
    ) -> Result<Self, MappingProblem> {
        Ok(match Pieces::of_mixed(text, surroundings)?.into_value()? {
            Self::Lone(expression) => Self::Mixed(vec![Piece::Expression(expression)]),
            value => value,
        })
    }

    pub(super) fn needs(&self) -> Needs {
        let of_piece = |piece: &Piece| match piece {
            Piece::Text(_) => Needs::default(),
            Piece::Expression(expression) => expression.needs(),
        };
        match self {
            Self::Static(_) => Needs::default(),
            Self::Lone(expression) => expression.needs(),
            Self::Mixed(pieces) => pieces.iter().map(of_piece).fold(Needs::default(), Needs::and),
        }
    }

    /// Whether the gateway alone says what it is, or that there is none, and the client has no say.
    pub(super) fn is_the_gateways_own(&self) -> bool {
        matches!(self, Self::Lone(Expression::Context(_) | Expression::NoStageVariable))
    }

    /// Whether it will never find anything.
    pub(super) fn finds_nothing(&self) -> bool {
        matches!(self, Self::Lone(Expression::NoStageVariable | Expression::NoPathVariable))
    }

    /// Changes what is configured, once; what a request brings is encoded when it comes.
    pub(super) fn map_text(self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Static(text) => Self::Static(change(&text)),
            Self::Lone(_) => self,
            Self::Mixed(pieces) => {
                let change = |piece| match piece {
                    Piece::Text(text) => Piece::Text(change(&text)),
                    Piece::Expression(_) => piece,
                };
                Self::Mixed(pieces.into_iter().map(change).collect())
            }
        }
    }

    /// The value for one message; what expressions find is encoded with `set`, if there is one.
    pub(super) fn evaluate(
        &self,
        message: &Message<'_>,
        set: Option<&'static AsciiSet>,
    ) -> Evaluated<Vec<u8>> {
        self.evaluate_within(message, set, MAPPED_VALUE_BYTES_MAX)
    }

    /// The same, where another bound holds.
    pub(super) fn evaluate_within(
        &self,
        message: &Message<'_>,
        set: Option<&'static AsciiSet>,
        bytes_max: usize,
    ) -> Evaluated<Vec<u8>> {
        let mut out = Vec::new();
        match self.write(message, set, bytes_max, &mut out) {
            Evaluated::Value(()) => Evaluated::Value(out),
            Evaluated::Refused => Evaluated::Refused,
            Evaluated::Nothing => Evaluated::Nothing,
        }
    }

    /// The same, into a buffer that is empty; what it holds counts only where there is a value.
    pub(super) fn write(
        &self,
        message: &Message<'_>,
        set: Option<&'static AsciiSet>,
        bytes_max: usize,
        out: &mut Vec<u8>,
    ) -> Evaluated<()> {
        match self {
            Self::Static(text) => out.extend_from_slice(text.as_bytes()),
            Self::Lone(expression) => {
                if write(expression, message, set, out).is_none() {
                    return Evaluated::Nothing;
                }
            }
            Self::Mixed(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                        Piece::Expression(expression) => {
                            // Found or not, the rest stands.
                            let _: Option<()> = write(expression, message, set, out);
                        }
                    }
                    if out.len() > bytes_max {
                        break;
                    }
                }
            }
        }
        if out.len() > bytes_max { Evaluated::Refused } else { Evaluated::Value(()) }
    }
}

fn write(
    expression: &Expression,
    message: &Message<'_>,
    set: Option<&'static AsciiSet>,
    out: &mut Vec<u8>,
) -> Option<()> {
    let start = out.len();
    if expression.write(message, out).is_none() {
        out.truncate(start);
        return None;
    }
    if let Some(set) = set {
        encode_from(out, start, set);
    }
    Some(())
}

/// Neighbouring texts become one.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    /// Of a text in which `${` begins an expression and the next `}` ends it.
    fn of_mixed(text: &str, surroundings: Surroundings<'_, '_>) -> Result<Self, MappingProblem> {
        let (mut pieces, mut rest) = (Self::default(), text);
        while let Some((before, after)) = rest.split_once("${") {
            let (expression, after) = after.split_once('}').ok_or(MappingProblem::Unclosed)?;
            pieces.text(before);
            pieces.expression(expression, surroundings)?;
            rest = after;
        }
        pieces.text(rest);
        Ok(pieces)
    }

    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }

    fn expression(
        &mut self,
        text: &str,
        surroundings: Surroundings<'_, '_>,
    ) -> Result<(), MappingProblem> {
        match Parsed::parse(text, surroundings)? {
            Parsed::Expression(expression) => self.0.push(Piece::Expression(expression)),
            Parsed::StageVariable(value) => self.text(value),
        }
        Ok(())
    }

    fn into_value(self) -> Result<Value, MappingProblem> {
        let text_bytes = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Expression(_) => 0,
        };
        if self.0.iter().map(text_bytes).sum::<usize>() > MAPPED_VALUE_BYTES_MAX {
            return Err(MappingProblem::TooLong);
        }
        let mut pieces = self.0;
        if pieces.len() > 1 {
            return Ok(Value::Mixed(pieces));
        }
        Ok(match pieces.pop() {
            None => Value::Static(String::new()),
            Some(Piece::Text(text)) => Value::Static(text),
            Some(Piece::Expression(expression)) => Value::Lone(expression),
        })
    }
}
