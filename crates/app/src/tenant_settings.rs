//! The settings of a tenant: read by whoever needs them, changed by who administers it.

use model::{Error, Id, Result, Scope, User, activity::Deed, settings::TenantSettings};
use serde_json::{Value, json};
use store::{
    activity, bots,
    db::Tx,
    settings,
    tenants::{self, Member},
};

use crate::App;

pub async fn tenant_settings(app: &App, scope: &Scope) -> Result<TenantSettings> {
    let scope = *scope;
    app.db.read(move |tx| settings::get(tx, &scope)).await
}

/// Changes the given parts and leaves the rest.
pub async fn change_tenant_settings(app: &App, scope: &Scope, patch: Value) -> Result<TenantSettings> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let before = settings::get(tx, &scope)?;
            let changed = before.patched(&patch)?;
            check_people(tx, &scope, &changed)?;
            settings::put(tx, &scope, &changed, now)?;
            if changed.automation.commands != before.automation.commands {
                bots::menu::want_all(tx, &scope, now)?;
            }
            let deed = Deed::of_tenant("settings.changed", "settings").changed(&json!(before), &json!(changed));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(changed)
        })
        .await
}

/// Whoever is named must belong to the team.
fn check_people(tx: &mut Tx, scope: &Scope, settings: &TenantSettings) -> Result<()> {
    let assignees = settings.automation.assignment.iter().filter_map(|rule| rule.assignee);
    let named: Vec<Id<User>> = settings.inbox.round_robin_members.iter().copied().chain(assignees).collect();
    if named.is_empty() {
        return Ok(());
    }
    let members: Vec<Id<User>> =
        tenants::members(tx, scope.tenant())?.iter().map(|Member { user, .. }| *user).collect();
    match named.iter().find(|id| !members.contains(id)) {
        None => Ok(()),
        Some(id) if settings.inbox.round_robin_members.contains(id) => {
            Err(Error::field("inbox", format!("round_robin_members: {id} is nobody in your team.")))
        }
        Some(id) => Err(Error::field("automation", format!("assignment: {id} is nobody in your team."))),
    }
}
