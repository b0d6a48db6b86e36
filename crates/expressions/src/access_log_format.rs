//! `accessLogSettings.format` of HTTP APIs (`http-api-logging`, `http-api-logging-variables`;
//! spec/http-api-runtime.md sections 13.1 and 13.2).
//!
//! One request is one line. What stands in the format is written as it is, and values are put in
//! without quoting, as AWS does it: a `"` in a user agent is the reader's to bear. But whatever could
//! end a line or steer a terminal, the line separators of Unicode included, is written as a space,
//! and bytes that are no text as U+FFFD. So no value can forge a second line, and a line is UTF-8.

use gatewright_types::limits::ACCESS_LOG_ENTRY_BYTES_MAX;

use crate::context_variables::{ContextValues, ContextVariable, is_name_byte};

/// A format, ready to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogFormat {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Variable(ContextVariable),
    /// `error.messageString`.
    QuotedErrorMessage,
}

/// What is wrong with a format, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at character {position}")]
pub struct AccessLogFormatError {
    /// Counted from 1.
    pub position: usize,
    /// What stands there.
    pub problem: AccessLogFormatProblem,
}

/// What can be wrong with a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessLogFormatProblem {
    /// `$context` without a variable's name behind it.
    #[error("$context without the name of a variable")]
    NoName,
    /// A line end that is not at the end, or another control character but a tab.
    #[error("a line end or control character")]
    ControlCharacter,
}

impl AccessLogFormat {
    /// Compiles a format. Line ends at its end do not count; names that AWS does not have are known
    /// to print `-`.
    ///
    /// # Errors
    ///
    /// [`AccessLogFormatError`] names the place.
    pub fn compile(format: &str) -> Result<Self, AccessLogFormatError> {
        const OPEN: &str = "$context";
        let format = format.trim_end_matches(['\r', '\n']);
        let error = |at: usize, problem| AccessLogFormatError {
            position: format[..at].chars().count() + 1,
            problem,
        };
        if let Some(at) = format.find(|letter: char| letter != '\t' && breaks_line(letter)) {
            return Err(error(at, AccessLogFormatProblem::ControlCharacter));
        }

        let mut pieces = Pieces::default();
        let mut rest = format;
        while let Some(at) = rest.find(OPEN) {
            let (before, after) = (&rest[..at], &rest[at + OPEN.len()..]);
            pieces.literal(before);
            let end = after.bytes().position(|byte| !is_name_byte(byte)).unwrap_or(after.len());
            // The dot that ends a sentence is not part of a name.
            let word = after[..end].trim_end_matches('.');
            match word.strip_prefix('.') {
                Some(name) if !name.starts_with('.') => pieces.variable(name),
                // `$contextual` is a word like any other.
                None if !word.is_empty() => {
                    pieces.literal(OPEN);
                    pieces.literal(word);
                }
                _ => {
                    let at = format.len() - rest.len() + at;
                    return Err(error(at, AccessLogFormatProblem::NoName));
                }
            }
            rest = &after[word.len()..];
        }
        pieces.literal(rest);
        Ok(Self { pieces: pieces.0 })
    }

    /// Whether a variable repeats what the client said.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        let asks = |piece: &Piece| matches!(piece, Piece::Variable(v) if v.is_the_clients());
        self.pieces.iter().any(asks)
    }

    /// Appends the entry of one request to `line`, without a line end, and cut where it becomes
    /// longer than [`ACCESS_LOG_ENTRY_BYTES_MAX`]. The heap is touched only to make `line` grow, and
    /// for a value with other than printable ASCII.
    pub fn write(&self, values: &(impl ContextValues + ?Sized), line: &mut Vec<u8>) {
        let end = line.len() + ACCESS_LOG_ENTRY_BYTES_MAX;
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => line.extend_from_slice(text.as_bytes()),
                Piece::Variable(variable) => {
                    if !push_value(values, variable, line) {
                        line.push(b'-');
                    }
                }
                Piece::QuotedErrorMessage => {
                    line.push(b'"');
                    if push_value(values, &ContextVariable::ErrorMessage, line) {
                        line.push(b'"');
                    } else {
                        line.pop();
                        line.push(b'-');
                    }
                }
            }
            if line.len() > end {
                cut(line, end);
                return;
            }
        }
    }
}

/// Neighbouring literals become one.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn literal(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Literal(last)) => last.push_str(text),
            _ => self.0.push(Piece::Literal(text.to_owned())),
        }
    }

    fn variable(&mut self, name: &str) {
        if name == "error.messageString" {
            self.0.push(Piece::QuotedErrorMessage);
        } else if let Some(variable) = ContextVariable::parse(name) {
            self.0.push(Piece::Variable(variable));
        } else {
            self.literal("-");
        }
    }
}

/// Whether there was a value.
fn push_value(
    values: &(impl ContextValues + ?Sized),
    variable: &ContextVariable,
    line: &mut Vec<u8>,
) -> bool {
    let start = line.len();
    values.write(variable, line);
    keep_on_one_line(line, start);
    line.len() > start
}

fn keep_on_one_line(line: &mut Vec<u8>, start: usize) {
    let value = &line[start..];
    if value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return;
    }
    let clean = String::from_utf8_lossy(value).replace(breaks_line, " ");
    line.truncate(start);
    line.extend_from_slice(clean.as_bytes());
}

/// C0, DEL, C1, and what some readers take for a line's end.
fn breaks_line(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Shortens to `end`, or to the last letter that ends before it.
fn cut(line: &mut Vec<u8>, mut end: usize) {
    while line.get(end).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {
        end -= 1;
    }
    line.truncate(end);
}

#[cfg(test)]
mod tests;
