//! `/team-inbox/api/search/`: people, then messages, with the place to open.

use app::{
    App,
    inbox::search::{self, Found, Hit, Person, Query as Wanted},
};
use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    Error, Platform, Timestamp,
    message::{Author, Direction, EntryKind},
    search::Highlight,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    contacts::ContactView,
    extract::{Json, MayRead, Query},
    ids::{BotId, ContactId, ConversationId, MessageId},
    problem::Result,
};

const CHARS_MAX: usize = 200;
const SIZE_DEFAULT: u32 = 20;
const SIZE_MAX: u32 = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchParameters {
    /// Parts of words, which must all be there, in any order. `from:`, `bot:`, `label:` and `before:` may stand among
    /// them.
    #[param(max_length = 200, example = "order from:@ada before:2026-11-22")]
    q: Option<String>,
    /// Only what this person wrote: a contact's id, `@username`, or part of a name.
    #[param(max_length = 200)]
    from: Option<String>,
    /// Only over this bot: its id or `@username`.
    bot: Option<String>,
    /// Only in conversations with this label.
    label: Option<String>,
    /// Only what was written before this time or day.
    #[param(example = "2026-11-22")]
    before: Option<String>,
    /// How many messages a page has, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    page_size: Option<u32>,
    /// From `next` of an earlier answer.
    #[param(max_length = 64)]
    cursor: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct SearchView {
    /// People by name, phone number, username or e-mail address: at most ten, on the first page of a search without
    /// filters.
    people: Vec<PersonView>,
    /// Always null: counting would look through everything.
    #[schema(value_type = Option<i64>)]
    count: Option<i64>,
    /// The address of the next page; a page may be empty and still have a next one, which looks further back.
    next: Option<String>,
    /// Always null: a search goes on to older messages only.
    previous: Option<String>,
    /// Messages and notes, newest first.
    results: Vec<HitView>,
}

/// A person that was found.
#[derive(Debug, Serialize, ToSchema)]
struct PersonView {
    contact: ContactView,
    /// Null while nobody has written.
    conversation_id: Option<ConversationId>,
}

/// A message or note that was found. `timeline/?around=<message_id>` opens at it.
#[derive(Debug, Serialize, ToSchema)]
struct HitView {
    conversation_id: ConversationId,
    message_id: MessageId,
    /// Place in the timeline.
    sequence: i64,
    kind: EntryKind,
    direction: Option<Direction>,
    platform: Platform,
    bot_app_id: Option<BotId>,
    /// Whose conversation it is.
    contact: Option<HitContact>,
    author: Author,
    snippet: SnippetView,
    created_at: Timestamp,
}

/// Whose conversation it is.
#[derive(Debug, Serialize, ToSchema)]
struct HitContact {
    id: ContactId,
    #[schema(example = "Ada Lovelace")]
    name: String,
}

/// The part of the text around the first find.
#[derive(Debug, Serialize, ToSchema)]
struct SnippetView {
    #[schema(example = "Where is my order?")]
    text: String,
    /// Where in the snippet the words stand.
    highlights: Vec<HighlightView>,
}

/// A stretch of text, in UTF-16 units.
#[derive(Debug, Serialize, ToSchema)]
struct HighlightView {
    #[schema(example = 12)]
    offset: usize,
    #[schema(example = 5)]
    length: usize,
}

/// Search people and messages.
///
/// Parts of words are enough, in any script and any case; of a word in letters, two characters at least. Messages of
/// broadcasts are not searched: each says the same to everybody.
#[utoipa::path(get, path = "/team-inbox/api/search/", tag = "team-inbox", params(SearchParameters),
    responses((status = OK, body = SearchView)))]
async fn find(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Query(given): Query<SearchParameters>,
) -> Result<Json<SearchView>> {
    let below = given.cursor.as_deref().map(position).transpose()?;
    let size = given.size()?;
    let wanted = given.wanted()?;
    let found = app.db.read(move |tx| search::search(tx, &scope, &wanted, below, size)).await?;
    Ok(Json(view(found, |below| given.link(&app.settings.base_url, below))))
}

impl SearchParameters {
    fn wanted(&self) -> Result<Wanted, Error> {
        for (name, value) in [("q", &self.q), ("from", &self.from)] {
            if value.as_ref().is_some_and(|text| text.chars().count() > CHARS_MAX) {
                return Err(Error::field(name, format!("Enter at most {CHARS_MAX} characters.")));
            }
        }
        let wanted = Wanted {
            typed: self.q.clone().unwrap_or_default(),
            from: self.from.clone(),
            bot: self.bot.clone(),
            label: self.label.clone(),
            before: self.before.as_deref().map(search::moment).transpose()?,
        };
        wanted.with_filters_typed()
    }

    fn size(&self) -> Result<usize, Error> {
        match self.page_size.unwrap_or(SIZE_DEFAULT) {
            size @ 1..=SIZE_MAX => Ok(usize::try_from(size).unwrap_or(1)),
            _ => Err(Error::field("page_size", format!("Enter a number from 1 to {SIZE_MAX}."))),
        }
    }

    fn link(&self, base_url: &str, below: i64) -> String {
        let size = self.page_size.map(|size| size.to_string());
        let cursor = BASE64_URL_SAFE_NO_PAD.encode(below.to_be_bytes());
        let pairs = [
            ("q", self.q.as_deref()),
            ("from", self.from.as_deref()),
            ("bot", self.bot.as_deref()),
            ("label", self.label.as_deref()),
            ("before", self.before.as_deref()),
            ("page_size", size.as_deref()),
            ("cursor", Some(cursor.as_str())),
        ];
        let given = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
        format!("{}/team-inbox/api/search/?{query}", base_url.trim_end_matches('/'))
    }
}

fn position(cursor: &str) -> Result<i64, Error> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let number = bytes.and_then(|bytes| Some(i64::from_be_bytes(bytes.try_into().ok()?)));
    number.ok_or_else(|| {
        Error::field("cursor", "This cursor is not valid here. Start again without one.").with_code("invalid_cursor")
    })
}

fn view(found: Found, link: impl Fn(i64) -> String) -> SearchView {
    SearchView {
        people: found.people.into_iter().map(PersonView::from).collect(),
        count: None,
        next: found.next.map(link),
        previous: None,
        results: found.hits.into_iter().map(HitView::from).collect(),
    }
}

impl From<Person> for PersonView {
    fn from(Person { contact, conversation }: Person) -> Self {
        Self { contact: contact.into(), conversation_id: conversation }
    }
}

impl From<Hit> for HitView {
    fn from(Hit { message, conversation, contact, snippet }: Hit) -> Self {
        let highlights = snippet.highlights.into_iter();
        let highlights = highlights.map(|Highlight { offset, length }| HighlightView { offset, length });
        Self {
            conversation_id: conversation,
            message_id: message.id,
            sequence: message.sequence,
            kind: message.kind,
            direction: message.direction,
            platform: message.platform,
            bot_app_id: message.bot,
            contact: contact.map(|one| HitContact { id: one.id, name: one.full_name() }),
            author: message.author,
            snippet: SnippetView { text: snippet.text, highlights: highlights.collect() },
            created_at: message.created_at,
        }
    }
}
