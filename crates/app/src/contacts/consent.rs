//! How a tenant treats its contacts.

use model::{Result, Scope, contact::consent::Settings};
use store::contacts;

use crate::App;

/// Sets what is given; `None` stays.
pub async fn change_settings(app: &App, scope: &Scope, obeys_stop: Option<bool>) -> Result<Settings> {
    let scope = *scope;
    app.db
        .write(move |tx| {
            let mut settings = contacts::settings(tx, &scope)?;
            settings.obeys_stop = obeys_stop.unwrap_or(settings.obeys_stop);
            contacts::set_settings(tx, &scope, settings)?;
            Ok(settings)
        })
        .await
}
