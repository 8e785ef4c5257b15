//! How a tenant treats its contacts.

use model::{Result, Scope, activity::Deed, contact::consent::Settings};
use serde_json::json;
use store::{activity, contacts};

use crate::App;

/// Sets what is given; `None` stays.
pub async fn change_settings(app: &App, scope: &Scope, obeys_stop: Option<bool>) -> Result<Settings> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let mut settings = contacts::settings(tx, &scope)?;
            let before = json!({"obeys_stop": settings.obeys_stop});
            settings.obeys_stop = obeys_stop.unwrap_or(settings.obeys_stop);
            contacts::set_settings(tx, &scope, settings)?;
            let deed = Deed::of_tenant("contact_settings.changed", "settings");
            let deed = deed.changed(&before, &json!({"obeys_stop": settings.obeys_stop}));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(settings)
        })
        .await
}
