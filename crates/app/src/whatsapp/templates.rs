//! Templates: made and deleted at Meta, and a copy here of what Meta has.

use channels::whatsapp::management::{self, TemplateInfo};
use model::{
    Error, Id, Result, Scope, Timestamp,
    activity::Deed,
    bot::Bot,
    whatsapp::{Template, TemplateCategory, TemplateStatus},
};
use serde_json::{Value, json};
use store::{activity, whatsapp};
use transport::Asked;

use super::{actions, patience, unreachable};
use crate::App;

/// Pages that one synchronising reads: 6,000 templates, the most that Meta lets an account have.
const PAGES_MAX: usize = 60;
const COMPONENTS_BYTES_MAX: usize = 64 * 1024;

/// A template to be made.
#[derive(Debug, Clone)]
pub struct NewTemplate {
    /// The number whose account it belongs to.
    pub number: Id<Bot>,
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    pub components: Value,
}

/// Hands a template in for Meta's review.
pub async fn create_template(app: &App, scope: &Scope, new: NewTemplate) -> Result<Template> {
    check(&new)?;
    let (waba_id, token) = account(app, scope, new.number).await?;
    let request =
        management::create_template(&waba_id, &new.name, &new.language, new.category.as_str(), &new.components);
    let made = app.graph_api.ask(&token, &request, patience(app), management::template_made).await;
    let (provider_id, status) = match made {
        Asked::Ok(made) => made,
        Asked::Refused { code: 401, description } => return Err(refused_token(&description)),
        Asked::Refused { description, .. } => {
            return Err(
                Error::invalid(format!("Meta does not take the template: {description}")).with_code("template_refused")
            );
        }
        other => return Err(unreachable(&other)),
    };
    let now = app.clock.now();
    let template = Template {
        id: app.ids.id(),
        tenant: scope.tenant(),
        waba_id,
        provider_id: Some(provider_id),
        name: new.name,
        language: new.language,
        category: new.category,
        status,
        quality: None,
        reason: None,
        components: new.components,
        created_at: now,
        updated_at: now,
    };
    let (scope, ids) = (*scope, app.ids.clone());
    app.db
        .write(move |tx| {
            whatsapp::put_template(tx, &scope, &template)?;
            let deed = Deed::new("whatsapp_template.submitted", "whatsapp_template", template.id).named(&template.name);
            let shown =
                json!({"language": template.language, "category": template.category, "status": template.status});
            activity::record(tx, &scope, &*ids, &deed.changed(&Value::Null, &shown), now)?;
            let found = whatsapp::find_template(tx, &scope, &template.waba_id, &template.name, &template.language)?;
            found.ok_or_else(|| Error::internal("a template vanished while it was made"))
        })
        .await
}

fn check(new: &NewTemplate) -> Result<()> {
    let is_plain = |text: &str, max: usize| {
        (1..=max).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !is_plain(&new.name, 512) {
        return Err(Error::field("name", "Enter up to 512 small letters, digits and underscores."));
    }
    let is_language =
        (2..=10).contains(&new.language.len()) && new.language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_language {
        return Err(Error::field("language", "Enter a language as Meta writes it, for example en_US."));
    }
    let is_list = new.components.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object));
    let text = new.components.to_string();
    if !is_list || text.len() > COMPONENTS_BYTES_MAX || text.contains("\\u0000") {
        return Err(Error::field("components", "Enter the components as Meta's documentation describes them."));
    }
    Ok(())
}

/// Brings the copy here up to date with what Meta has. Tells how many templates there are.
pub async fn sync_templates(app: &App, scope: &Scope, number: Id<Bot>) -> Result<usize> {
    let (waba_id, token) = account(app, scope, number).await?;
    let (mut after, mut count) = (None, 0);
    for _ in 0..PAGES_MAX {
        let request = management::templates(&waba_id, after.as_deref());
        let (page, next) = match app.graph_api.ask(&token, &request, patience(app), management::template_page).await {
            Asked::Ok(page) => page,
            Asked::Refused { description, .. } => return Err(refused_token(&description)),
            other => return Err(unreachable(&other)),
        };
        count += page.len();
        let now = app.clock.now();
        let rows: Vec<Template> = page.into_iter().map(|info| row(app, scope, &waba_id, info, now)).collect();
        let scope = *scope;
        app.db
            .write(move |tx| rows.iter().try_for_each(|template| whatsapp::put_template(tx, &scope, template)))
            .await?;
        match next {
            Some(next) => after = Some(next),
            None => return Ok(count),
        }
    }
    Ok(count)
}

