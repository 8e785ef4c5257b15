//! The demo's WhatsApp number: made in the sandbox, registered as anybody would, with templates and people who wrote.

use app::{
    App,
    whatsapp::{self, NewTemplate, Register},
};
use axum::http::Method;
use model::{Id, Result, Scope, bot::Bot, whatsapp::TemplateCategory};
use sandbox::Sandbox;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::act;

/// Grace's phone: she proves it on Telegram and writes from it on WhatsApp, and so is one contact.
pub(super) const GRACE: &str = "+4915550001906";
/// People who write over WhatsApp: phone, name, what they write.
const PEOPLE: [(&str, &str, &str); 2] = [
    (GRACE, "Grace Hopper", "And from my phone: could you ship it by Friday?"),
    ("+4915550001815", "Mary Somerville", "Hello, is my parcel with the courier already?"),
];

/// Makes all of it.
pub(super) async fn sample(app: &App, scope: &Scope, phones: &Sandbox) -> Result<()> {
    let number = json!({"display_phone_number": "+49 30 5550 1815", "verified_name": "Demo Shop"});
    let made = act(phones, Method::POST, "/sandbox/graph/numbers", number).await?;
    let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
    let new = Register {
        name: Some("Demo Shop".into()),
        phone_number_id: text("phone_number_id"),
        waba_id: text("waba_id"),
        token: text("access_token").into(),
        app_secret: text("app_secret").into(),
        verify_token: None,
        daily_limit: None,
        rate_limit: None,
    };
    let (overview, verify_token) = whatsapp::register(app, scope, new).await?;
    // What a person does in Meta's App Dashboard: template and account events come to the app's own address only.
    let callback = json!({"url": app.settings.account_webhook_url(), "verify_token": verify_token.expose_secret()});
    let path = format!("/sandbox/graph/apps/{}", text("app_id"));
    act(phones, Method::PATCH, &path, json!({"callback": callback})).await?;
    templates(app, scope, overview.number.bot.id).await?;
    for (phone, name, words) in PEOPLE {
        act(phones, Method::POST, "/sandbox/graph/people", json!({"phone": phone, "name": name})).await?;
        let said = json!({"number": text("phone_number_id"), "text": words});
        act(phones, Method::POST, &format!("/sandbox/graph/people/{phone}/send"), said).await?;
    }
    Ok(())
}

async fn templates(app: &App, scope: &Scope, number: Id<Bot>) -> Result<()> {
    let body =
        |text: &str, examples: Value| json!([{"type": "BODY", "text": text, "example": {"body_text": [examples]}}]);
    let shipped = body("Hello {{1}}, your order {{2}} is on its way.", json!(["Ada", "1815"]));
    let offer = json!([
        {"type": "BODY", "text": "Hello {{1}}, everything about engines is 10 % off this week.",
            "example": {"body_text": [["Ada"]]}},
        {"type": "FOOTER", "text": "Demo Shop, Berlin"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Show me"}]}
    ]);
    for (name, category, components) in
        [("order_shipped", TemplateCategory::Utility, shipped), ("weekly_offer", TemplateCategory::Marketing, offer)]
    {
        let (name, language) = (name.to_owned(), "en_US".to_owned());
        whatsapp::create_template(app, scope, NewTemplate { number, name, language, category, components }).await?;
    }
    // The sandbox reviews at once, perhaps before its answer was written down here.
    whatsapp::sync_templates(app, scope, number).await?;
    Ok(())
}
