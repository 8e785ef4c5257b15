//! The door for bots: `/bot<token>/METHOD` and `/file/bot<token>/<path>`. Every call is logged when it arrives, meets
//! the faults and limits in force, and is then acted upon.

use std::sync::{Arc, OnceLock};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Map, Value};

use crate::{
    answer::{Answer, ApiError, Result, respond},
    bots::Bot,
    calls::{Call, Outcome},
    faults::{self, Fault},
    methods::{self, Ctx},
    params::Params,
    server::Abort,
    state::Shared,
};

const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad \
                           Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n";

/// Whatever isn't a path of our own is a call of a bot.
pub async fn handle(State(state): State<Shared>, request: Request) -> Response {
    let at_us = state.now_us();
    match answer(&state, request, at_us).await {
        Ok(response) => response,
        Err(error) => respond(error.body(), Some(&error)),
    }
}

async fn answer(state: &Shared, request: Request, at_us: i64) -> Result<Response> {
    let not_found = || ApiError::new(404, "Not Found");
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/file/bot") {
        let (token, path) = rest.split_once('/').ok_or_else(not_found)?;
        let bot = authorise(state, token)?;
        return download(state, &bot, &decode(path)?);
    }
    let (token, method) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')).ok_or_else(not_found)?;
    let bot = authorise(state, token)?;
    let method = methods::canonical(&decode(method)?);
    let method = method.ok_or_else(|| ApiError::new(404, "Not Found: method not found"))?;
    let params = Params::read(request).await?;
    Ok(call(state, &bot, method, params, at_us).await)
}

fn authorise(state: &Shared, token: &str) -> Result<Arc<Bot>> {
    state.bots.authorise(&decode(token)?, state.options.accept_any_token)
}

/// Undoes percent-encoding, in which the ellipsis of a placeholder token comes.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| ApiError::new(404, "Not Found"))
}

fn download(state: &Shared, bot: &Bot, path: &str) -> Result<Response> {
    let not_found = || ApiError::new(404, "Not Found");
    let file = state.files.by_path(path).filter(|file| bot.desk().has_fetched(file.number)).ok_or_else(not_found)?;
    let mut response = Response::new(Body::from(file.bytes.clone()));
    // Telegram doesn't tell types here either; who wants one remembers it from the update.
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}

/// One call from its arrival to its answer, with all that may happen in between.
async fn call(state: &Shared, bot: &Arc<Bot>, method: &'static str, params: Params, at_us: i64) -> Response {
    let call = log(state, bot, method, &params, at_us);
    let fault = state.faults.meet(bot.id, method, call.chat_id, at_us / 1000);
    let ctx = Ctx { state, bot, params: &params };
    let name = fault.as_ref().map(Fault::name);
    let act = async || act(&ctx, &call).await;
    let outcome = |result: &Result<Answer>| finish(state, &call, result, name);
    match fault {
        None => {
            let result = act().await;
            outcome(&result);
            answered(result)
        }
        Some(Fault::Throttle { retry_after }) => refuse(ApiError::too_many(retry_after), outcome),
        Some(Fault::Status { code, description }) => refuse(ApiError::new(code, description), outcome),
        Some(Fault::Html502 {}) => {
            outcome(&Err(ApiError::new(502, "Bad Gateway")));
            bad_gateway()
        }
        Some(Fault::Reset {}) => {
            outcome(&Err(ApiError::new(0, "")));
            aborted()
        }
        Some(Fault::LostAnswer {}) => {
            outcome(&act().await);
            aborted()
        }
        Some(Fault::Slow { ms }) => {
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
            let result = act().await;
            outcome(&result);
            answered(result)
        }
        Some(Fault::Hang { act: acts }) => {
            let result = if acts { act().await } else { Err(ApiError::new(0, "")) };
            outcome(&result);
            std::future::pending().await
        }
        Some(Fault::NullFields {}) => altered(act().await, outcome, faults::with_nulls),
        Some(Fault::UnknownFields {}) => altered(act().await, outcome, faults::with_unknown),
    }
}

