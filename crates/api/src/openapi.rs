//! The OpenAPI description: made from the handlers, completed here with what all operations share.

use axum::{Extension, http::header::CONTENT_TYPE, response::IntoResponse};
use bytes::Bytes;
use model::ErrorKind;
use serde_json::{Map, Value, json};

use crate::problem::{PROBLEM_JSON, status};

/// The errors that an operation may answer with, by the names that `components/responses` has for them.
const ERRORS: [(&str, ErrorKind, &str, &str); 11] = [
    ("Invalid", ErrorKind::Invalid, "invalid_input", "The input is malformed or invalid; `errors` says where."),
    (
        "Unauthenticated",
        ErrorKind::Unauthenticated,
        "unauthenticated",
        "There is no token, or it is wrong, expired or revoked.",
    ),
    ("Forbidden", ErrorKind::Forbidden, "forbidden", "Your role is too low for this."),
    ("NotFound", ErrorKind::NotFound, "not_found", "There is no such thing, or it is another tenant's."),
    ("Conflict", ErrorKind::Conflict, "already_exists", "The state of things forbids it."),
    ("TooLarge", ErrorKind::TooLarge, "too_large", "The body is too large."),
    ("UnsupportedMedia", ErrorKind::UnsupportedMedia, "unsupported_media_type", "The content type is not understood."),
    (
        "KeyReused",
        ErrorKind::IdempotencyMismatch,
        "idempotency_key_reused",
        "The Idempotency-Key came before with another request.",
    ),
    (
        "RateLimited",
        ErrorKind::RateLimited,
        "rate_limited",
        "A limit was reached; come again after `Retry-After` seconds.",
    ),
    ("Internal", ErrorKind::Internal, "internal", "A fault of ours; name the `request_id` to the operator."),
    (
        "Unavailable",
        ErrorKind::Unavailable,
        "unavailable",
        "Busy, or the database is away; come again after `Retry-After` seconds.",
    ),
];

const ABOUT: &str = "Self-hosted messaging for many tenants over Telegram bots and WhatsApp numbers.\n\n\
    Send your API key (`jc_…`) or access token as `Authorization: Bearer <token>`. Paths answer the same with and without the \
    slash at the end. Times are RFC 3339 in UTC, our ids are UUIDs, Telegram's ids are 64-bit integers. Every error is \
    `application/problem+json`. Lists are newest first unless they say otherwise; follow `next` for more. Repeat a POST safely \
    by sending the same `Idempotency-Key`: the first answer is kept for 24 hours and comes back with \
    `Idempotent-Replayed: true`. People who belong to several tenants name the one to act for by `X-Tenant-Id`; without it, \
    it is the first.";

/// In the order in which a newcomer reads them; what is not here follows.
const TAGS: [&str; 11] = [
    "accounts",
    "bots",
    "numbers",
    "templates",
    "messages",
    "contacts",
    "team-inbox",
    "broadcasts",
    "events",
    "webhook",
    "operations",
];

/// The finished document.
#[derive(Debug, Clone)]
pub(crate) struct Document(pub(crate) Bytes);

/// `GET /openapi.json`
pub(crate) async fn serve(Extension(Document(json)): Extension<Document>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], json)
}

/// Completes what the handlers say of themselves.
pub(crate) fn complete(described: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(described).expect("a description is plain JSON");
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Jina Connect",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/"}]);
    document["security"] = json!([{"bearer": []}]);
    document["tags"] = tags(&document);
    let components = object(&mut document["components"]);
    components.insert(
        "securitySchemes".to_owned(),
        json!({"bearer": {"type": "http", "scheme": "bearer",
        "description": "An API key (`jc_…`) or an access token from `POST /token/`."}, "session": {"type": "apiKey",
        "in": "cookie", "name": "jina_session", "description": "The web app's cookie from `POST /session/`, named \
        `__Host-jina_session` over https. What changes something needs `X-CSRF-Token` besides. Every operation takes it."}}),
    );
    components.insert("responses".to_owned(), responses());
    components.insert("parameters".to_owned(), parameters());
    for (path, item) in object(&mut document["paths"]) {
        for (method, operation) in object(item) {
            complete_operation(path, method, operation);
        }
    }
    for name in bodies(&document) {
        let schema = object(&mut document["components"]["schemas"][name]);
        if schema.contains_key("properties") {
            schema.entry("additionalProperties").or_insert(json!(false));
        }
    }
    document
}

