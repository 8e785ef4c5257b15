//! Views: lists of conversations under a name, one's own or everybody's.

use model::{Actor, Error, FieldErrors, Id, Result, Scope, User, activity::Deed, conversation::InboxView};
use serde_json::{Value, json};
use store::{activity, db::Tx, inbox_views};

use crate::App;

const NAME_CHARS_MAX: usize = 100;
const QUERY_CHARS_MAX: usize = 2_000;
/// Views of a tenant at most, everybody's and their own together.
const VIEWS_MAX: i64 = 1_000;

/// What a person writes of a view. `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct ViewText {
    pub name: Option<String>,
    pub query: Option<String>,
    pub is_shared: Option<bool>,
}

impl ViewText {
    fn apply(self, scope: &Scope, view: &mut InboxView) -> Result<()> {
        if let Some(name) = self.name {
            view.name = name.trim().to_owned();
        }
        if let Some(query) = self.query {
            view.query = query.trim().trim_start_matches('?').to_owned();
        }
        let mut wrong = FieldErrors::new();
        let is_name = (1..=NAME_CHARS_MAX).contains(&view.name.chars().count());
        if !is_name || view.name.chars().any(char::is_control) {
            wrong.insert("name".into(), vec![format!("Enter 1 to {NAME_CHARS_MAX} characters.")]);
        }
        if view.query.chars().count() > QUERY_CHARS_MAX || view.query.chars().any(char::is_control) {
            wrong.insert("query".into(), vec![format!("Enter at most {QUERY_CHARS_MAX} characters.")]);
        }
        match (self.is_shared, owner(scope)) {
            (None, _) => {}
            (Some(true), _) => view.owner = None,
            (Some(false), Some(owner)) => view.owner = Some(owner),
            (Some(false), None) => {
                wrong.insert("shared".into(), vec!["An API key is no person: its views are everybody's.".into()]);
            }
        }
        Error::fields(wrong).map_or(Ok(()), Err)
    }
}

fn owner(scope: &Scope) -> Option<Id<User>> {
    match scope.actor() {
        Actor::User(id) => Some(id),
        Actor::Key(_) | Actor::System => None,
    }
}

/// Keeps a view; of a person it is their own unless they share it.
pub async fn create_view(app: &App, scope: &Scope, new: ViewText) -> Result<InboxView> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let (name, query) = (String::new(), String::new());
    let mut view = InboxView { id: app.ids.id(), owner: owner(&scope), name, query, created_at: now, updated_at: now };
    new.apply(&scope, &mut view)?;
    app.db
        .write(move |tx| {
            if inbox_views::count(tx, &scope)? >= VIEWS_MAX {
                let words = format!("There are {VIEWS_MAX} views already. Remove one first.");
                return Err(Error::conflict("too_many_views", words));
            }
            inbox_views::insert(tx, &scope, &view)?;
            let deed = Deed::new("view.created", "view", view.id).named(&view.name);
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(view.clone())
        })
        .await
}

pub async fn change_view(app: &App, scope: &Scope, id: Id<InboxView>, change: ViewText) -> Result<InboxView> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let mut view = found(tx, &scope, id)?;
            let before = shown(&view);
            change.clone().apply(&scope, &mut view)?;
            view.updated_at = now;
            inbox_views::update(tx, &scope, &view)?;
            let deed = Deed::new("view.changed", "view", id).named(&view.name).changed(&before, &shown(&view));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(view)
        })
        .await
}

pub async fn delete_view(app: &App, scope: &Scope, id: Id<InboxView>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let view = found(tx, &scope, id)?;
            inbox_views::delete(tx, &scope, id)?;
            activity::record(tx, &scope, &*ids, &Deed::new("view.removed", "view", id).named(&view.name), now)
        })
        .await
}

/// A view as the activity log keeps it.
fn shown(view: &InboxView) -> Value {
    json!({"name": view.name, "query": view.query, "owner": view.owner})
}

fn found(tx: &mut Tx, scope: &Scope, id: Id<InboxView>) -> Result<InboxView> {
    inbox_views::get(tx, scope, id)?.ok_or_else(|| Error::not_found("view"))
}
