//! Describing attributes: their type, and what of a contact's values that makes of them.

use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    contact::{
        Contact, Custom,
        attribute::{self, Attribute, AttributeType},
    },
};
use serde_json::json;
use store::{activity, contacts::attributes, db::Tx};

use crate::App;

/// Describes one. One that has this `id` already is the answer, as it is.
pub async fn create_attribute(
    app: &App,
    scope: &Scope,
    id: Option<Id<Attribute>>,
    (name, kind, choices): (String, AttributeType, Vec<String>),
) -> Result<Attribute> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let id = id.unwrap_or_else(|| app.ids.id());
    let made = Attribute { id, name: name.trim().to_owned(), kind, choices, created_at: now, updated_at: now };
    made.check()?;
    app.db
        .write(move |tx| {
            if let Some(made) = attributes::get(tx, &scope, id)? {
                return Ok(made);
            }
            let known = attributes::all(tx, &scope)?;
            if i64::try_from(known.len()).unwrap_or(i64::MAX) >= attributes::ATTRIBUTES_MAX {
                let words = format!("Describe at most {} attributes.", attributes::ATTRIBUTES_MAX);
                return Err(Error::field("name", words));
            }
            match attributes::insert(tx, &scope, &made)? {
                true => {
                    let deed = Deed::new("attribute.created", "attribute", id).named(&made.name);
                    activity::record(tx, &scope, &*ids, &deed, now)?;
                    Ok(made.clone())
                }
                false => Err(taken()),
            }
        })
        .await
}

/// Changes what can be chosen. Values that were chosen before stay.
pub async fn change_attribute(
    app: &App,
    scope: &Scope,
    id: Id<Attribute>,
    choices: Option<Vec<String>>,
) -> Result<Attribute> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let found = attributes::get(tx, &scope, id)?;
            let mut attribute = found.ok_or_else(|| Error::not_found("attribute"))?;
            if let Some(choices) = &choices {
                let before = json!({"choices": attribute.choices});
                attribute.choices.clone_from(choices);
                attribute.updated_at = now;
                attribute.check()?;
                attributes::update(tx, &scope, &attribute)?;
                let deed = Deed::new("attribute.changed", "attribute", id).named(&attribute.name);
                activity::record(tx, &scope, &*ids, &deed.changed(&before, &json!({"choices": choices})), now)?;
            }
            Ok(attribute)
        })
        .await
}

/// Forgets a description; the contacts keep their values.
pub async fn delete_attribute(app: &App, scope: &Scope, id: Id<Attribute>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let known = attributes::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("attribute"))?;
            attributes::delete(tx, &scope, id)?;
            let deed = Deed::new("attribute.removed", "attribute", id).named(&known.name);
            activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}

fn taken() -> Error {
    let sentence = "There is an attribute with this name already.";
    Error::conflict("name_taken", sentence).with_field("name", sentence)
}

/// Reads the values of a contact that are new by their attributes' types.
pub(super) fn settle(tx: &mut Tx, scope: &Scope, before: Option<&Contact>, contact: &mut Contact) -> Result<()> {
    let none = Custom::new();
    let before = before.map_or(&none, |one| &one.custom);
    if contact.custom == *before {
        return Ok(());
    }
    attribute::read_all(&attributes::all(tx, scope)?, before, &mut contact.custom)
}
