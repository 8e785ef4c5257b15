//! `/broadcast/preview/`: the message as one contact would get it.

use app::{
    App,
    broadcasts::{self as use_case, By, Reader, Sample},
    send::Composed,
};
use axum::extract::State;
use model::{
    Error, FieldErrors, Platform,
    content::{Button, Content, ContentKind, Entity, Media, MediaKind, MediaSource},
    outgoing::{Op, Outgoing},
};
use serde::{Deserialize, Serialize};
use store::broadcasts::Script;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{body::approved, content::with_content};
use crate::{
    extract::{Json, MayManage},
    ids::{BotId, ContactId, TemplateId},
    problem::Result,
    whatsapp::SentTemplateBody,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview))
}

with_content! {
/// What to look at, and through whose eyes.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct PreviewBody {
    /// The contact whose values and language are taken; without one, somebody of whom nothing is known.
    contact_id: Option<ContactId>,
    /// A language in place of the contact's own.
    #[schema(max_length = 20, example = "de")]
    language: Option<String>,
    /// A template that says what is not said here.
    template_id: Option<TemplateId>,
    /// As in a broadcast.
    platform: Option<Platform>,
    /// The approved template that says it.
    template: Option<SentTemplateBody>,
    /// As in a broadcast: of WhatsApp, the number whose templates are meant; without it those of all numbers.
    bot_app_id: Option<BotId>,
}
}

/// A message as a contact would get it.
#[derive(Debug, Serialize, ToSchema)]
struct SampleView {
    #[serde(rename = "type")]
    kind: ContentKind,
    /// The text, or the caption of media, with the variables filled in.
    #[schema(example = "Hello Ada, the sale has begun.")]
    text: Option<String>,
    /// Formatting; offsets and lengths count UTF-16 units.
    entities: Vec<Entity>,
    media: Vec<SampleMedia>,
    /// Rows of buttons.
    buttons: Vec<Vec<Button>>,
    /// The messages that it becomes at the channel, in order. Each counts.
    parts: Vec<PartView>,
    /// The language that was chosen; null: what everybody else gets.
    language: Option<String>,
    /// The names of all variables.
    #[schema(example = json!(["first_name"]))]
    variables: Vec<String>,
    warnings: Vec<WarningView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SampleMedia {
    #[serde(rename = "type")]
    kind: MediaKind,
    /// The address or Telegram file id.
    media: String,
}

/// One message at the channel.
#[derive(Debug, Serialize, ToSchema)]
struct PartView {
    text: String,
    entities: Vec<Entity>,
    media: Vec<SampleMedia>,
    buttons: Vec<Vec<Button>>,
}

/// What its author may not expect.
#[derive(Debug, Serialize, ToSchema)]
struct WarningView {
    /// `empty_variable`, `text_split` or `caption_follows`.
    #[schema(example = "empty_variable")]
    code: &'static str,
    message: String,
}

/// Show a message as a contact would get it, made by the code that sends.
///
/// Nothing is sent or kept. `warnings` name what its author may not expect: variables that stay empty, and texts that one
/// message does not hold, counted as Telegram counts.
#[utoipa::path(post, path = "/broadcast/preview/", tag = "broadcasts", request_body = PreviewBody,
    responses((status = OK, body = SampleView)))]
async fn preview(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(mut body): Json<PreviewBody>,
) -> Result<Json<SampleView>> {
    let template = super::templates::said_by(&app, &scope, body.template_id).await?;
    let mut errors = FieldErrors::new();
    let script: Script = body.said().script(template.as_ref(), &mut errors);
    let template = body.template.take().and_then(|given| approved(Some(given), &mut errors));
    let script = Script { template, ..script };
    if body.language.as_ref().is_some_and(|language| language.len() > 20) {
        errors.entry("language".to_owned()).or_default().push("Enter at most 20 characters.".to_owned());
    }
    if let Some(error) = Error::fields(errors) {
        return Err(error.into());
    }
    let reader = Reader { contact: body.contact_id, language: body.language };
    let by = By { platform: body.platform.unwrap_or(Platform::Telegram), bot: body.bot_app_id };
    let sample = use_case::sample(&app, &scope, by, &script, reader).await?;
    Ok(Json(sample.into()))
}

impl From<Sample> for SampleView {
    fn from(Sample { language, composed, variables, warnings }: Sample) -> Self {
        let Composed { content: Content { kind, text, entities, media, buttons, .. }, parts, .. } = composed;
        Self {
            kind,
            parts: parts.into_iter().map(|part| part_view(part, text.as_deref(), &buttons)).collect(),
            text,
            entities,
            media: shown(media),
            buttons,
            language,
            variables,
            warnings: warnings.into_iter().map(|w| WarningView { code: w.code, message: w.message }).collect(),
        }
    }
}

/// `buttons` as people see them: those of the part carry tokens for long data. A template has the words of the whole.
fn part_view(part: Outgoing, words: Option<&str>, buttons: &[Vec<Button>]) -> PartView {
    let buttons = if part.options.buttons.is_empty() { Vec::new() } else { buttons.to_vec() };
    let (text, entities, media) = match part.op {
        Op::Text { text, entities } => (text, entities, Vec::new()),
        Op::Media { media, caption, entities } => (caption, entities, vec![media]),
        Op::Album { items, caption, entities } => (caption, entities, items),
        Op::Template { .. } => (words.unwrap_or_default().to_owned(), Vec::new(), Vec::new()),
        Op::Location { .. }
        | Op::Contact { .. }
        | Op::Poll { .. }
        | Op::EditText { .. }
        | Op::Delete { .. }
        | Op::React { .. } => (String::new(), Vec::new(), Vec::new()),
    };
    PartView { text, entities, media: shown(media), buttons }
}

fn shown(media: Vec<Media>) -> Vec<SampleMedia> {
    let one = |media: Media| {
        let (MediaSource::Url(text) | MediaSource::FileId(text) | MediaSource::Stored(text)) = media.source?;
        Some(SampleMedia { kind: media.kind, media: text })
    };
    media.into_iter().filter_map(one).collect()
}
