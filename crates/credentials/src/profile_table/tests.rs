use super::*;

fn of(table: &ProfileTable, profile: &str) -> Option<(String, String, Option<String>)> {
    let credentials = table.get(profile)?;
    let Credentials { access_key_id, secret_access_key, session_token } = &**credentials;
    Some((access_key_id.clone(), secret_access_key.clone(), session_token.clone()))
}

fn key(id: &str, secret: &str, token: Option<&str>) -> Option<(String, String, Option<String>)> {
    Some((id.to_owned(), secret.to_owned(), token.map(str::to_owned)))
}

const FILE: &str = "\u{feff}# the gateway's own
[default]
aws_access_key_id = AKIA1
aws_secret_access_key = a/b+c=d#e;f

; temporary
[writer] # a comment
  AWS_ACCESS_KEY_ID=AKIA2 # another
\taws_secret_access_key\t=\ts2\t; and one
aws_session_token = dG9rZW4=
region = eu-central-1
s3 =
  max_concurrent_requests = 20
  addressing_style path

[profile configured]\r
aws_access_key_id = AKIA3\r
aws_secret_access_key = s3\r
aws_session_token =\r

[profile 'two words']
aws_access_key_id = AKIA4
aws_secret_access_key = s4

[assumes]
role_arn = arn:aws:iam::000000000000:role/x
source_profile = default

[half]
aws_access_key_id = AKIA5

[writer]
aws_session_token = later
";

#[test]
fn profiles_are_read_as_awss_tools_do() {
    let table = ProfileTable::parse(FILE).expect("well-formed");
    assert_eq!(of(&table, "default"), key("AKIA1", "a/b+c=d#e;f", None));
    assert_eq!(of(&table, "writer"), key("AKIA2", "s2", Some("later")));
    assert_eq!(of(&table, "configured"), key("AKIA3", "s3", None));
    assert_eq!(of(&table, "two words"), key("AKIA4", "s4", None));
    for none in ["assumes", "half", "profile configured", "nobody"] {
        assert_eq!(of(&table, none), None, "{none}");
    }
    assert_eq!(table.len(), 4);
    assert_eq!(ProfileTable::parse("").expect("empty").len(), 0);
}

#[test]
fn what_is_malformed_is_named_by_its_line_alone() {
    for (text, line, problem) in [
        ("[default\naws_access_key_id = x", 1, "not a section's name"),
        ("[]", 1, "not a section's name"),
        ("[a] b", 1, "not a section's name"),
        ("aws_secret_access_key = s", 1, "a property of no section"),
        ("[a]\n\nthe-secret", 3, "neither a section, a property nor a comment"),
        ("[a]\naws_access_key_id = a b", 2, "not a value that can stand in a header"),
        ("[a]\naws_session_token = \u{e9}", 2, "not a value that can stand in a header"),
    ] {
        let error = ProfileTable::parse(text).expect_err(text);
        assert_eq!(error, MalformedProfiles { line, problem }, "{text}");
        assert_eq!(error.to_string(), format!("line {line}: {problem}"));
    }
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", ProfileTable::parse(FILE).expect("well-formed"));
    assert!(
        shown.contains("AKIA2") && !shown.contains("s2") && !shown.contains("later"),
        "{shown}"
    );
}
