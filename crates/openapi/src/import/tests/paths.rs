//! Paths and operations.

use expect_test::expect;

use super::{HTTP_PROXY, imported, refused, route_keys, routes, try_import, warned};
use crate::BasePath;

#[test]
fn the_first_server_has_the_base_path() {
    let server = |server: &str| {
        format!(
            "openapi: 3.0.1\ninfo: {{title: t}}\nservers: {server}\npaths:\n  /pets: {{get: {{}}}}\n  /: {{get: {{}}}}\n  /$default: {{x-amazon-apigateway-any-method: {{isDefaultRoute: true}}}}"
        )
    };
    let rows = [
        ("[{url: 'https://h/a/b/c'}]", "/a/b/c", "/b/c"),
        ("[{url: 'https://h/a/'}, {url: 'https://h/z'}]", "/a", ""),
        ("[{url: 'https://h'}]", "", ""),
        ("[{url: /v1}]", "/v1", ""),
        ("[{url: '/{v}/x', variables: {v: {default: v2}}}]", "/v2/x", "/x"),
        ("[{url: 'https://h/{basePath}', variables: {basePath: {default: /p/q}}}]", "/p/q", "/q"),
        ("[{url: 'https://h/{basePath}', variables: {basePath: {default: ''}}}]", "", ""),
        ("[{url: 'https://h/a?b=/c#/d'}]", "/a", ""),
        ("[]", "", ""),
    ];
    for (servers, prepended, split) in rows {
        let modes =
            [(BasePath::Ignore, ""), (BasePath::Prepend, prepended), (BasePath::Split, split)];
        for (mode, prefix) in modes {
            let imported = try_import(&server(servers), mode).expect(servers);
            let root = if prefix.is_empty() { "/" } else { prefix };
            let expected = [&format!("GET {root}"), "$default", &format!("GET {prefix}/pets")];
            assert_eq!(route_keys(&imported), expected, "{servers} {mode:?}");
        }
    }
    let error = try_import(&server("[{url: 'https://h/a{b}'}]"), BasePath::Prepend);
    let message = error.expect_err("no segment").to_string();
    assert!(message.contains("paths.'/'(get) makes no route key of `GET /a{b}`"), "{message}");
}

#[test]
fn operations_are_routes() {
    let imported = imported(
        "paths:
  /pets/{id}:
    summary: a pet
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: getPet, responses: {default: {description: d}}}
    put: {}
    post: {}
    delete: {}
    options: {}
    head: {}
    patch: {}
    x-amazon-apigateway-any-method: {}
    x-mine: 1
  /{proxy+}: {x-amazon-apigateway-any-method: {}}
  /$default: {x-amazon-apigateway-any-method: {isDefaultRoute: true}}
  x-mine: 1",
    );
    let expected = expect![[r#"
        [
            "$default: None",
            "DELETE /pets/{id}: None",
            "GET /pets/{id}: None, called getPet",
            "HEAD /pets/{id}: None",
            "OPTIONS /pets/{id}: None",
            "PATCH /pets/{id}: None",
            "POST /pets/{id}: None",
            "PUT /pets/{id}: None",
            "ANY /pets/{id}: None",
            "ANY /{proxy+}: None",
        ]
    "#]];
    expected.assert_debug_eq(&routes(&imported));
    assert_eq!(imported.warnings, [""; 0]);
    assert_eq!(
        imported.import_info,
        [
            "paths.'/$default'(x-amazon-apigateway-any-method) has no x-amazon-apigateway-integration: its route has no target (and 9 more like it)",
            "paths.'/pets/{id}'(get).responses is ignored: HTTP APIs do not validate bodies",
        ]
    );
}

#[test]
fn what_is_no_route_is_skipped_or_refused() {
    warned(
        "paths: {$default: {x-amazon-apigateway-any-method: {isDefaultRoute: true}}}",
        &["Parse issue: attribute paths. Resource $default should start with /"],
    );
    warned(
        "paths: {/a: {trace: {}, gett: {}}}",
        &[
            "Parse issue: attribute paths.'/a'.gett is unexpected",
            "Parse issue: attribute paths.'/a'(trace) is skipped: a route of an HTTP API cannot have the method TRACE",
        ],
    );
    warned(
        "paths: {/a: {get: {isDefaultRoute: true}}}",
        &[
            "Parse issue: attribute paths.'/a'(get).isDefaultRoute is for x-amazon-apigateway-any-method of /$default only",
        ],
    );
    refused(
        "paths: {/a/: {get: {}}}",
        "paths.'/a/'(get) makes no route key of `GET /a/`: The provided route key is not formatted properly for HTTP protocol. Format should be \"[HTTP METHOD] /[RESOURCE PATH]\" or \"$default\"",
    );
    refused("paths: {/a: {get: 1}}", "paths.'/a'(get) is not of type `object`");
    refused("paths: []", "paths is not of type `object`");
}

#[test]
fn path_items_may_be_references() {
    let imported = imported(
        "paths:
  /a: {$ref: '#/components/pathItems/p', delete: {operationId: own}}
  /b: {$ref: '#/paths/~1a'}
  /c: {$ref: '#/paths/~1none', get: {}}
  /d: {$ref: other.yaml}
  /e: {$ref: '#/paths/~1e'}
components: {pathItems: {p: {get: {operationId: got}, delete: {operationId: hidden}}}}",
    );
    assert_eq!(
        routes(&imported),
        [
            "DELETE /a: None, called own",
            "GET /a: None, called got",
            "DELETE /b: None, called hidden",
            "GET /b: None, called got",
            "GET /c: None",
        ]
    );
    assert_eq!(
        imported.warnings,
        [
            "Parse issue: attribute paths.'/c'.#/paths/~1none is missing",
            "Parse issue: attribute paths.'/d'.other.yaml is missing",
            "Parse issue: attribute paths.'/e' refers to itself, or through too many references",
        ]
    );
}

#[test]
fn missing_schemas_are_warnings_in_the_words_of_aws() {
    let reference = "content: {application/json: {schema: {$ref: '#/components/schemas/ModelThatDoesNotExist'}}}";
    warned(
        &format!(
            "paths: {{/update: {{get: {{{HTTP_PROXY}, responses: {{'200': {{description: d, {reference}}}}}}}}}}}"
        ),
        &[
            "Parse issue: attribute paths.'/update'(get).responses.200.content.schema.#/components/schemas/ModelThatDoesNotExist is missing",
        ],
    );
    warned(
        &format!(
            "paths: {{/update: {{post: {{requestBody: {{{reference}}}, parameters: [{{$ref: '#/components/parameters/p'}}]}}}}}}"
        ),
        &[
            "Parse issue: attribute paths.'/update'(post).parameters.[0].#/components/parameters/p is missing",
            "Parse issue: attribute paths.'/update'(post).requestBody.content.schema.#/components/schemas/ModelThatDoesNotExist is missing",
        ],
    );
    warned(
        "paths: {/a: {parameters: [{$ref: '#/components/parameters/p'}]}}\ncomponents: {parameters: {p: {example: {$ref: '#/x'}}}}",
        &[],
    );
}
