//! From text to steps, once per stage.

use super::Step;

/// What is wrong with a JSON path, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at character {position} of the path {path:?}")]
pub struct JsonPathError {
    path: String,
    /// Counted from 1.
    position: usize,
    problem: &'static str,
}

pub(super) fn steps(path: &str) -> Result<Vec<Step>, JsonPathError> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = step(rest).map_err(|problem| JsonPathError {
            path: path.to_owned(),
            position: path[..path.len() - rest.len()].chars().count() + 1,
            problem,
        })?;
        steps.push(step);
        rest = after;
    }
    Ok(steps)
}

/// The first step of `rest`, and what follows it.
fn step(rest: &str) -> Result<(Step, &str), &'static str> {
    if let Some(rest) = rest.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        return Ok((member(name)?, after));
    }
    let rest = rest.strip_prefix('[').ok_or("neither a dot nor a bracket")?;
    for quote in ['\'', '"'] {
        if let Some(rest) = rest.strip_prefix(quote) {
            let (name, after) = rest.split_once(quote).ok_or("a quote that is not closed")?;
            let after = after.strip_prefix(']').ok_or("a bracket that is not closed")?;
            return Ok((Step::Member(name.to_owned()), after));
        }
    }
    let (index, after) = rest.split_once(']').ok_or("a bracket that is not closed")?;
    Ok((element(index)?, after))
}

fn member(name: &str) -> Result<Step, &'static str> {
    match name {
        "*" => Ok(Step::Every),
        "" => Err("no name (recursive descent is not supported)"),
        name if name
            .contains(|letter: char| " ()*?'\"]{},".contains(letter) || letter.is_control()) =>
        {
            Err("a name that needs brackets and quotes")
        }
        name => Ok(Step::Member(name.to_owned())),
    }
}

fn element(index: &str) -> Result<Step, &'static str> {
    let digits = index.strip_prefix('-').unwrap_or(index);
    match index {
        "*" => Ok(Step::Every),
        _ if index.starts_with('?') => Err("a filter, which is not supported"),
        _ if index.contains([':', ',']) => Err("a slice or union, which is not supported"),
        _ if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            index.parse().map(Step::Element).map_err(|_| "an index that is too large")
        }
        _ => Err("no index"),
    }
}
