//! The managed list of labels.

use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    contact::change::tag,
    conversation::{Label, LabelColor},
};
use serde_json::json;
use store::{activity, labels};

use crate::App;

/// What a person writes of a label. `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct LabelText {
    pub name: Option<String>,
    pub color: Option<LabelColor>,
}

impl LabelText {
    fn apply(self, label: &mut Label) -> Result<()> {
        if let Some(name) = self.name {
            label.name = tag(&name).map_err(|error| error.at_field("name"))?;
        }
        label.color = self.color.unwrap_or(label.color);
        Ok(())
    }
}

pub async fn create_label(app: &App, scope: &Scope, new: LabelText) -> Result<Label> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let (name, color) = (String::new(), LabelColor::Gray);
    let mut label = Label { id: app.ids.id(), name, color, created_at: now, updated_at: now };
    LabelText { name: Some(new.name.unwrap_or_default()), ..new }.apply(&mut label)?;
    app.db
        .write(move |tx| {
            if !labels::insert(tx, &scope, &label)? {
                return Err(taken());
            }
            let deed = Deed::new("label.created", "label", label.id).named(&label.name);
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(label.clone())
        })
        .await
}

/// Renames or recolours a label wherever it stands.
pub async fn change_label(app: &App, scope: &Scope, id: Id<Label>, change: LabelText) -> Result<Label> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let before = labels::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("label"))?;
            let mut label = Label { updated_at: now, ..before.clone() };
            change.clone().apply(&mut label)?;
            if !labels::update(tx, &scope, &before, &label)? {
                return Err(taken());
            }
            let deed = Deed::new("label.changed", "label", id).named(&before.name);
            let shown = |one: &Label| json!({"name": one.name, "color": one.color});
            activity::record(tx, &scope, &*ids, &deed.changed(&shown(&before), &shown(&label)), now)?;
            Ok(label)
        })
        .await
}

/// Removes a label, and takes it off every conversation.
pub async fn delete_label(app: &App, scope: &Scope, id: Id<Label>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let label = labels::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("label"))?;
            labels::delete(tx, &scope, &label)?;
            let deed = Deed::new("label.removed", "label", id).named(&label.name);
            activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}

fn taken() -> Error {
    let sentence = "There is a label with this name already.";
    Error::conflict("label_taken", sentence).with_field("name", sentence)
}
