//! What a broadcast says, as clients send it and see it: the same fields in broadcasts, previews and templates.

use std::collections::BTreeMap;

use model::{FieldErrors, content::MediaKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::broadcasts::{Script, ScriptMedia, Variant};
use utoipa::ToSchema;

use crate::telegram::messages::{is_address, is_file_id, no_album};

/// The same text under another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Placeholders {
    message: Option<String>,
    text: Option<String>,
    body: Option<String>,
}

/// A piece of an album.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AlbumItem {
    #[serde(rename = "type")]
    kind: MediaKind,
    /// An address that Telegram fetches, or a Telegram file id of the bot in `bot_app_id`.
    #[schema(example = "https://example.com/sale.jpg")]
    media: String,
}

/// What is said otherwise to those who read another language. What is absent is as for everybody.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct VariantBody {
    #[schema(example = "Hallo {{first_name}}, der Ausverkauf hat begonnen.")]
    message_text: Option<String>,
    parse_mode: Option<String>,
    media_url: Option<String>,
    media_type: Option<MediaKind>,
    media_group: Option<Vec<AlbumItem>>,
    #[schema(value_type = Option<Vec<Object>>)]
    buttons: Option<Value>,
}

/// Defines a body with the fields that say something, and `said`, which takes them out.
macro_rules! with_content {
    ($(#[$meta:meta])* pub(super) struct $name:ident { $($rest:tt)* }) => {
        $(#[$meta])*
        pub(super) struct $name {
            /// The text, with variables such as `{{first_name}}` or `{{first_name|default:"there"}}`: `first_name`,
            /// `last_name`, `full_name`, `phone`, `company_name`, `today_date`, and the custom attributes of your contacts.
            #[schema(example = "Hello {{first_name|default:\"there\"}}, the sale has begun.")]
            message_text: Option<String>,
            /// `message`, `text` or `body`: the same as `message_text`.
            placeholder_data: Option<$crate::broadcast::content::Placeholders>,
            /// `HTML`, `MarkdownV2` or `Markdown`; plain text without it. Values of variables are escaped for it.
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<String>, example = "HTML")]
            parse_mode: Option<Option<String>>,
            /// Address of media that Telegram fetches (or a Telegram file id of the bot in `bot_app_id`), together with
            /// `media_type`; the text becomes the caption.
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<String>)]
            media_url: Option<Option<String>>,
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<model::content::MediaKind>)]
            media_type: Option<Option<model::content::MediaKind>>,
            /// Two to ten items that show as one, in place of `media_url`; the text becomes the caption of the first.
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<Vec<$crate::broadcast::content::AlbumItem>>)]
            media_group: Option<Option<Vec<$crate::broadcast::content::AlbumItem>>>,
            /// A button in a row each, or rows of buttons, as in messages.
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<Vec<Object>>, example = json!([{"type": "URL", "text": "Open", "url": "https://example.com"}]))]
            buttons: Option<Option<serde_json::Value>>,
            /// By language code, such as `de` or `pt-br`: what is said otherwise to contacts whose `language_code` is that
            /// language. `pt-br` falls back to `pt`, and everybody else gets the fields above. Given anew, it replaces all.
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<std::collections::BTreeMap<String, $crate::broadcast::content::VariantBody>>,
                example = json!({"de": {"message_text": "Hallo {{first_name}}!"}}))]
            variants: Option<Option<std::collections::BTreeMap<String, $crate::broadcast::content::VariantBody>>>,
            /// Send it without a sound.
            disable_notification: Option<bool>,
            /// Forbid forwarding and saving.
            protect_content: Option<bool>,
            /// `false` switches the preview of links off.
            #[serde(default, deserialize_with = "crate::extract::nullable")]
            #[schema(value_type = Option<bool>)]
            link_preview: Option<Option<bool>>,
            $($rest)*
        }

        impl $name {
            fn said(&mut self) -> $crate::broadcast::content::Said {
                $crate::broadcast::content::Said {
                    message_text: self.message_text.take(),
                    placeholder_data: self.placeholder_data.take(),
                    parse_mode: self.parse_mode.take(),
                    media_url: self.media_url.take(),
                    media_type: self.media_type.take(),
                    media_group: self.media_group.take(),
                    buttons: self.buttons.take(),
                    variants: self.variants.take(),
                    disable_notification: self.disable_notification,
                    protect_content: self.protect_content,
                    link_preview: self.link_preview,
                }
            }
        }
    };
}
pub(super) use with_content;

/// The fields of a body that say something.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub message_text: Option<String>,
    pub placeholder_data: Option<Placeholders>,
    pub parse_mode: Option<Option<String>>,
    pub media_url: Option<Option<String>>,
    pub media_type: Option<Option<MediaKind>>,
    pub media_group: Option<Option<Vec<AlbumItem>>>,
    pub buttons: Option<Option<Value>>,
    pub variants: Option<Option<BTreeMap<String, VariantBody>>>,
    pub disable_notification: Option<bool>,
    pub protect_content: Option<bool>,
    pub link_preview: Option<Option<bool>>,
}

impl Said {
    /// The script; fields that are not given are those of `before`.
    pub fn script(mut self, before: Option<&Script>, errors: &mut FieldErrors) -> Script {
        let before = before.cloned().unwrap_or_default();
        let (media, album) = self.shown(before.media, before.album, "", errors);
        Script {
            template: before.template,
            text: self.text(errors).unwrap_or(before.text),
            parse_mode: self.parse_mode.unwrap_or(before.parse_mode),
            media,
            album,
            buttons: self.buttons.unwrap_or(before.buttons),
            variants: self.variants.map_or(before.variants, |given| variants(given.unwrap_or_default(), errors)),
            long_data: before.long_data,
            disable_notification: self.disable_notification.or(before.disable_notification),
            protect_content: self.protect_content.or(before.protect_content),
            link_preview: self.link_preview.unwrap_or(before.link_preview),
        }
    }

