//! What a broadcast says, as it was given: texts and media before the variables are filled in.

use std::collections::BTreeMap;

use model::content::{MediaKind, MediaSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is said, to whom no other language fits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parse_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<ScriptMedia>,
    /// Two to ten that show as one, in place of `media`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub album: Vec<ScriptMedia>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Value>,
    /// What the channel approved before, in place of everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<ScriptTemplate>,
    /// What is said otherwise to those who read this language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, Variant>,
    /// Button data that travel as tokens: token and whole value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub long_data: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_notification: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protect_content: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview: Option<bool>,
}

/// What differs for one language; the rest is as in the script.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Variant {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parse_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<ScriptMedia>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub album: Vec<ScriptMedia>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Value>,
}

/// An approved template, with variables that are filled in from the contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptTemplate {
    pub name: String,
    pub language: String,
    /// As in a message; texts in it have variables of ours.
    #[serde(default)]
    pub variables: Value,
}

/// Media at an address, or by Telegram's file id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptMedia {
    pub url: String,
    pub kind: MediaKind,
}

impl ScriptMedia {
    pub fn source(&self) -> MediaSource {
        if self.is_file_id() { MediaSource::FileId(self.url.clone()) } else { MediaSource::Url(self.url.clone()) }
    }

    /// Telegram's file ids have no colon.
    pub fn is_file_id(&self) -> bool {
        !self.url.contains(':')
    }
}

impl Script {
    /// The script as it is for one language, without variants.
    pub fn in_language(&self, language: &str) -> Script {
        let Some(variant) = self.variants.get(language).cloned() else { return self.clone() };
        let has_media = variant.media.is_some() || !variant.album.is_empty();
        let (media, album) =
            if has_media { (variant.media, variant.album) } else { (self.media.clone(), self.album.clone()) };
        Script {
            // A text in another markup says so itself.
            parse_mode: if variant.text.is_some() {
                variant.parse_mode.or_else(|| self.parse_mode.clone())
            } else {
                self.parse_mode.clone()
            },
            text: variant.text.unwrap_or_else(|| self.text.clone()),
            media,
            album,
            buttons: variant.buttons.or_else(|| self.buttons.clone()),
            variants: BTreeMap::new(),
            ..self.clone()
        }
    }

    /// Every piece of media of every language.
    pub fn all_media(&self) -> impl Iterator<Item = &ScriptMedia> {
        let own = self.media.iter().chain(&self.album);
        own.chain(self.variants.values().flat_map(|variant| variant.media.iter().chain(&variant.album)))
    }
}
