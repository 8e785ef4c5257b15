//! `/whatsapp/v1/messages/`: sending over WhatsApp, through the same door as over every other channel.

use app::{
    App,
    send::{self, Body, Draft, To},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use model::{
    Error, Platform, Scope, Timestamp,
    message::{Author, Direction, EntryKind, Message, Status},
    phone,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use store::{broadcasts::ScriptTemplate, deliveries, timeline};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, KeyedId, MayConverse, MayRead, Path, Query, Whoami, read_map},
    ids::{BotId, ContactId, MessageId},
    page::{Listing, PageQuery, Paging},
    problem::{Problem, Result},
    telegram::messages::{Fields, Files, MessageBody, MessageView, accept_draft, author, explained, outcome, prefer},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read))
        .routes(routes!(cancel))
        .routes(routes!(retry))
}

/// A message with the fields of `POST /telegram/v1/messages/`, but for whom it is and who sends.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read field by field")]
struct WhatsappMessageBody {
    /// The person's phone number; they need not be known to us.
    #[schema(example = "+16505551234")]
    to: Option<String>,
    /// The number that sends; not needed when it is clear.
    number_id: Option<BotId>,
    /// What may be sent in any case, also to somebody who has not written for 24 hours.
    template: Option<SentTemplateBody>,
    #[serde(flatten)]
    rest: MessageBody,
}

/// An approved template with its variables.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentTemplateBody {
    #[schema(example = "order_update")]
    name: String,
    #[schema(example = "en_US")]
    language: String,
    /// A list for `{{1}}`, `{{2}}` …, or an object for named ones.
    #[schema(value_type = Option<Object>, example = json!(["Ann", "4711"]))]
    variables: Option<Value>,
    /// Components as Meta takes them, for variables of headers and buttons; instead of `variables`.
    #[schema(value_type = Option<Vec<Object>>)]
    components: Option<Value>,
}

impl SentTemplateBody {
    pub(crate) fn body(self) -> Result<Body, Error> {
        let ScriptTemplate { name, language, variables } = self.script()?;
        Ok(Body::Template { name, language, variables })
    }

    /// For a broadcast, in which texts of the variables have variables of ours.
    pub(crate) fn script(self) -> Result<ScriptTemplate, Error> {
        let variables = match (self.variables, self.components) {
            (Some(_), Some(_)) => {
                return Err(Error::field("template", "Give variables or components, not both."));
            }
            (variables, None) => variables.unwrap_or(Value::Null),
            (None, Some(components)) => json!({"components": components}),
        };
        if self.name.contains('\0') || self.language.contains('\0') {
            return Err(Error::field("template", "Enter a name and a language."));
        }
        Ok(ScriptTemplate { name: self.name, language: self.language, variables })
    }
}

impl From<ScriptTemplate> for SentTemplateBody {
    fn from(ScriptTemplate { name, language, variables }: ScriptTemplate) -> Self {
        match variables.get("components").cloned() {
            Some(components) => Self { name, language, variables: None, components: Some(components) },
            None => {
                Self { name, language, variables: Some(variables).filter(|given| !given.is_null()), components: None }
            }
        }
    }
}

/// Takes a template out of a message's fields, which then have no content of their own.
pub(crate) fn take_template(fields: &mut Map<String, Value>) -> Result<Option<Body>, Error> {
    let template: Option<SentTemplateBody> = take(fields, "template", "Enter {name, language, variables?}.")?;
    let Some(template) = template else { return Ok(None) };
    const CONTENTS: [&str; 6] = ["text", "media_url", "media_group", "location", "contact", "poll"];
    if CONTENTS.iter().any(|name| fields.get(*name).is_some_and(|value| !value.is_null())) {
        return Err(Error::field("template", "A template is a whole message. Send the rest separately."));
    }
    // The fields beside it are still to be checked; the text stands for the template meanwhile.
    fields.insert("text".to_owned(), Value::String(template.name.clone()));
    template.body().map(Some)
}

/// Send a message over WhatsApp.
///
/// `to` or `contact_id` says to whom, `number_id` with which number when there are several. Text outside of the 24-hour
/// window is refused with 409 `window_closed`, which names templates that can be sent. An answer of 202 means accepted
/// here; `SENT` that Meta accepted it; `DELIVERED` and `READ` follow, and `FAILED` may still come. Buttons become replies
/// (up to 3), a list (up to 10) or a link.
#[utoipa::path(post, path = "/whatsapp/v1/messages/", tag = "messages", request_body = WhatsappMessageBody,
    params(("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds until Meta has answered.")),
    responses((status = ACCEPTED, body = MessageView), (status = OK, body = MessageView, description = "Meta has answered."),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`window_closed`")))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Whoami(identity): Whoami,
    KeyedId(id): KeyedId<Message>,
    headers: HeaderMap,
    form: Fields,
) -> Result<(StatusCode, Json<MessageView>)> {
    let Fields { fields, files } = form;
    let draft = Draft { id, ..draft(fields, author(&identity), &files)? };
    let message = accept_draft(&app, &scope, draft, &files).await?;
    match prefer::wait_until(&headers, app.clock.now()) {
        Some(until) => outcome(&app, &scope, message.id, until).await,
        None => Ok((StatusCode::ACCEPTED, Json(explained(&app, &scope, message.id).await?.into()))),
    }
}