/// The schemas of JSON bodies, which are read strictly.
fn bodies(document: &Value) -> Vec<String> {
    let operations = document["paths"].as_object().into_iter().flatten();
    let operations = operations.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let references = operations.filter_map(|(_, operation)| {
        operation.pointer("/requestBody/content/application~1json/schema/$ref").and_then(Value::as_str)
    });
    references.filter_map(|reference| reference.strip_prefix("#/components/schemas/")).map(str::to_owned).collect()
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().expect("it was just made one")
}

fn tags(document: &Value) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for item in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
            for tag in operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !names.contains(&tag) {
                    names.push(tag);
                }
            }
        }
    }
    names.sort_by_key(|name| TAGS.iter().position(|tag| tag == name).unwrap_or(TAGS.len()));
    names.into_iter().map(|name| json!({"name": name})).collect()
}

fn responses() -> Value {
    let described = ERRORS.iter().map(|(name, kind, code, description)| {
        let mut headers = json!({"X-Request-Id": {"schema": {"type": "string"}}});
        match kind {
            ErrorKind::Unauthenticated => {
                headers["WWW-Authenticate"] = json!({"schema": {"type": "string"}, "example": "Bearer"})
            }
            ErrorKind::RateLimited | ErrorKind::Unavailable => {
                headers["Retry-After"] = json!({"schema": {"type": "integer"}, "example": 1});
            }
            _ => {}
        }
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        let content = json!({PROBLEM_JSON: {"schema": schema, "example": example(*kind, code, description)}});
        ((*name).to_owned(), json!({"description": description, "headers": headers, "content": content}))
    });
    Value::Object(described.collect())
}

fn example(kind: ErrorKind, code: &str, description: &str) -> Value {
    let status = status(kind);
    let mut problem = json!({"type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
        "detail": description.replace('`', ""), "code": code, "request_id": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"});
    if kind == ErrorKind::Invalid {
        problem["errors"] = json!({"name": ["This field is required."]});
    }
    problem
}

fn parameters() -> Value {
    json!({
        "IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "required": false,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
            "description": "Any text of your own. The same key and body get the first answer again, for 24 hours."},
    })
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let operation = object(operation);
    operation.insert("operationId".to_owned(), json!(operation_id(path, method)));
    let is_public = operation.get("security").is_some_and(|security| security == &json!([{}]));
    let has_body = operation.contains_key("requestBody");
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    let parameters = parameters.as_array_mut().expect("parameters are a list");
    for parameter in parameters.iter_mut().filter(|parameter| parameter["in"] == "query") {
        // A parameter without a value counts as not given.
        parameter["allowEmptyValue"] = json!(true);
    }
    if method == "post" && !is_public {
        parameters.push(reference("parameters", "IdempotencyKey"));
    }
    if is_public {
        operation.insert("security".to_owned(), json!([]));
    }
    let responses = object(operation.entry("responses").or_insert_with(|| json!({})));
    for (name, kind, ..) in ERRORS {
        let applies = match kind {
            ErrorKind::Invalid | ErrorKind::Internal | ErrorKind::Unavailable => true,
            ErrorKind::Unauthenticated => !is_public || ["/token/", "/refresh/", "/session/"].contains(&path),
            ErrorKind::Forbidden => !is_public,
            ErrorKind::NotFound => path.contains('{'),
            ErrorKind::Conflict => method != "get" && (!is_public || path == "/setup/"),
            ErrorKind::TooLarge | ErrorKind::UnsupportedMedia => has_body,
            ErrorKind::IdempotencyMismatch => method == "post" && !is_public,
            ErrorKind::RateLimited => method == "post",
            ErrorKind::UpstreamBad | ErrorKind::UpstreamTimeout => false,
        };
        let code = status(kind).as_str().to_owned();
        if applies && !responses.contains_key(&code) {
            responses.insert(code, reference("responses", name));
        }
    }
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// `get_tenants_tenant_access_keys_by_id`: unique because path and method are.
fn operation_id(path: &str, method: &str) -> String {
    let words = path.split('/').filter(|word| !word.is_empty()).map(|word| {
        let name = word.trim_matches(['{', '}']).replace(['-', '.'], "_");
        if word.starts_with('{') { format!("by_{name}") } else { name }
    });
    std::iter::once(method.to_owned()).chain(words).collect::<Vec<_>>().join("_")
}
