use super::*;

#[test]
fn names_that_cannot_be_had() {
    assert_eq!(problem("api.example.com"), None);
    assert_eq!(problem("xn--bcher-kva.example"), None);
    assert!(problem("*.example.com").is_some_and(|words| words.contains("wildcards")));
    for name in ["../account", ".hidden", "a/b", "a b", "bücher.example"] {
        assert!(problem(name).is_some(), "{name}");
    }
}

#[test]
fn a_challenge_becomes_what_the_authority_asks_for() {
    let stored = |kind| StoredChallenge {
        kind,
        token: "token".to_owned(),
        key_authorization: "token.key".to_owned(),
    };
    let http = challenge("a.example", &stored(ChallengeKind::Http)).expect("made");
    assert!(matches!(http, Challenge::Http { token, .. } if token == "token"));
    let tls = challenge("a.example", &stored(ChallengeKind::Tls)).expect("made");
    assert!(matches!(tls, Challenge::Tls(_)));
}
