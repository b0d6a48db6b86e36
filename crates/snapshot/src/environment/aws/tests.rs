use serde_json::json;

use super::*;

const ROLE: &str = "arn:aws:iam::000000000000:role/writer";

fn access(members: serde_json::Value) -> Result<AwsAccess, String> {
    serde_json::from_value(members).map_err(|error| error.to_string())
}

fn region(name: &str) -> Region {
    Region::parse(name).expect("a region")
}

#[test]
fn a_role_is_a_profile_and_without_one_the_gateway_signs() {
    let access =
        access(json!({"credentials_file": "/c", "profile": "own", "roles": {ROLE: "writer"}}))
            .expect("valid");
    assert_eq!(access.credentials_file(), Some(Path::new("/c")));
    assert_eq!(access.signing_profile(Some(ROLE)), Ok(Some("writer")));
    assert_eq!(access.signing_profile(None), Ok(Some("own")));
    let other = ROLE.replace("writer", "other");
    let error = access.signing_profile(Some(&other)).expect_err("unknown");
    assert_eq!(error.to_string(), format!("aws.roles.\"{other}\" is not in the configuration"));
    for callers in ["arn:aws:iam::*:user/*", "arn:aws-cn:iam::*:user/*"] {
        let error = access.signing_profile(Some(callers)).expect_err("nobody's to pass on");
        assert_eq!(error, RoleError::TheCallers(callers.to_owned()));
    }
    let named = access.profiles(false).collect::<Vec<_>>();
    let role_key = format!("aws.roles.\"{ROLE}\"");
    assert_eq!(named, [("aws.profile".to_owned(), "own"), (role_key, "writer")]);
}

#[test]
fn without_a_file_nothing_is_signed() {
    let access = access(json!({"credentials_file": "", "profile": ""})).expect("valid");
    assert_eq!((access.credentials_file(), access.signing_profile(None)), (None, Ok(None)));
    assert_eq!(access.profiles(true).count(), 0);
    assert_eq!(
        AwsAccess::default().signing_profile(Some(ROLE)),
        Err(RoleError::Unknown(ROLE.to_owned()))
    );
}

/// Who signs nothing need not be there.
#[test]
fn the_default_profile_is_needed_where_it_signs() {
    let access = access(json!({"credentials_file": "/c"})).expect("valid");
    let named =
        |default_signs| access.profiles(default_signs).map(|(key, _)| key).collect::<Vec<_>>();
    assert!(named(false).is_empty());
    assert_eq!(named(true), ["aws.profile"]);
}

#[test]
fn a_services_own_endpoint_comes_first() {
    let access = access(json!({"endpoint": "http://all:4566/", "services": {
        "sqs": {"endpoint": "https://sqs.{region}.amazonaws.com"}, "kinesis": {"endpoint": ""}}}))
    .expect("valid");
    let find = |service, name: &str| {
        let uri = access.endpoint(service, &region(name)).expect("there");
        uri.authority().to_owned()
    };
    assert_eq!(find(AwsService::Sqs, "eu-west-1"), "sqs.eu-west-1.amazonaws.com");
    assert_eq!(find(AwsService::Kinesis, "eu-west-1"), "all:4566");
    assert!(access.has_regions(AwsService::Sqs) && !access.has_regions(AwsService::Events));
    assert_eq!(AwsAccess::default().endpoint(AwsService::Sqs, &Region::default()), None);
}

#[test]
fn what_cannot_be_used_is_refused_by_its_key() {
    for (members, expected) in [
        (json!({"endpoint": "all:4566"}), "aws.endpoint: \"all:4566\" is not http(s)://host:port"),
        (
            json!({"services": {"sqs": {"endpoint": "http://a/queue"}}}),
            "aws.services.sqs.endpoint: \"http://a/queue\" is not http(s)://host:port",
        ),
        (json!({"services": {"s3": {"endpoint": "http://a"}}}), "unknown variant `s3`"),
        (json!({"services": {"sqs": {"url": "http://a"}}}), "unknown field `url`"),
        (json!({"region": "x"}), "unknown field `region`"),
        (
            json!({"credentials_file": "/c", "roles": {"writer": "p"}}),
            "aws.roles: \"writer\" is not the ARN of a role",
        ),
        (
            json!({"roles": {ROLE: "p"}}),
            "aws.roles.\"arn:aws:iam::000000000000:role/writer\": there is no aws.credentials_file",
        ),
        (json!({"profile": "p"}), "aws.profile: there is no aws.credentials_file"),
    ] {
        let error = access(members.clone()).expect_err("refused");
        assert!(error.starts_with(expected), "{members}: {error}");
    }
}