fn row(app: &App, scope: &Scope, waba_id: &str, info: TemplateInfo, now: Timestamp) -> Template {
    Template {
        id: app.ids.id(),
        tenant: scope.tenant(),
        waba_id: waba_id.to_owned(),
        provider_id: Some(info.id),
        name: info.name,
        language: info.language,
        category: info.category.unwrap_or(TemplateCategory::Utility),
        status: info.status,
        quality: info.quality,
        reason: info.reason,
        components: info.components,
        created_at: now,
        updated_at: now,
    }
}

/// A template of the scope's tenant.
pub async fn get_template(app: &App, scope: &Scope, id: Id<Template>) -> Result<Template> {
    let scope = *scope;
    let found = app.db.read(move |tx| whatsapp::get_template(tx, &scope, id)).await?;
    found.ok_or_else(|| Error::not_found("template"))
}

/// Deletes a template at Meta and here. Meta keeps its name from being used again for a while.
pub async fn delete_template(app: &App, scope: &Scope, id: Id<Template>) -> Result<()> {
    let template = get_template(app, scope, id).await?;
    let waba_id = template.waba_id.clone();
    let numbers = app.db.read(move |tx| whatsapp::by_account(tx, &waba_id)).await?;
    // Without a number of the account there is nobody to ask, and nobody to send it either.
    for (number, _) in numbers {
        if actions::get(app, scope, number).await.is_err() {
            continue;
        }
        let token = actions::token(app, number).await?;
        let request = management::delete_template(&template.waba_id, &template.name, template.provider_id.as_deref());
        match app.graph_api.ask(&token, &request, patience(app), management::done).await {
            Asked::Ok(()) => break,
            Asked::Refused { code: 401, description } => return Err(refused_token(&description)),
            // It is gone already.
            Asked::Refused { code: 100, .. } => break,
            Asked::Refused { description, .. } => {
                let words = format!("Meta does not delete the template: {description}");
                return Err(Error::conflict("template_not_deletable", words));
            }
            other => return Err(unreachable(&other)),
        }
    }
    let (scope, ids, now) = (*scope, app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            if whatsapp::delete_template(tx, &scope, id)? {
                let deed = Deed::new("whatsapp_template.removed", "whatsapp_template", id).named(&template.name);
                let was = json!({"language": template.language, "status": template.status});
                activity::record(tx, &scope, &*ids, &deed.changed(&was, &Value::Null), now)?;
            }
            Ok(())
        })
        .await
}

async fn account(app: &App, scope: &Scope, number: Id<Bot>) -> Result<(String, secrecy::SecretString)> {
    let found = actions::get(app, scope, number).await.map_err(|_| Error::field("number_id", "No such number."))?;
    Ok((found.number.waba_id, actions::token(app, number).await?))
}

fn refused_token(words: &str) -> Error {
    Error::conflict("token_revoked", format!("Meta refuses the number's token: {words}. Set a new one with PATCH."))
}

/// The names of some templates that may be sent, for somebody who has to choose one.
pub(crate) fn offered(names: &[String]) -> String {
    match names {
        [] => "No template is approved yet.".to_owned(),
        names => format!("Approved templates: {}.", names.join(", ")),
    }
}

/// The template, if it may be sent, and else why not.
pub(crate) fn sendable(template: Option<Template>) -> Result<Template> {
    match template {
        Some(template) if template.status == TemplateStatus::Approved => Ok(template),
        Some(Template { status, .. }) => {
            let words = format!("Only an approved template can be sent; this one is {status}.");
            Err(Error::field("template", words).with_code("template_not_approved"))
        }
        None => {
            Err(Error::field("template", "There is no template of this name and language. Synchronise them first."))
        }
    }
}
