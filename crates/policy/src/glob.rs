//! Matching with `*` and `?`, and with policy variables among them.
//!
//! Takes time in proportion to the text times the longest part between two `*`, and no more: every
//! part is taken where it fits first, and never moved again. That finds a match where there is one,
//! since the `*` behind it can take everything a later place would have left. There is no
//! backtracking, so there are no patterns that are slow out of proportion.

use std::borrow::Cow;

use crate::context::Context;
use crate::limits::VARIABLES_MAX;
use crate::text::Token;
use crate::variable::Variable;

#[cfg(test)]
mod tests;

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    /// What the text begins with, or, without any `*`, all of it.
    head: Part,
    /// What comes after each `*`; the last part ends the text.
    after_runs: Box<[Part]>,
    variables: Box<[Variable]>,
    case: Case,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Exact,
    Ignored,
}

/// What stands between two `*`.
type Part = Box<[Piece]>;

#[derive(Clone, Debug)]
enum Piece {
    Text(Box<str>),
    One,
    /// An index in the pattern's variables.
    Variable(usize),
}

impl Glob {
    pub(crate) fn new(tokens: impl IntoIterator<Item = Token>, case: Case) -> Self {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        let mut variables = Vec::new();
        for token in tokens {
            match token {
                Token::Text(text) => part.push(Piece::Text(text.into())),
                Token::One => part.push(Piece::One),
                Token::Run => parts.push(std::mem::take(&mut part).into()),
                Token::Variable(variable) => {
                    part.push(Piece::Variable(variables.len()));
                    variables.push(variable);
                }
            }
        }
        parts.push(part.into());
        let after_runs = parts.split_off(1).into();
        let head = parts.pop().unwrap_or_default();
        Self { head, after_runs, variables: variables.into(), case }
    }

    /// Whether the whole text matches; never, when a variable has no value.
    pub(crate) fn matches(&self, text: &str, context: &dyn Context) -> bool {
        if self.variables.is_empty() {
            return self.matches_with(text, &[]);
        }
        let mut values: [Cow<'_, str>; VARIABLES_MAX] = std::array::from_fn(|_| Cow::Borrowed(""));
        for (slot, variable) in values.iter_mut().zip(&self.variables) {
            match variable.value(context) {
                Some(value) => *slot = value,
                None => return false,
            }
        }
        self.matches_with(text, &values)
    }

    /// The condition keys of its variables.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| &*variable.key)
    }

    fn matches_with(&self, text: &str, values: &[Cow<'_, str>]) -> bool {
        let matcher = Matcher { case: self.case, values };
        let Some(mut rest) = matcher.strip_prefix(&self.head, text) else {
            return false;
        };
        let Some((tail, middle)) = self.after_runs.split_last() else {
            return rest.is_empty();
        };
        for part in middle {
            match matcher.strip_through(part, rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        matcher.ends_with(tail, rest)
    }
}

struct Matcher<'a> {
    case: Case,
    values: &'a [Cow<'a, str>],
}

impl Matcher<'_> {
    fn strip_prefix<'t>(&self, part: &Part, text: &'t str) -> Option<&'t str> {
        let mut rest = text;
        for piece in part {
            rest = match self.text(piece) {
                None => without_first(rest)?,
                Some(expected) => match self.case {
                    Case::Exact => rest.strip_prefix(expected)?,
                    Case::Ignored => strip_prefix_ignoring_case(rest, expected)?,
                },
            };
        }
        Some(rest)
    }

    /// The text behind the first place where the part stands.
    fn strip_through<'t>(&self, part: &Part, text: &'t str) -> Option<&'t str> {
        if let ([Piece::Text(expected)], Case::Exact) = (&**part, self.case) {
            // The library's search takes linear time even for texts like `aaaa…`.
            return text.find(&**expected).map(|place| &text[place + expected.len()..]);
        }
        let mut from = text;
        loop {
            if let Some(after) = self.strip_prefix(part, from) {
                return Some(after);
            }
            from = without_first(from)?;
        }
    }

    fn ends_with(&self, part: &Part, text: &str) -> bool {
        let mut rest = text;
        for piece in part.iter().rev() {
            let before = match self.text(piece) {
                None => without_last(rest),
                Some(expected) => match self.case {
                    Case::Exact => rest.strip_suffix(expected),
                    Case::Ignored => strip_suffix_ignoring_case(rest, expected),
                },
            };
            match before {
                Some(before) => rest = before,
                None => return false,
            }
        }
        true
    }

    /// What must stand there, or `None` for any one character.
    fn text<'p>(&'p self, piece: &'p Piece) -> Option<&'p str> {
        match piece {
            Piece::Text(text) => Some(text),
            Piece::Variable(index) => self.values.get(*index).map(|value| &**value),
            Piece::One => None,
        }
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

fn without_last(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next_back().map(|_| characters.as_str())
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, expected: &str) -> Option<&'t str> {
    let mut characters = text.chars();
    expected
        .chars()
        .all(|expected| characters.next().is_some_and(|found| same_letter(found, expected)))
        .then_some(characters.as_str())
}

fn strip_suffix_ignoring_case<'t>(text: &'t str, expected: &str) -> Option<&'t str> {
    let mut characters = text.chars();
    expected
        .chars()
        .rev()
        .all(|expected| characters.next_back().is_some_and(|found| same_letter(found, expected)))
        .then_some(characters.as_str())
}

fn same_letter(left: char, right: char) -> bool {
    left.eq_ignore_ascii_case(&right) || left.to_lowercase().eq(right.to_lowercase())
}