/// A method call that a webhook answered with. Nobody learns how it ends, and questions are ignored.
pub async fn call_from_webhook(state: &Shared, bot: &Arc<Bot>, mut object: Map<String, Value>) {
    let Some(Value::String(name)) = object.shift_remove("method") else { return };
    let Some(method) = methods::canonical(&name) else { return };
    if method.starts_with("get") || ["setWebhook", "deleteWebhook", "close", "logOut"].contains(&method) {
        return;
    }
    let params = Params::from_object(object);
    let call = log(state, bot, method, &params, state.now_us());
    let result = act(&Ctx { state, bot, params: &params }, &call).await;
    finish(state, &call, &result, None);
}

async fn act(ctx: &Ctx<'_>, call: &Call) -> Result<Answer> {
    if call.weight > 0 {
        ctx.bot.windows.take(&ctx.state.limits(), call.chat_id, call.weight, call.at_us)?;
    }
    methods::dispatch(ctx, &call.method).await
}

fn log(state: &Shared, bot: &Bot, method: &'static str, params: &Params, at_us: i64) -> Arc<Call> {
    let call = Arc::new(Call {
        seq: state.calls.next_seq(),
        at_us,
        at_ms: at_us / 1000,
        bot: bot.id,
        method: method.into(),
        chat_id: params.int("chat_id"),
        weight: methods::weight(method, params),
        params: params.fields.clone(),
        files: params.files.iter().map(|file| format!("{}: {}", file.field, file.file_name)).collect(),
        outcome: OnceLock::new(),
    });
    state.calls.push(call.clone());
    call
}

fn finish(state: &Shared, call: &Arc<Call>, result: &Result<Answer>, fault: Option<&'static str>) {
    let done_us = state.now_us();
    let outcome = match result {
        Ok(answer) => {
            Outcome { ok: true, status: 200, description: None, message_id: answer.message_id, fault, done_us }
        }
        Err(error) => {
            let description = Some(error.description.clone()).filter(|text| !text.is_empty());
            Outcome { ok: false, status: error.code, description, message_id: None, fault, done_us }
        }
    };
    // A call ends once; nobody else sets its outcome.
    drop(call.outcome.set(outcome));
    state.events.tell(|| serde_json::json!({"type": "call", "call": call}));
}

fn answered(result: Result<Answer>) -> Response {
    match result {
        Ok(answer) => respond(answer.body(), None),
        Err(error) => respond(error.body(), Some(&error)),
    }
}

fn refuse(error: ApiError, outcome: impl Fn(&Result<Answer>)) -> Response {
    let result = Err(error);
    outcome(&result);
    answered(result)
}

/// An answer that is legal JSON but strange.
fn altered(result: Result<Answer>, outcome: impl Fn(&Result<Answer>), change: fn(&mut Value)) -> Response {
    outcome(&result);
    let (body, error) = match &result {
        Ok(answer) => (answer.body(), None),
        Err(error) => (error.body(), Some(error)),
    };
    let mut body: Value = serde_json::from_str(&body).expect("our own answers are JSON");
    change(&mut body);
    respond(body.to_string(), error)
}

fn bad_gateway() -> Response {
    let mut response = Response::new(Body::from(BAD_GATEWAY));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

fn aborted() -> Response {
    let cut =
        futures::stream::iter([Err::<bytes::Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))]);
    let mut response = Response::new(Body::from_stream(cut));
    response.extensions_mut().insert(Abort);
    response
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_placeholder_token_survives_its_way_through_the_path() {
        assert_eq!(decode("123456:ABC-DEF1234%E2%80%A6").unwrap(), "123456:ABC-DEF1234…");
        assert_eq!(decode("123456%3Aabc").unwrap(), "123456:abc");
        assert_eq!(decode("1:a%b%2").unwrap(), "1:a%b%2");
        assert!(decode("1:%ff").is_err());
    }
}
