//! Webhook calls: where each change goes, signed over the bytes that leave, tried again with growing pauses until 200.
//!
//! One person's changes start in order, as they do at WhatsApp on a good day. What fails is tried again beside the
//! rest, so that order is nothing to rely on.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use axum::http::{Request, header};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::watch;

use super::world::World;
use crate::state::Shared;

/// Calls that wait or are tried again; what comes beyond is dropped and counted.
const PENDING_MAX: usize = 200_000;
const PAUSE_S_MAX: i64 = 60;
const GIVE_UP_S: i64 = 7 * 24 * 3600;

/// Fields that an override takes; all others go to the app's own callback.
const OVERRIDABLE: [&str; 4] = ["messages", "message_echoes", "calls", "account_settings_update"];

/// Something to tell: a `field` and its `value`.
#[derive(Clone, Debug)]
pub struct Change {
    pub waba_id: String,
    pub number: Option<String>,
    /// Whose changes keep their order.
    pub lane: String,
    pub field: String,
    pub value: Value,
}

/// A change on its way to one receiver.
#[derive(Clone, Debug)]
struct Aimed {
    url: String,
    secret: String,
    change: Change,
}

/// One call: a receiver and the body, as its bytes will leave.
#[derive(Clone, Debug)]
struct Post {
    url: String,
    secret: String,
    lane: String,
    body: Bytes,
}

/// How what was held goes out.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// So many changes in one call.
    pub batch: usize,
    pub reverse: bool,
    pub duplicates: u32,
}

#[derive(Debug, Default)]
struct Inner {
    held: Option<Vec<Aimed>>,
    lanes: HashMap<String, VecDeque<Post>>,
    pending: usize,
    delivered: u64,
    failures: u64,
    dropped: u64,
    last_error: Option<String>,
}

/// All webhook calls of a sandbox.
#[derive(Debug, Default)]
pub struct Hooks {
    inner: Mutex<Inner>,
    stopped: watch::Sender<()>,
}

impl Hooks {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic among webhooks")
    }

    /// Ends every delivery; what waited is forgotten.
    pub fn stop(&self) {
        *self.inner() = Inner::default();
        self.stopped.send_replace(());
    }

    /// From now on changes are gathered.
    pub fn hold(&self) {
        self.inner().held.get_or_insert_default();
    }

    pub fn show(&self) -> Value {
        let inner = self.inner();
        json!({"pending": inner.pending, "delivered": inner.delivered, "failures": inner.failures,
            "dropped": inner.dropped, "last_error": inner.last_error, "held": inner.held.as_ref().map(Vec::len)})
    }
}

/// Tells every subscriber of a change.
pub fn tell(state: &Shared, world: &World, change: &Change) {
    for (url, secret) in targets(world, change) {
        let aimed = Aimed { url, secret, change: change.clone() };
        let mut inner = state.graph.hooks.inner();
        if let Some(held) = &mut inner.held {
            held.push(aimed);
            continue;
        }
        drop(inner);
        send(state, &[aimed], world.settings.webhook_duplicates);
    }
}

/// Lets go what was held; later changes are told at once again.
pub fn release(state: &Shared, how: Release) -> usize {
    let mut held = state.graph.hooks.inner().held.take().unwrap_or_default();
    if how.reverse {
        held.reverse();
    }
    let count = held.len();
    let mut by_target: Vec<Vec<Aimed>> = Vec::new();
    for aimed in held {
        match by_target.iter_mut().find(|group| group[0].url == aimed.url && group[0].secret == aimed.secret) {
            Some(group) => group.push(aimed),
            None => by_target.push(vec![aimed]),
        }
    }
    for group in by_target {
        group.chunks(how.batch.max(1)).for_each(|chunk| send(state, chunk, how.duplicates));
    }
    count
}

fn targets(world: &World, change: &Change) -> Vec<(String, String)> {
    let Some(account) = world.accounts.get(&change.waba_id) else { return Vec::new() };
    let number = change.number.as_ref().and_then(|id| world.numbers.get(id));
    let of_number = number.and_then(|number| number.callback.as_ref());
    let subscribed = account.subscribed.iter().filter_map(|(app_id, of_account)| {
        let app = world.apps.get(app_id)?;
        let overriding = of_number.or(of_account.as_ref()).filter(|_| OVERRIDABLE.contains(&change.field.as_str()));
        let callback = overriding.or(app.callback.as_ref())?;
        Some((callback.url.clone(), app.secret.clone()))
    });
    subscribed.collect()
}

/// Queues one call with all of `chunk`, which is for one receiver.
fn send(state: &Shared, chunk: &[Aimed], duplicates: u32) {
    let Some(first) = chunk.first() else { return };
    let lane = format!("{} {}", first.url, first.change.lane);
    let body = escaped(&envelope(chunk, state.now()).to_string());
    let post = Post { url: first.url.clone(), secret: first.secret.clone(), lane, body: body.into() };
    for _ in 0..=duplicates {
        enqueue(state, post.clone());
    }
}

