//! From a draft to what the timeline shows and what the channel is asked: parsed, split and checked. Pure.

use channels::{
    telegram::{
        entities::{self, Formatted, ParseMode},
        keyboard, split,
    },
    whatsapp,
};
use model::{
    Error, Ids, Result,
    content::{Button, ButtonAction, Content, ContentKind, FilledTemplate, Media},
    outgoing::{Op, Options, Outgoing},
};
use serde_json::Value;

use super::draft::{Body, Draft, Markup};

/// The parse mode of the inbox's composer: `**bold** _italic_ `code` [text](url) ||spoiler||`.
pub const MARKERS: &str = "markers";

/// A draft that may be sent.
#[derive(Debug, Clone)]
pub struct Composed {
    pub content: Content,
    /// In order; at least one.
    pub parts: Vec<Outgoing>,
    /// Button data that travel as tokens: token and whole value.
    pub long_data: Vec<(String, String)>,
}

/// Buttons as the team sees them and as the channel gets them.
#[derive(Debug, Clone, Default)]
pub struct Keyboard {
    pub shown: Vec<Vec<Button>>,
    pub sent: Vec<Vec<Button>>,
    /// Button data that travel as tokens: token and whole value.
    pub long_data: Vec<(String, String)>,
}

impl Keyboard {
    /// Reads the API's `buttons`; `token` names data that are too long for the channel.
    pub fn read(buttons: Option<&Value>, token: impl FnMut(&str) -> String) -> Result<Self> {
        let shown = buttons.map(keyboard::parse).transpose()?.unwrap_or_default();
        let (sent, long_data) = with_tokens(shown.clone(), token);
        Ok(Self { shown, sent, long_data })
    }
}

/// Checks a draft and turns it into parts.
pub fn compose(ids: &dyn Ids, draft: &Draft) -> Result<Composed> {
    let keyboard = Keyboard::read(draft.buttons.as_ref(), |_| keyboard::token(ids.random()))?;
    compose_with(draft, keyboard)
}

/// The same with buttons that were read before, whatever the draft says of them.
pub fn compose_with(draft: &Draft, keyboard: Keyboard) -> Result<Composed> {
    if !keyboard.shown.is_empty() && matches!(draft.body, Body::Album { .. }) {
        return Err(Error::field(
            "buttons",
            "Telegram allows no buttons under an album. Send them with a text of their own.",
        ));
    }
    let (mut content, ops) = body(&draft.body)?;
    content.buttons = keyboard.shown;
    let options = Options {
        disable_notification: draft.disable_notification,
        protect_content: draft.protect_content,
        link_preview: draft.link_preview,
        allow_paid_broadcast: draft.allow_paid_broadcast,
        ..Options::default()
    };
    Ok(Composed { content, parts: parts(ops, &options, &keyboard.sent), long_data: keyboard.long_data })
}

/// The parts of a message, and the button data that travel as tokens.
pub(super) type Anew = (Vec<Outgoing>, Vec<(String, String)>);

/// The parts of a message once more, from what the timeline shows of it.
pub(super) fn anew(ids: &dyn Ids, content: &Content) -> Result<Anew> {
    let (buttons, long_data) = with_tokens(content.buttons.clone(), |_| keyboard::token(ids.random()));
    Ok((parts(ops_of(content)?, &Options::default(), &buttons), long_data))
}

fn ops_of(content: &Content) -> Result<Vec<Op>> {
    let text = content.text.clone().unwrap_or_default();
    let whole = Formatted { text, entities: content.entities.clone() };
    let Content { template, media, location, contact, poll, kind, .. } = content;
    if let Some(FilledTemplate { name, language, components }) = template.as_deref().cloned() {
        return Ok(vec![Op::Template { name, language, components }]);
    }
    let one = location.as_deref().cloned().map(|location| Op::Location { location });
    let one = one.or_else(|| contact.as_deref().cloned().map(|contact| Op::Contact { contact }));
    let one = one.or_else(|| poll.as_deref().cloned().map(|poll| Op::Poll { poll }));
    match (one, media.is_empty()) {
        (Some(op), _) => Ok(vec![op]),
        (None, false) => captioned(*kind, media, whole),
        (None, true) if entities::is_blank(&whole.text) => Err(Error::invalid("The message says nothing.")),
        (None, true) => Ok(text_ops(split::text(whole))),
    }
}