fn draft(mut fields: Map<String, Value>, author: Author, files: &Files) -> Result<Draft, Error> {
    let to: Option<String> = take(&mut fields, "to", "Enter a phone number.")?;
    let number: Option<BotId> = take(&mut fields, "number_id", "Enter the id of a number.")?;
    let contact: Option<ContactId> = take(&mut fields, "contact_id", "Enter the id of a contact.")?;
    let template = take_template(&mut fields)?;
    let to = match (to, contact) {
        (Some(text), None) => To::Chat(digits(&text)?),
        (None, Some(contact)) => To::Contact(contact),
        (Some(_), Some(_)) => return Err(Error::field("contact_id", "Give to or contact_id, not both.")),
        (None, None) => return Err(Error::field("to", "Give to or contact_id.")),
    };
    let body: MessageBody = read_map(fields)?;
    let mut draft = body.addressed(to, author, files)?;
    draft.bot = number.or(draft.bot);
    draft.platform = Some(Platform::Whatsapp);
    draft.body = template.unwrap_or(draft.body);
    Ok(draft)
}

fn digits(text: &str) -> Result<i64, Error> {
    let number = phone::e164(text).map_err(|e| e.at_field("to"))?;
    number.trim_start_matches('+').parse().map_err(|_| Error::field("to", "Enter a phone number."))
}

/// Takes a field out that decides what the others must be; null counts as not given.
fn take<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str, words: &str) -> Result<Option<T>, Error> {
    let value = fields.remove(name).filter(|value| !value.is_null());
    value.map(serde_json::from_value).transpose().map_err(|_| Error::field(name, words))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhatsappMessageFilter {
    status: Option<Status>,
    direction: Option<Direction>,
    number_id: Option<BotId>,
    contact_id: Option<ContactId>,
    /// Accepted at this time or later.
    created_after: Option<Timestamp>,
    /// Accepted before this time.
    created_before: Option<Timestamp>,
}

/// List messages over WhatsApp, sent and received, newest first.
#[utoipa::path(get, path = "/whatsapp/v1/messages/", tag = "messages", params(PageQuery, WhatsappMessageFilter),
    responses((status = OK, body = Listing<MessageView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<WhatsappMessageFilter>,
) -> Result<Json<Listing<MessageView>>> {
    let filter = timeline::Filter {
        kind: Some(EntryKind::Message),
        platform: Some(Platform::Whatsapp),
        status: filter.status,
        direction: filter.direction,
        bot: filter.number_id,
        contact: filter.contact_id,
        created_after: filter.created_after,
        created_before: filter.created_before,
        ..timeline::Filter::default()
    };
    let request = paging.of(&filter.list())?;
    let (rates, now) = (app.settings.rates(), app.clock.now());
    let page = app
        .db
        .read(move |tx| {
            let mut page = timeline::list(tx, &scope, &filter, &request)?.map(|entry| entry.message);
            deliveries::explain(tx, &mut page.rows, rates, now)?;
            Ok(page)
        })
        .await?;
    Ok(paging.answer(page.map(MessageView::from)))
}

/// Show a message.
#[utoipa::path(get, path = "/whatsapp/v1/messages/{id}/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = OK, body = MessageView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<MessageId>) -> Result<Json<MessageView>> {
    Ok(Json(shown(&app, &scope, id).await?.into()))
}

/// Cancel a message that has not left yet.
#[utoipa::path(post, path = "/whatsapp/v1/messages/{id}/cancel/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = OK, body = MessageView)))]
async fn cancel(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<Json<MessageView>> {
    shown(&app, &scope, id).await?;
    send::cancel(&app, &scope, id).await?;
    Ok(Json(shown(&app, &scope, id).await?.into()))
}

/// Send a message again that did not arrive: it ended without being sent, or Meta accepted it and gave up on it later.
///
/// One that is `UNKNOWN` may have arrived.
#[utoipa::path(post, path = "/whatsapp/v1/messages/{id}/retry/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = ACCEPTED, body = MessageView)))]
async fn retry(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<(StatusCode, Json<MessageView>)> {
    shown(&app, &scope, id).await?;
    send::retry(&app, &scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&app, &scope, id).await?.into())))
}

async fn shown(app: &App, scope: &Scope, id: MessageId) -> Result<Message, Error> {
    let message = explained(app, scope, id).await?;
    if message.platform == Platform::Whatsapp { Ok(message) } else { Err(Error::not_found("message")) }
}
