//! The strings of a policy, taken apart: text, wildcards, policy variables.
//!
//! Follows "IAM policy elements: Variables and tags": variables exist in version 2012-10-17 only,
//! `${*}`, `${?}` and `${$}` stand for the character itself, and a default follows a comma in
//! single quotes. An unclosed or nameless `${` is refused rather than taken literally.

use crate::error::Problem;
use crate::limits::VARIABLES_MAX;
use crate::variable::{Variable, key};

/// The version of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2008,
    V2012,
}

/// Whether `*` and `?` are wildcards in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcards {
    Match,
    Literal,
}

/// A part of a string. No text is empty, and no two texts or runs are neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Text(String),
    /// `?`: any one character.
    One,
    /// `*`: any characters, or none.
    Run,
    Variable(Variable),
}

/// Takes a string apart.
pub(crate) fn tokens(
    text: &str,
    version: Version,
    wildcards: Wildcards,
) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if version == Version::V2012
            && let Some(inside) = rest.strip_prefix("${")
        {
            let (token, after) = placeholder(inside)?;
            push(&mut tokens, token);
            rest = after;
            continue;
        }
        push(
            &mut tokens,
            match (character, wildcards) {
                ('*', Wildcards::Match) => Token::Run,
                ('?', Wildcards::Match) => Token::One,
                _ => Token::Text(character.into()),
            },
        );
        rest = &rest[character.len_utf8()..];
    }
    let variables = tokens.iter().filter(|token| matches!(token, Token::Variable(_))).count();
    if variables > VARIABLES_MAX {
        return Err(Problem::Variable("more than eight times in one string"));
    }
    Ok(tokens)
}

fn push(tokens: &mut Vec<Token>, token: Token) {
    match (tokens.last_mut(), token) {
        (Some(Token::Text(before)), Token::Text(text)) => before.push_str(&text),
        (Some(Token::Run), Token::Run) => {}
        (_, token) => tokens.push(token),
    }
}

/// Reads what stands behind `${`, up to and with the brace.
fn placeholder(inside: &str) -> Result<(Token, &str), Problem> {
    for character in ["*", "?", "$"] {
        let after = inside.strip_prefix(character).and_then(|after| after.strip_prefix('}'));
        if let Some(after) = after {
            return Ok((Token::Text(character.to_owned()), after));
        }
    }
    let end = inside.find([',', '}']).ok_or(Problem::Variable("without its closing brace"))?;
    let (name, rest) = inside.split_at(end);
    let key = key(name)?;
    if let Some(after) = rest.strip_prefix('}') {
        return Ok((Token::Variable(Variable { key, default: None }), after));
    }
    let quoted = rest.strip_prefix(',').and_then(|rest| rest.trim_start().strip_prefix('\''));
    let closed = quoted.and_then(|quoted| quoted.split_once('\''));
    let whole = closed.and_then(|(text, rest)| Some((text, rest.trim_start().strip_prefix('}')?)));
    let (text, after) =
        whole.ok_or(Problem::Variable("with a default that is not between single quotes"))?;
    Ok((Token::Variable(Variable { key, default: Some(text.into()) }), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, version: Version, expected: &[Token]) {
        let found = tokens(text, version, Wildcards::Match);
        assert_eq!(found.as_deref(), Ok(expected), "{text}");
    }

    fn text(text: &str) -> Token {
        Token::Text(text.into())
    }

    fn variable(key: &str, default: Option<&str>) -> Token {
        Token::Variable(Variable { key: key.into(), default: default.map(Into::into) })
    }

    #[test]
    fn strings_are_taken_apart() {
        use Version::{V2008, V2012};
        check("", V2012, &[]);
        check("a*b?", V2012, &[text("a"), Token::Run, text("b"), Token::One]);
        check("a***b", V2012, &[text("a"), Token::Run, text("b")]);
        check("**", V2008, &[Token::Run]);
        check("x${*}${?}${$}{y}", V2012, &[text("x*?${y}")]);
        check("$5 and $", V2012, &[text("$5 and $")]);
        check("${aws:UserName}", V2012, &[variable("aws:username", None)]);
        check("/${a:b}/*", V2012, &[text("/"), variable("a:b", None), text("/"), Token::Run]);
        check("${a:b, 'me'}", V2012, &[variable("a:b", Some("me"))]);
        check("${a:b,'}*,'}x", V2012, &[variable("a:b", Some("}*,")), text("x")]);
        check("${a:b, ''}", V2012, &[variable("a:b", Some(""))]);
        check("${aws:RequestTag/a b}", V2012, &[variable("aws:requesttag/a b", None)]);
        check("${aws:username}", V2008, &[text("${aws:username}")]);
        check("${*}", V2008, &[text("${"), Token::Run, text("}")]);
    }

    #[test]
    fn broken_variables_are_refused() {
        for broken in [
            "${",
            "${}",
            "${a:b",
            "${username}",
            "${:a}",
            "${a:}",
            "${a:b,}",
            "${a:b, me}",
            "${a:b, 'me}",
            "${a:b, 'me'",
            "${a:b, 'me'x}",
            "${${a:b}}",
        ] {
            assert!(tokens(broken, Version::V2012, Wildcards::Match).is_err(), "{broken}");
        }
        let most = "${a:b}".repeat(VARIABLES_MAX);
        assert!(tokens(&most, Version::V2012, Wildcards::Match).is_ok());
        let more = "${a:b}".repeat(VARIABLES_MAX + 1);
        assert!(tokens(&more, Version::V2012, Wildcards::Match).is_err());
    }
}
