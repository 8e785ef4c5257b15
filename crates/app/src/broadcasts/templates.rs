//! Messages that are kept for broadcasts to come.

use model::{Error, Id, Platform, Result, Scope, activity::Deed, broadcast::Template};
use serde_json::json;
use store::{
    activity,
    broadcasts::{
        Script,
        templates::{self, Stored},
    },
};

use super::{create, script::Prepared};
use crate::App;

const NAME_CHARS_MAX: usize = 255;

/// What a person writes of one.
#[derive(Debug, Clone)]
pub struct Written {
    pub name: String,
    pub script: Script,
}

/// Keeps a message. If there is one with this id already, that one is the answer.
pub async fn create_template(app: &App, scope: &Scope, id: Option<Id<Template>>, new: Written) -> Result<Stored> {
    let now = app.clock.now();
    let Written { name, script } = checked(app, scope, new).await?;
    let (id, created_by) = (id.unwrap_or_else(|| app.ids.id()), create::author_id(scope));
    let stored = Stored { id, name, script, created_by, created_at: now, updated_at: now };
    let (scope, ids) = (*scope, app.ids.clone());
    app.db
        .write(move |tx| {
            if let Some(known) = templates::get(tx, &scope, id)? {
                return Ok(known);
            }
            match templates::insert(tx, &scope, &stored)? {
                true => {
                    let deed = Deed::new("template.created", "template", id).named(&stored.name);
                    activity::record(tx, &scope, &*ids, &deed, now)?;
                    Ok(stored.clone())
                }
                false => Err(taken()),
            }
        })
        .await
}

/// Changes one. `build` makes what is to stand there from what stands there now.
pub async fn change_template(
    app: &App,
    scope: &Scope,
    id: Id<Template>,
    build: impl FnOnce(&Stored) -> Result<Written> + Send,
) -> Result<Stored> {
    let before = template(app, scope, id).await?;
    let Written { name, script } = checked(app, scope, build(&before)?).await?;
    let now = app.clock.now();
    let was = json!({"name": before.name, "message_text": before.script.text});
    let stored = Stored { name, script, updated_at: now, ..before };
    let (scope, ids) = (*scope, app.ids.clone());
    app.db
        .write(move |tx| {
            if templates::get(tx, &scope, id)?.is_none() {
                return Err(missing());
            }
            match templates::update(tx, &scope, &stored)? {
                true => {
                    let deed = Deed::new("template.changed", "template", id).named(&stored.name);
                    let is = json!({"name": stored.name, "message_text": stored.script.text});
                    activity::record(tx, &scope, &*ids, &deed.changed(&was, &is), now)?;
                    Ok(stored.clone())
                }
                false => Err(taken()),
            }
        })
        .await
}

pub async fn delete_template(app: &App, scope: &Scope, id: Id<Template>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let known = templates::get(tx, &scope, id)?.ok_or_else(missing)?;
            templates::delete(tx, &scope, id)?;
            let deed = Deed::new("template.removed", "template", id).named(&known.name);
            activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}

/// One that must be there.
pub async fn template(app: &App, scope: &Scope, id: Id<Template>) -> Result<Stored> {
    let scope = *scope;
    app.db.read(move |tx| templates::get(tx, &scope, id)).await?.ok_or_else(missing)
}

/// The names of a message's variables.
pub fn variables(app: &App, script: &Script) -> Vec<String> {
    Prepared::new(&*app.ids, script).map(|prepared| prepared.names()).unwrap_or_default()
}

async fn checked(app: &App, scope: &Scope, written: Written) -> Result<Written> {
    let name = written.name.trim().to_owned();
    if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(Error::field("name", format!("Enter 1 to {NAME_CHARS_MAX} characters.")));
    }
    let prepared = Prepared::new(&*app.ids, &written.script)?;
    // Other channels take less, and say so when a broadcast is made of it.
    prepared.check(Platform::Telegram, app.clock.now())?;
    create::check_names(app, scope, &prepared).await?;
    // Each broadcast that says it makes tokens of its own.
    Ok(Written { name, script: Script { long_data: Vec::new(), ..written.script } })
}

fn missing() -> Error {
    Error::not_found("template")
}

fn taken() -> Error {
    let sentence = "There is a template with this name already.";
    Error::conflict("name_taken", sentence).with_field("name", sentence)
}
