//! The form of an import: a file and how to read it, in parts of any order. Or the file alone, with the rest in the query.

use std::collections::BTreeMap;

use app::{
    App,
    contacts::import::{self, Upload, Wish},
};
use axum::{
    body::Body,
    extract::{
        Multipart,
        multipart::{Field, MultipartError},
    },
};
use model::{Error, FieldErrors, Result};

use crate::extract::Pairs;

const TEXT_BYTES_MAX: usize = 64 << 10;
const PARTS_MAX: usize = 20;

/// Takes the file into the storage and reads the other parts. A file that is not going to be read does not stay.
pub(super) async fn read(app: &App, mut form: Multipart) -> Result<(Upload, Wish)> {
    let mut upload = None;
    match parts(app, &mut form, &mut upload).await.and_then(wish) {
        Ok(wish) => {
            upload.map(|upload| (upload, wish)).ok_or_else(|| Error::field("file", "Send a file in this part."))
        }
        Err(error) => {
            if let Some(upload) = &upload {
                import::discard(app, upload).await;
            }
            Err(error)
        }
    }
}

/// As [`read`], for a body that is the file itself.
pub(super) async fn read_bare(app: &App, query: Pairs, body: Body) -> Result<(Upload, Wish)> {
    let wish = wish(query.into_iter().collect())?;
    Ok((import::upload(app, None, body.into_data_stream()).await?, wish))
}

async fn parts(app: &App, form: &mut Multipart, upload: &mut Option<Upload>) -> Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for _ in 0..PARTS_MAX {
        let Some(part) = form.next_field().await.map_err(malformed)? else { return Ok(texts) };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            texts.insert(name.clone(), text(&name, part).await?);
        } else if upload.is_some() {
            return Err(Error::field("file", "Send one file."));
        } else {
            let file_name = part.file_name().map(|name| name.replace('\0', "_").chars().take(200).collect());
            *upload = Some(import::upload(app, file_name, part).await?);
        }
    }
    Err(Error::invalid(format!("The form has more than {PARTS_MAX} parts.")))
}

async fn text(name: &str, part: Field<'_>) -> Result<String> {
    let bytes = part.bytes().await.map_err(malformed)?;
    if bytes.len() > TEXT_BYTES_MAX {
        return Err(Error::field(name, format!("Enter at most {TEXT_BYTES_MAX} bytes.")));
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::field(name, "Enter UTF-8 text."))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn malformed(error: MultipartError) -> Error {
    Error::invalid(format!("The form can't be read: {}", error.body_text()))
}

/// Every complaint about the parts at once.
fn wish(texts: BTreeMap<String, String>) -> Result<Wish> {
    let mut wish = Wish::default();
    let mut wrong = FieldErrors::new();
    for (name, text) in texts {
        if let Err(words) = set(&mut wish, &name, text.trim()) {
            wrong.insert(name.chars().take(100).collect(), vec![words]);
        }
    }
    Error::fields(wrong).map_or(Ok(wish), Err)
}

fn set(wish: &mut Wish, name: &str, text: &str) -> Result<(), String> {
    let said = |error: Error| error.message().to_owned();
    match name {
        "mapping" => {
            let words = "Enter a JSON object from names in the header to fields, or to null.";
            wish.mapping = Some(serde_json::from_str(text).map_err(|_| words.to_owned())?);
        }
        "separator" => wish.separator = separator(text)?,
        "encoding" if text.is_empty() => {}
        "encoding" => wish.encoding = Some(text.to_lowercase().parse().map_err(said)?),
        "match_by" if text.is_empty() => {}
        "match_by" => wish.match_by = Some(Some(text.parse().map_err(said)?)),
        "policy" => wish.policy = Some(text.parse().map_err(said)?),
        "tags" => {
            let listed = || text.split(',').filter(|tag| !tag.trim().is_empty()).map(str::to_owned).collect();
            wish.tags = Some(serde_json::from_str(text).unwrap_or_else(|_| listed()));
        }
        "dry_run" => wish.is_dry_run = truth(text)?,
        "draft" => wish.is_draft = truth(text)?,
        _ => return Err("This field is not known here.".to_owned()),
    }
    Ok(())
}

fn truth(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "Enter true or false.".to_owned())
}

pub(super) fn separator(text: &str) -> Result<Option<char>, String> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => Ok(Some(one)),
        _ if text == "tab" || text == "\\t" => Ok(Some('\t')),
        _ => Err("Enter one character, or tab.".to_owned()),
    }
}
