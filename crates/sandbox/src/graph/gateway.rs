//! The door for programs. Every call meets the faults in force, is acted upon and logged with its answer.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Request as HttpRequest, State},
    http::{HeaderValue, Method, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    access::{self, Kind},
    calls::Call,
    error::{GraphError, Result, respond},
    faults::Fault,
    media, messages, numbers,
    request::Request,
    subscriptions, templates,
};
use crate::{server::Abort, state::Shared};

/// A document of 100 MB and what stands around it.
const BODY_BYTES_MAX: usize = 101 << 20;

pub fn router() -> Router<Shared> {
    Router::new().fallback(handle).layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What a call is answered with.
#[derive(Debug)]
pub enum Answer {
    Json(Value),
    File(String, Bytes),
}

async fn handle(State(state): State<Shared>, request: HttpRequest) -> Response {
    let at_ms = state.now_ms();
    let request = match Request::read(request).await {
        Ok(request) => request,
        Err(error) => return respond(error.status, &error.body(&trace(&state))),
    };
    let fault = state.graph.faults.meet(&request);
    let act = async || act(&state, &request, fault.as_ref()).await;
    let log = |result: &Result<Answer>| log(&state, &request, at_ms, result, fault.as_ref());
    let told = |result: Result<Answer>| {
        log(&result);
        answered(&state, result)
    };
    match &fault {
        None | Some(Fault::Failed { .. } | Fault::Held {}) => told(act().await),
        Some(Fault::Error { .. }) => refused(&state, &request, at_ms, fault.as_ref()),
        Some(Fault::Status { status }) => {
            log(&Err(GraphError { status: *status, ..GraphError::new(1) }));
            bare(*status)
        }
        Some(Fault::Reset {}) => {
            log(&Err(GraphError { status: 0, ..GraphError::new(1) }));
            aborted()
        }
        Some(Fault::LostAnswer {}) => {
            log(&act().await);
            aborted()
        }
        Some(Fault::Slow { ms }) => {
            tokio::time::sleep(std::time::Duration::from_millis(*ms)).await;
            told(act().await)
        }
        Some(Fault::Hang { act: acts }) => {
            let result = if *acts { act().await } else { Err(GraphError { status: 0, ..GraphError::new(1) }) };
            log(&result);
            std::future::pending().await
        }
    }
}

async fn act(state: &Shared, request: &Request, fault: Option<&Fault>) -> Result<Answer> {
    if request.version == "files" {
        return media::download(state, request);
    }
    let kind = access::open(&state.graph.world(), request)?.kind;
    let answer = match (&request.method, kind, request.edge.as_str()) {
        (&Method::POST, Kind::Number, "messages") => messages::post(state, request, fault).await,
        (&Method::POST, Kind::Number, "media") => media::upload(state, request),
        (&Method::POST, Kind::Number, "register") => numbers::register(state, request),
        (&Method::POST, Kind::Number, "deregister") => numbers::deregister(state, request),
        (&Method::GET, Kind::Number, "") => numbers::show(state, request),
        (&Method::POST, Kind::Number, "") => subscriptions::configure_number(state, request).await,
        (&Method::GET, Kind::Media, "") => media::inspect(state, request),
        (&Method::DELETE, Kind::Media, "") => media::delete(state, request),
        (&Method::GET, Kind::Account, "") => numbers::show_account(state, request),
        (&Method::GET, Kind::Account, "phone_numbers") => numbers::list(state, request),
        (&Method::GET, Kind::Account, "subscribed_apps") => subscriptions::list(state, request),
        (&Method::POST, Kind::Account, "subscribed_apps") => subscriptions::subscribe(state, request).await,
        (&Method::DELETE, Kind::Account, "subscribed_apps") => subscriptions::unsubscribe(state, request),
        (&Method::GET, Kind::Account, "message_templates") => templates::list(state, request),
        (&Method::POST, Kind::Account, "message_templates") => templates::create(state, request),
        (&Method::DELETE, Kind::Account, "message_templates") => templates::delete(state, request),
        (&Method::GET, Kind::Template, "") => templates::show(state, request),
        (&Method::POST, Kind::Template, "") => templates::edit(state, request),
        _ => Err(GraphError::no_object(&request.object)),
    };
    answer.map(Answer::Json)
}

fn log(state: &Shared, request: &Request, at_ms: i64, result: &Result<Answer>, fault: Option<&Fault>) {
    let (status, code) = match result {
        Ok(_) => (200, None),
        Err(error) => (error.status, Some(error.code)),
    };
    let message_id = match result {
        Ok(Answer::Json(body)) => body["messages"][0]["id"].as_str().map(str::to_owned),
        _ => None,
    };
    let call = state.graph.calls.push(Call {
        seq: 0,
        at_ms,
        method: request.method.to_string(),
        path: request.path(),
        body: if request.upload.is_some() { Value::Null } else { request.body.clone() },
        status,
        code,
        message_id,
        fault: fault.map(Fault::name),
    });
    state.events.tell(|| json!({"type": "graph_call", "call": call}));
}

fn answered(state: &Shared, result: Result<Answer>) -> Response {
    match result {
        Ok(Answer::Json(body)) => respond(200, &body),
        Ok(Answer::File(mime_type, bytes)) => {
            let mut response = Response::new(Body::from(bytes));
            if let Ok(mime_type) = HeaderValue::from_str(&mime_type) {
                response.headers_mut().insert(header::CONTENT_TYPE, mime_type);
            }
            response
        }
        Err(error) => respond(error.status, &error.body(&trace(state))),
    }
}

/// The refusal that a fault prescribes.
fn refused(state: &Shared, request: &Request, at_ms: i64, fault: Option<&Fault>) -> Response {
    let Some(Fault::Error { code, status, details, is_transient }) = fault else { return bare(500) };
    let known = GraphError::new(*code);
    let error = GraphError { status: status.unwrap_or(known.status), details: details.clone(), ..known };
    let mut body = error.body(&trace(state));
    if let Some(is_transient) = is_transient {
        body["error"]["is_transient"] = json!(is_transient);
    }
    let status = error.status;
    log(state, request, at_ms, &Err(error), fault);
    respond(status, &body)
}

fn trace(state: &Shared) -> String {
    format!("A{:020x}", state.random.next())
}

/// What a proxy answers when nothing is behind it.
fn bare(status: u16) -> Response {
    let mut response = respond(status, &Value::Null);
    *response.body_mut() = Body::from("<html><body><h1>Sorry, something went wrong.</h1></body></html>");
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

fn aborted() -> Response {
    let cut = futures::stream::iter([Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))]);
    let mut response = Response::new(Body::from_stream(cut));
    response.extensions_mut().insert(Abort);
    response
}
