//! Calls that send no message, and readers of their answers: numbers, webhooks, media, templates.

use model::whatsapp::{TemplateCategory, TemplateStatus};
use serde_json::{Value, json};

use super::{
    VERSION,
    errors::{Judgement, judge},
    outgoing::{Request, Verb},
    update::status_of,
};
use crate::{
    json::{self, Object},
    wire::{Body, Reply},
};

/// Templates that one page brings.
const PAGE: usize = 100;

/// Where a call goes.
pub fn url(base_url: &str, request: &Request) -> String {
    format!("{base_url}/{VERSION}/{}", request.path)
}

pub(super) fn post(path: String, body: &Value) -> Request {
    Request { verb: Verb::Post, path, body: Some(Body::Json(body.to_string().into_bytes())) }
}

fn get(path: String) -> Request {
    Request { verb: Verb::Get, path, body: None }
}

/// What Meta says of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberInfo {
    pub display_phone_number: String,
    pub verified_name: String,
    pub quality_rating: Option<String>,
    /// `CONNECTED` and others.
    pub status: Option<String>,
    /// Where the number's own deliveries go, if an address was set for it, and where the application's go.
    pub own_webhook: Option<String>,
    pub application_webhook: Option<String>,
}

pub fn number(phone_number_id: &str) -> Request {
    let fields = "display_phone_number,verified_name,quality_rating,status,webhook_configuration";
    get(format!("{phone_number_id}?fields={fields}"))
}

/// Reads the answer to [`number`].
pub fn number_info(reply: &Reply<'_>) -> Judgement<NumberInfo> {
    judge(reply, |number| {
        let webhooks = number.object("webhook_configuration");
        let webhook = |key: &str| webhooks.and_then(|webhooks| webhooks.text(key));
        Some(NumberInfo {
            display_phone_number: number.text("display_phone_number")?,
            verified_name: number.text("verified_name").unwrap_or_default(),
            quality_rating: number.text("quality_rating"),
            status: number.text("status"),
            own_webhook: webhook("phone_number").or_else(|| webhook("override_callback_uri")),
            application_webhook: webhook("application"),
        })
    })
}

/// Has the account's events delivered to the application at all.
pub fn subscribe(waba_id: &str) -> Request {
    post(format!("{waba_id}/subscribed_apps"), &json!({}))
}

/// Has a number's events delivered to an address of its own; an empty one takes that back.
pub fn set_webhook(phone_number_id: &str, url: &str, verify_token: &str) -> Request {
    let webhook = match url {
        "" => json!({"override_callback_uri": ""}),
        url => json!({"override_callback_uri": url, "verify_token": verify_token}),
    };
    post(phone_number_id.to_owned(), &json!({"webhook_configuration": webhook}))
}

/// Reads the answer to a call whose result is only that it was done.
pub fn done(reply: &Reply<'_>) -> Judgement<()> {
    judge(reply, |answer| answer.flag("success").then_some(()))
}

/// Tells the person that their message was read, and that somebody writes.
pub fn mark_read(phone_number_id: &str, name: &str, is_typing: bool) -> Request {
    let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": name});
    if is_typing {
        body["typing_indicator"] = json!({"type": "text"});
    }
    post(format!("{phone_number_id}/messages"), &body)
}

/// Asks where a file can be fetched; `None`: that is no id of Meta's.
pub fn media(media_id: &str, phone_number_id: &str) -> Option<Request> {
    let is_id = !media_id.is_empty() && media_id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    is_id.then(|| get(format!("{media_id}?phone_number_id={phone_number_id}")))
}

/// A file at Meta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Good for five minutes, with the token.
    pub url: String,
    pub size: Option<i64>,
    pub mime_type: Option<String>,
}

/// Reads the answer to [`media`].
pub fn file(reply: &Reply<'_>) -> Judgement<File> {
    judge(reply, |file| {
        Some(File { url: file.text("url")?, size: file.integer("file_size"), mime_type: file.text("mime_type") })
    })
}

/// Reads the id that something new has got: a file, or a template.
pub fn made(reply: &Reply<'_>) -> Judgement<String> {
    judge(reply, |answer| answer.text("id").or_else(|| answer.integer("id").map(|id| id.to_string())))
}

/// A template at Meta.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateInfo {
    pub id: String,
    pub name: String,
    pub language: String,
    pub status: TemplateStatus,
    /// `None`: a category that we don't know.
    pub category: Option<TemplateCategory>,
    pub quality: Option<String>,
    pub reason: Option<String>,
    pub components: Value,
}

/// The account's templates, a page at a time.
pub fn templates(waba_id: &str, after: Option<&str>) -> Request {
    let fields = "id,name,status,category,language,components,quality_score,rejected_reason";
    let is_cursor = |cursor: &&str| cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-=".contains(&b));
    let after = after.filter(is_cursor).map(|after| format!("&after={after}")).unwrap_or_default();
    get(format!("{waba_id}/message_templates?fields={fields}&limit={PAGE}{after}"))
}

/// Reads the answer to [`templates`]: the page, and where the next one begins.
pub fn template_page(reply: &Reply<'_>) -> Judgement<(Vec<TemplateInfo>, Option<String>)> {
    judge(reply, |page| {
        page.get("data")?;
        let paging = page.object("paging");
        let has_next = paging.is_some_and(|paging| paging.has("next"));
        let after = paging.and_then(|paging| paging.object("cursors")?.text("after")).filter(|_| has_next);
        Some((page.objects("data").filter_map(template_info).collect(), after))
    })
}

fn template_info(template: &Object<'_>) -> Option<TemplateInfo> {
    let mut components = String::from("[");
    for (index, component) in template.objects("components").enumerate() {
        components.push_str(if index > 0 { "," } else { "" });
        component.write(&mut components);
    }
    components.push(']');
    let quality = template.object("quality_score").and_then(|score| score.text("score"));
    Some(TemplateInfo {
        id: template.text("id").or_else(|| template.integer("id").map(|id| id.to_string()))?,
        name: template.text("name")?,
        language: template.text("language")?,
        status: status_of(&template.text("status").unwrap_or_default()),
        category: template.text("category").and_then(|category| category.parse().ok()),
        quality: quality.or_else(|| template.text("quality_score")),
        reason: template.text("rejected_reason").filter(|reason| reason != "NONE"),
        components: serde_json::from_str(&components).unwrap_or_else(|_| json!([])),
    })
}

/// Asks Meta to take and review a template.
pub fn create_template(waba_id: &str, name: &str, language: &str, category: &str, components: &Value) -> Request {
    let body = json!({"name": name, "language": language, "category": category, "components": components});
    post(format!("{waba_id}/message_templates"), &body)
}

/// Reads the answer to [`create_template`]: Meta's id, and where the review is.
pub fn template_made(reply: &Reply<'_>) -> Judgement<(String, TemplateStatus)> {
    judge(reply, |answer: &json::Object<'_>| {
        let id = answer.text("id").or_else(|| answer.integer("id").map(|id| id.to_string()))?;
        Some((id, answer.text("status").map_or(TemplateStatus::Pending, |status| status_of(&status))))
    })
}

/// Deletes one language of a template. `name` has letters, digits and underscores only.
pub fn delete_template(waba_id: &str, name: &str, provider_id: Option<&str>) -> Request {
    let id = provider_id.map(|id| format!("hsm_id={id}&")).unwrap_or_default();
    Request { verb: Verb::Delete, path: format!("{waba_id}/message_templates?{id}name={name}"), body: None }
}