/// The buttons stand under the last part.
fn parts(ops: Vec<Op>, options: &Options, buttons: &[Vec<Button>]) -> Vec<Outgoing> {
    let last = ops.len() - 1;
    let part = |(index, op)| {
        let buttons = if index == last { buttons.to_vec() } else { Vec::new() };
        Outgoing { options: Options { buttons, ..options.clone() }, ..Outgoing::new(op) }
    };
    ops.into_iter().enumerate().map(part).collect()
}

fn body(body: &Body) -> Result<(Content, Vec<Op>)> {
    match body {
        Body::Text(markup) => text(markup),
        Body::Media { media, caption } => with_caption(media.kind.content_kind(), vec![media.clone()], caption),
        Body::Album { items, caption } => with_caption(ContentKind::Album, items.clone(), caption),
        Body::Location(location) => {
            let kind = if location.title.is_some() { ContentKind::Venue } else { ContentKind::Location };
            let content = Content { location: Some(Box::new(location.clone())), ..Content::new(kind) };
            Ok((content, vec![Op::Location { location: location.clone() }]))
        }
        Body::Contact(card) => {
            let content = Content { contact: Some(Box::new(card.clone())), ..Content::new(ContentKind::Contact) };
            Ok((content, vec![Op::Contact { contact: card.clone() }]))
        }
        Body::Template { name, language, variables } => {
            let components = whatsapp::template::components(variables)?;
            let (name, language) = (name.clone(), language.clone());
            let filled =
                FilledTemplate { name: name.clone(), language: language.clone(), components: components.clone() };
            let content = Content { template: Some(Box::new(filled)), ..Content::text(name.clone()) };
            Ok((content, vec![Op::Template { name, language, components }]))
        }
        Body::Poll(poll) => {
            let content = Content { poll: Some(Box::new(poll.clone())), ..Content::new(ContentKind::Poll) };
            Ok((content, vec![Op::Poll { poll: poll.clone() }]))
        }
    }
}

fn text(markup: &Markup) -> Result<(Content, Vec<Op>)> {
    let formatted = parsed(markup, "text")?;
    if entities::is_blank(&formatted.text) {
        return Err(Error::field("text", "The text is empty."));
    }
    let content = Content { entities: formatted.entities.clone(), ..Content::text(formatted.text.clone()) };
    Ok((content, text_ops(split::text(formatted))))
}

fn with_caption(kind: ContentKind, media: Vec<Media>, caption: &Markup) -> Result<(Content, Vec<Op>)> {
    let whole = parsed(caption, "caption")?;
    let ops = captioned(kind, &media, whole.clone())?;
    let text = Some(whole.text).filter(|text| !text.is_empty());
    Ok((Content { text, entities: whole.entities, media, ..Content::new(kind) }, ops))
}

/// A caption that does not fit becomes texts that follow.
fn captioned(kind: ContentKind, media: &[Media], whole: Formatted) -> Result<Vec<Op>> {
    let first = media.first().ok_or_else(|| Error::field("media_group", "An album has 2 to 10 items."))?;
    let (Formatted { text: caption, entities }, following) = split::caption(first.kind, whole);
    let op = if kind == ContentKind::Album {
        Op::Album { items: media.to_vec(), caption, entities }
    } else {
        Op::Media { media: first.clone(), caption, entities }
    };
    Ok(std::iter::once(op).chain(text_ops(following)).collect())
}

fn text_ops(parts: Vec<Formatted>) -> Vec<Op> {
    parts.into_iter().map(|part| Op::Text { text: part.text, entities: part.entities }).collect()
}

/// Text and entities of what was written; a mistake in the markup is the field's.
pub fn parsed(markup: &Markup, field: &str) -> Result<Formatted> {
    if markup.parse_mode.as_deref() == Some(MARKERS) {
        return Ok(entities::compose(&markup.text));
    }
    let mode = ParseMode::read(markup.parse_mode.as_deref())?;
    let formatted = entities::parse(&markup.text, mode).map_err(|e| e.at_field(field))?;
    Ok(Formatted { entities: entities::normalise(&formatted.text, formatted.entities), ..formatted })
}

/// Replaces data that the channel would refuse for their length.
fn with_tokens(
    mut buttons: Vec<Vec<Button>>,
    mut token: impl FnMut(&str) -> String,
) -> (Vec<Vec<Button>>, Vec<(String, String)>) {
    let mut long = Vec::new();
    for button in buttons.iter_mut().flatten() {
        let ButtonAction::QuickReply { callback_data } = &mut button.action else { continue };
        if keyboard::needs_token(callback_data) {
            let token = token(callback_data);
            long.push((token.clone(), std::mem::replace(callback_data, token)));
        }
    }
    (buttons, long)
}
