//! `number`: register, list, check and remove WhatsApp numbers.

use app::whatsapp::{self, Proof, Register};
use model::{Error, Permission, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::whatsapp::NumberOverview;

use super::{Context, bots::read_token, id};
use crate::cli::NumberCmd;

pub async fn number(context: &Context, command: NumberCmd) -> Result<()> {
    let app = &context.app;
    match command {
        NumberCmd::Add { tenant, phone_number_id, waba_id, token, app_secret, name, daily_limit } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            let new = Register {
                name,
                phone_number_id,
                waba_id,
                token: token.map_or_else(read_token, |token| Ok(token.into()))?,
                app_secret: app_secret.into(),
                verify_token: None,
                daily_limit,
                rate_limit: None,
            };
            let (found, verify_token) = whatsapp::register(app, &scope, new).await?;
            show(context, &found, Some(&verify_token))
        }
        NumberCmd::List { tenant } => {
            let scope = context.caller(&tenant).await?.require(Permission::Read)?;
            let now = app.clock.now();
            let found = app.db.read(move |tx| store::whatsapp::all(tx, &scope, now)).await?;
            let rows: Vec<Value> = found.iter().map(document).collect();
            context.output.list(&rows, line, "There are no WhatsApp numbers. See: jina-connect number add --help")
        }
        NumberCmd::Check { tenant, id: text } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            let number = id(&text)?;
            match whatsapp::prove(app, &scope, number).await? {
                Proof::Good(_) => show(context, &whatsapp::get(app, &scope, number).await?, None),
                Proof::Refused { words } => {
                    let words = format!("Meta refuses the number's token: {words}. Make a new one and set it.");
                    Err(Error::conflict("token_revoked", words))
                }
            }
        }
        NumberCmd::Remove { tenant, id: text } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            whatsapp::remove(app, &scope, id(&text)?).await?;
            context.output.done(&json!({"id": text}), || vec![format!("The number {text} is removed.")])
        }
    }
}

fn show(context: &Context, found: &NumberOverview, verify_token: Option<&SecretString>) -> Result<()> {
    let mut document = document(found);
    if let Some(token) = verify_token {
        document["verify_token"] = token.expose_secret().into();
        document["callback_url"] = context.app.settings.account_webhook_url().into();
    }
    context.output.done(&document, || {
        let mut lines = vec![line(&document)];
        lines.extend(found.number.bot.webhook_error.as_ref().map(|words| format!("Webhook: {words}")));
        if let Some(token) = document["verify_token"].as_str() {
            let url = document["callback_url"].as_str().unwrap_or_default();
            lines.push(format!(
                "In Meta's App Dashboard, WhatsApp, Configuration: callback {url}, verify token {token}"
            ));
        }
        lines
    })
}

fn document(found: &NumberOverview) -> Value {
    let (number, bot) = (&found.number, &found.number.bot);
    json!({
        "id": bot.id, "name": bot.name, "phone_number_id": number.phone_number_id, "waba_id": number.waba_id,
        "display_phone_number": number.display_phone_number, "verified_name": number.verified_name,
        "quality_rating": number.quality_rating, "access_token": format!("***{}", bot.token_hint),
        "is_active": bot.is_active, "daily_limit": bot.daily_limit, "messages_sent_today": found.sent_today,
        "rate_limit": bot.rate_limit.map(|rate| rate.to_string()), "webhook_status": bot.webhook_status,
        "webhook_error": bot.webhook_error, "created_at": bot.created_at, "updated_at": bot.updated_at,
    })
}

fn line(number: &Value) -> String {
    let word = |name: &str| number[name].as_str().unwrap_or_default();
    let state = if number["is_active"] == true { word("webhook_status") } else { "INACTIVE" };
    let (sent, limit) = (&number["messages_sent_today"], &number["daily_limit"]);
    format!("{}  {:<20} {state:<10} {sent}/{limit} today  {}", word("id"), word("display_phone_number"), word("name"))
}