    fn text(&mut self, errors: &mut FieldErrors) -> Option<String> {
        let under = self.placeholder_data.take().map(|p| [p.message, p.text, p.body]).into_iter().flatten().flatten();
        let mut texts: Vec<String> = self.message_text.take().into_iter().chain(under).collect();
        texts.dedup();
        if texts.len() > 1 {
            complain(errors, "placeholder_data", "Give the text once, in message_text.");
        }
        texts.into_iter().next()
    }

    /// Media and album: what is given takes the place of the other.
    fn shown(
        &mut self,
        media: Option<ScriptMedia>,
        album: Vec<ScriptMedia>,
        place: &str,
        errors: &mut FieldErrors,
    ) -> (Option<ScriptMedia>, Vec<ScriptMedia>) {
        let group = self.media_group.take();
        let gives_media = self.media_url.as_ref().is_some_and(Option::is_some);
        let given = group.map(|group| album_of(group.unwrap_or_default(), place, errors));
        match given {
            Some(album) if !album.is_empty() && gives_media => {
                complain(errors, &format!("{place}media_group"), "Give media_url or media_group, not both.");
                (None, album)
            }
            Some(album) if !album.is_empty() => (None, album),
            Some(_) => (self.media(media, place, errors), Vec::new()),
            None if gives_media => (self.media(None, place, errors), Vec::new()),
            None => (self.media(media, place, errors), album),
        }
    }

    fn media(&mut self, before: Option<ScriptMedia>, place: &str, errors: &mut FieldErrors) -> Option<ScriptMedia> {
        let (was_url, was_kind) = before.map(|media| (media.url, media.kind)).unzip();
        let url = self.media_url.take().unwrap_or(was_url);
        let kind = self.media_type.unwrap_or(was_kind);
        let mut wrong = |field: &str, words: &str| complain(errors, &format!("{place}{field}"), words);
        match (url, kind) {
            (Some(url), _) if !is_address(&url) && !is_file_id(&url) => {
                wrong("media_url", "Enter an http or https address, or a Telegram file id.");
            }
            (Some(url), Some(kind)) => return Some(ScriptMedia { url, kind }),
            (Some(_), None) => wrong("media_type", "Say what kind of media it is, for example photo."),
            (None, Some(_)) if self.media_type.is_some_and(|kind| kind.is_some()) => {
                wrong("media_url", "media_type needs a media_url.");
            }
            (None, _) => {}
        }
        None
    }
}

fn album_of(group: Vec<AlbumItem>, place: &str, errors: &mut FieldErrors) -> Vec<ScriptMedia> {
    let kinds: Vec<MediaKind> = group.iter().map(|item| item.kind).collect();
    if let Some(words) = Some(&kinds).filter(|kinds| !kinds.is_empty()).and_then(|kinds| no_album(kinds)) {
        complain(errors, &format!("{place}media_group"), &words);
    }
    for (index, item) in group.iter().enumerate() {
        if !is_address(&item.media) && !is_file_id(&item.media) {
            let field = format!("{place}media_group[{index}].media");
            complain(errors, &field, "Enter an http or https address, or a Telegram file id.");
        }
    }
    group.into_iter().map(|item| ScriptMedia { url: item.media, kind: item.kind }).collect()
}

fn variants(given: BTreeMap<String, VariantBody>, errors: &mut FieldErrors) -> BTreeMap<String, Variant> {
    let read = |(language, body): (String, VariantBody)| {
        let language = language.to_lowercase().replace('_', "-");
        let shown: String = language.chars().take(20).collect();
        let mut said = Said {
            media_url: body.media_url.map(Some),
            media_type: body.media_type.map(Some),
            media_group: body.media_group.map(Some),
            ..Said::default()
        };
        let (media, album) = said.shown(None, Vec::new(), &format!("variants.{shown}."), errors);
        let VariantBody { message_text: text, parse_mode, buttons, .. } = body;
        (language, Variant { text, parse_mode, media, album, buttons: buttons.filter(|buttons| !buttons.is_null()) })
    };
    given.into_iter().map(read).collect()
}

fn complain(errors: &mut FieldErrors, field: &str, words: &str) {
    errors.entry(field.to_owned()).or_default().push(words.to_owned());
}

/// Media as they were given.
pub(super) fn album_items(album: Vec<ScriptMedia>) -> Vec<AlbumItem> {
    album.into_iter().map(|media| AlbumItem { kind: media.kind, media: media.url }).collect()
}

/// Languages as they were given.
pub(super) fn variant_bodies(variants: BTreeMap<String, Variant>) -> BTreeMap<String, VariantBody> {
    let body = |variant: Variant| {
        let (media_url, media_type) = variant.media.map(|media| (media.url, media.kind)).unzip();
        let album = (!variant.album.is_empty()).then(|| album_items(variant.album));
        VariantBody {
            message_text: variant.text,
            parse_mode: variant.parse_mode,
            media_url,
            media_type,
            media_group: album,
            buttons: variant.buttons,
        }
    };
    variants.into_iter().map(|(language, variant)| (language, body(variant))).collect()
}
