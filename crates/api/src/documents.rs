//! The API's documents for those who show them elsewhere: the command line reads and prints the same ones.

use app::{
    App,
    broadcasts::{New, Preview},
};
use model::{
    Id, Result, Scope,
    broadcast::Broadcast,
    contact::{Contact, import::Import},
};
use serde::Serialize;
use serde_json::{Map, Value};
use store::{
    broadcasts::{self, Filter},
    db::Tx,
    page::{Request, Start},
};

use crate::{
    broadcast::{self, PreviewView, shown, with_eta},
    contacts::{ContactView, ImportView},
};

/// A broadcast from the fields of `POST /broadcast/`.
pub fn new_broadcast(fields: Map<String, Value>) -> Result<New> {
    broadcast::new_broadcast(fields)
}

/// What `GET /broadcast/{id}/` answers.
pub async fn broadcast(app: &App, scope: &Scope, id: Id<Broadcast>) -> Result<Value> {
    document(&shown(app, scope, id).await?)
}

/// The newest broadcasts, as `GET /broadcast/` answers them.
pub async fn broadcasts(app: &App, scope: &Scope, filter: Filter, limit: u32) -> Result<Vec<Value>> {
    let request = Request { sort: 0, descending: true, start: Start::First, size: limit, count: false };
    let (scope, view) = (*scope, with_eta(app));
    let read = move |tx: &mut Tx| {
        let page = broadcasts::list(tx, &scope, &filter, &request)?;
        page.rows.into_iter().map(|record| view(tx, record)).collect::<Result<Vec<_>>>()
    };
    app.db.read(read).await?.iter().map(document).collect()
}

/// What `POST /broadcast/?dry_run=true` answers.
pub fn preview(preview: Preview) -> Result<Value> {
    document(&PreviewView::from(preview))
}

/// What `GET /contacts/{id}/` answers.
pub fn contact(contact: Contact) -> Result<Value> {
    document(&ContactView::from(contact))
}

/// What `GET /contacts/import/{id}/` answers.
pub fn import(import: Import) -> Result<Value> {
    document(&ImportView::from(import))
}

fn document(view: &impl Serialize) -> Result<Value> {
    serde_json::to_value(view).map_err(|e| model::Error::internal("a document could not be written").with_source(e))
}
