use super::*;
use crate::text::{Version, Wildcards, tokens};

fn glob(pattern: &str, case: Case) -> Glob {
    Glob::new(tokens(pattern, Version::V2012, Wildcards::Match).expect(pattern), case)
}

fn check(pattern: &str, matching: &[&str], others: &[&str]) {
    let glob = glob(pattern, Case::Exact);
    for text in matching {
        assert!(glob.matches(text, &()), "{pattern} has to match {text}");
    }
    for text in others {
        assert!(!glob.matches(text, &()), "{pattern} must not match {text}");
    }
}

#[test]
fn wildcards_match() {
    check("", &[""], &["a"]);
    check("a", &["a"], &["", "A", "aa"]);
    check("*", &["", "a", "a:b/c", "é"], &[]);
    check("a*", &["a", "ab", "a/b"], &["", "ba"]);
    check("*a", &["a", "ba", "aaa"], &["", "ab"]);
    check("a*a", &["aa", "aba"], &["a", "ab"]);
    check("a*b*c", &["abc", "a-b-c", "abbcc", "abcbc"], &["ac", "acb", "abcd"]);
    check("?", &["a", "é", "*"], &["", "ab"]);
    check("a?c*", &["abc", "abcd"], &["ac", "abd"]);
    check("*?b", &["ab", "aab", "bb"], &["b", "ba"]);
    check("*a?b*", &["axb", "aaab", "zaxbz"], &["ab", "ax"]);
    check("*é?", &["éa", "xéé"], &["é", "e"]);
    check("${*}*${?}", &["*?", "*x?"], &["x?", "*x"]);
    check("??*", &["ab", "abc"], &["", "a"]);
    check("/1/*/test/*", &["/1/2/3/test/x", "/1///test/"], &["/1-test/", "/1/test"]);
}

#[test]
fn letters_match_in_either_case_where_asked_to() {
    for (pattern, text, expected) in [
        ("apigateway:GET", "APIGateway:get", true),
        ("api*:g?t", "APIGATEWAY:GET", true),
        ("*WAY:get", "apigateway:GET", true),
        ("*a*B*", "xAyb", true),
        ("É*", "école", true),
        ("*É", "né", true),
        ("a", "b", false),
        ("@", "`", false),
        ("[", "{", false),
    ] {
        assert_eq!(glob(pattern, Case::Ignored).matches(text, &()), expected, "{pattern} {text}");
    }
}

/// Each of these takes a backtracking matcher longer than the universe has.
#[test]
fn hostile_patterns_end() {
    let text = "a".repeat(2_000);
    for pattern in [
        "*a".repeat(500) + "b",
        "a*".repeat(500) + "b",
        "*?".repeat(500) + "b",
        "*a?".repeat(500) + "b",
        format!("*{}b*", "a".repeat(1_000)),
        format!("*{}b*", "?".repeat(1_000)),
        format!("*{}b*", "a?".repeat(500)),
    ] {
        for case in [Case::Exact, Case::Ignored] {
            assert!(!glob(&pattern, case).matches(&text, &()));
        }
    }
    assert!(glob(&"*a".repeat(500), Case::Exact).matches(&text, &()));
}

/// Agrees with the definition of the wildcards, on texts and patterns drawn from few characters so
/// that they meet often. `SEED` in the environment repeats a failure.
#[test]
fn matches_what_the_definition_matches() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    let mut random = fastrand::Rng::with_seed(seed);
    let mut matched = 0;
    for _ in 0..20_000 {
        let pattern = draw(&mut random, &['a', 'b', 'é', '*', '?']);
        let text = draw(&mut random, &['a', 'b', 'é']);
        let expected = definition(&chars(&pattern), &chars(&text));
        for case in [Case::Exact, Case::Ignored] {
            let found = glob(&pattern, case).matches(&text, &());
            assert_eq!(found, expected, "{pattern} {text} (SEED={seed})");
        }
        matched += usize::from(expected);
    }
    assert!(matched > 1_000, "only {matched} matches (SEED={seed})");
}

fn definition(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|taken| definition(rest, &text[taken..])),
        (['?', pattern @ ..], [_, text @ ..]) => definition(pattern, text),
        ([expected, pattern @ ..], [found, text @ ..]) => {
            expected == found && definition(pattern, text)
        }
        _ => false,
    }
}

fn draw(random: &mut fastrand::Rng, alphabet: &[char]) -> String {
    let length = random.usize(0..9);
    (0..length).filter_map(|_| random.choice(alphabet)).collect()
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}