fn enqueue(state: &Shared, post: Post) {
    let mut inner = state.graph.hooks.inner();
    if inner.pending >= PENDING_MAX {
        inner.dropped += 1;
        return;
    }
    inner.pending += 1;
    let lane = post.lane.clone();
    let is_new = !inner.lanes.contains_key(&lane);
    inner.lanes.entry(lane.clone()).or_default().push_back(post);
    drop(inner);
    if is_new {
        tokio::spawn(until_stopped(state.clone(), work(state.clone(), lane)));
    }
}

async fn until_stopped(state: Shared, work: impl Future<Output = ()>) {
    let mut stopped = state.graph.hooks.stopped.subscribe();
    tokio::select! {
        () = work => {}
        _ = stopped.changed() => {}
    }
}

/// Delivers one lane's calls, one after another, until none is left.
async fn work(state: Shared, lane: String) {
    loop {
        let next = {
            let mut inner = state.graph.hooks.inner();
            let next = inner.lanes.get_mut(&lane).and_then(VecDeque::pop_front);
            if next.is_none() {
                inner.lanes.remove(&lane);
            }
            next
        };
        let Some(post) = next else { return };
        if !deliver(&state, &post).await {
            tokio::spawn(until_stopped(state.clone(), again(state.clone(), post)));
        }
    }
}

/// Tries a call again after 1, 2, 4 … seconds, for a week.
async fn again(state: Shared, post: Post) {
    let (mut pause_s, mut waited_s) = (1, 0);
    while waited_s < GIVE_UP_S {
        tokio::time::sleep(Duration::from_millis(state.scaled_ms(pause_s).unsigned_abs())).await;
        if deliver(&state, &post).await {
            return;
        }
        waited_s += pause_s;
        pause_s = (pause_s * 2).min(PAUSE_S_MAX);
    }
    let mut inner = state.graph.hooks.inner();
    inner.pending = inner.pending.saturating_sub(1);
    inner.dropped += 1;
}

/// Posts once. Only 200 counts.
async fn deliver(state: &Shared, post: &Post) -> bool {
    let answer = match request(post) {
        Some(request) => state.webhooks.ask(request, state.options.webhook_timeout).await,
        None => Err("the callback address is not valid".to_owned()),
    };
    let mut inner = state.graph.hooks.inner();
    let error = match answer {
        Ok((200, _)) => {
            inner.delivered += 1;
            inner.pending = inner.pending.saturating_sub(1);
            return true;
        }
        Ok((status, _)) => format!("{} answered {status}", post.url),
        Err(error) => format!("{}: {error}", post.url),
    };
    inner.failures += 1;
    inner.last_error = Some(error);
    false
}

fn request(post: &Post) -> Option<Request<Full<Bytes>>> {
    let request = Request::post(post.url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "facebookexternalua")
        .header("X-Hub-Signature-256", format!("sha256={}", signature(&post.secret, &post.body)));
    request.body(Full::new(post.body.clone())).ok()
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One entry for each account; neighbours of one number share a change, as several messages may come in one.
fn envelope(chunk: &[Aimed], now: i64) -> Value {
    let mut entries: Vec<Value> = Vec::new();
    for Aimed { change, .. } in chunk {
        let at = entries.iter().position(|entry| entry["id"] == change.waba_id.as_str()).unwrap_or_else(|| {
            let mut entry = json!({"id": change.waba_id, "changes": []});
            if change.field != "messages" {
                entry["time"] = now.into();
            }
            entries.push(entry);
            entries.len() - 1
        });
        let Some(changes) = entries[at]["changes"].as_array_mut() else { continue };
        match changes.last_mut().filter(|last| are_of_one_kind(last, change)) {
            Some(last) => join(&mut last["value"], &change.value),
            None => changes.push(json!({"value": change.value, "field": change.field})),
        }
    }
    json!({"object": "whatsapp_business_account", "entry": entries})
}

fn are_of_one_kind(last: &Value, change: &Change) -> bool {
    change.field == "messages" && last["field"] == "messages" && last["value"]["metadata"] == change.value["metadata"]
}

fn join(value: &mut Value, more: &Value) {
    for name in ["contacts", "messages", "statuses", "errors"] {
        let Some(more) = more[name].as_array() else { continue };
        match value[name].as_array_mut() {
            Some(list) => list.extend(more.iter().filter(|item| !value_has(list, item)).cloned().collect::<Vec<_>>()),
            None => value[name] = json!(more),
        }
    }
}

fn value_has(list: &[Value], item: &Value) -> bool {
    list.contains(item)
}

/// Meta escapes what is not ASCII, and slashes: whoever signs a body written anew signs another one.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '/' => text.push_str("\\/"),
            ' '..='~' | '\n' => text.push(character),
            other => other.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_escaped_and_signed_as_meta_does() {
        let body = escaped(&json!({"text": "a/b é 😀"}).to_string());
        assert_eq!(body, r#"{"text":"a\/b \u00e9 \ud83d\ude00"}"#);
        assert_eq!(serde_json::from_str::<Value>(&body).expect("still JSON")["text"], "a/b é 😀");
        // RFC 4231, test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", b"what do ya want for nothing?"), expected);
    }
}
