//! Registers a number: prove the token, save the number, have its deliveries brought here.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use channels::whatsapp::management::{self, NumberInfo};
use model::{
    Error, Id, Platform, Rate, Result, Scope,
    activity::Deed,
    bot::{Bot, DAILY_LIMIT_DEFAULT, ReceiveMode, WebhookStatus},
    whatsapp::{Number, sender_id},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::{
    activity, bots,
    db::Tx,
    whatsapp::{self, NewNumber, NumberOverview},
};
use transport::Asked;

use super::{actions, patience, unreachable};
use crate::App;

const SECRET_CHARS_MAX: usize = 1_024;
const VERIFY_CHARS: std::ops::RangeInclusive<usize> = 8..=200;

/// What a new number is to be; `None` leaves the choice to us.
#[derive(Debug)]
pub struct Register {
    /// Meta's verified name when there is none.
    pub name: Option<String>,
    pub phone_number_id: String,
    pub waba_id: String,
    pub token: SecretString,
    pub app_secret: SecretString,
    pub verify_token: Option<SecretString>,
    pub daily_limit: Option<i64>,
    pub rate_limit: Option<Rate>,
}

/// Registers a number for the scope's tenant. Whether its deliveries come here is told by its webhook's status. Answers the
/// verify token too, which is shown this once.
pub async fn register(app: &App, scope: &Scope, new: Register) -> Result<(NumberOverview, SecretString)> {
    let sender = check_ids(&new)?;
    check_secret("app_secret", &new.app_secret)?;
    let verify_token = match &new.verify_token {
        Some(token) => checked_verify_token(token)?,
        None => BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<24>()).into(),
    };
    let info = owner_of(app, &new.phone_number_id, &new.token).await?;
    let id: Id<Bot> = app.ids.id();
    let (sealed_token, token_hint) = bots::seal_token(&app.cipher, &*app.ids, id, &new.token)?;
    let row = NewNumber {
        sealed_token,
        sealed_app_secret: whatsapp::seal_app_secret(&app.cipher, &*app.ids, id, &new.app_secret)?,
        verify_token: verify_token.clone(),
        number: Number {
            bot: Bot { token_hint, ..sender_row(app, scope, id, &new, &info, sender) },
            phone_number_id: new.phone_number_id,
            waba_id: new.waba_id,
            display_phone_number: info.display_phone_number,
            verified_name: info.verified_name,
            quality_rating: info.quality_rating,
        },
    };
    let (scope_in, cipher, ids, now) = (*scope, app.cipher.clone(), app.ids.clone(), app.clock.now());
    let write = move |tx: &mut Tx| {
        let is_new = whatsapp::insert(tx, &cipher, &*ids, &row)?;
        if is_new {
            let bot = &row.number.bot;
            let deed = Deed::new("number.registered", "number", bot.id).named(&bot.name);
            activity::record(tx, &scope_in, &*ids, &deed.changed(&Value::Null, &shown(bot, &[])), now)?;
        }
        Ok(is_new)
    };
    if !app.db.write(write).await? {
        return Err(Error::conflict("number_already_registered", "This WhatsApp number is already registered."));
    }
    actions::set_up(app, id).await?;
    Ok((actions::get(app, scope, id).await?, verify_token))
}

/// A number as the activity log keeps it: of its token only the end, of other secrets only which were replaced.
pub(super) fn shown(bot: &Bot, replaced: &[&str]) -> Value {
    json!({"name": bot.name, "is_active": bot.is_active, "daily_limit": bot.daily_limit, "access_token": bot.token_hint,
        "rate_limit": bot.rate_limit.map(|rate| rate.to_string()), "replaced": replaced})
}

fn check_ids(new: &Register) -> Result<i64> {
    let wrong = |field: &str| Error::field(field, "Enter Meta's id, which has digits only.");
    let sender = sender_id(&new.phone_number_id).ok_or_else(|| wrong("phone_number_id"))?;
    sender_id(&new.waba_id).ok_or_else(|| wrong("waba_id"))?;
    Ok(sender)
}

/// Secrets travel in headers and make signatures: they are visible characters.
pub(super) fn check_secret(field: &str, secret: &SecretString) -> Result<()> {
    let text = secret.expose_secret();
    let is_good = (1..=SECRET_CHARS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_good { Ok(()) } else { Err(Error::field(field, "Enter it as Meta shows it, without spaces.")) }
}

pub(super) fn checked_verify_token(token: &SecretString) -> Result<SecretString> {
    let text = token.expose_secret();
    if VERIFY_CHARS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(token.clone());
    }
    Err(Error::field("verify_token", "Enter 8 to 200 visible characters, without spaces."))
}

/// Lets Meta say whether the token is good for the number.
pub(super) async fn owner_of(app: &App, phone_number_id: &str, token: &SecretString) -> Result<NumberInfo> {
    check_secret("access_token", token)?;
    let request = management::number(phone_number_id);
    match app.graph_api.ask(token, &request, patience(app), management::number_info).await {
        Asked::Ok(info) => Ok(info),
        Asked::Refused { code: 401, description } => {
            let words = format!("Meta does not accept this token: {description}");
            Err(Error::field("access_token", words).with_code("invalid_access_token"))
        }
        Asked::Refused { description, .. } => {
            let words = format!("Meta does not know this number, or the token has no access to it: {description}");
            Err(Error::field("phone_number_id", words).with_code("invalid_phone_number_id"))
        }
        other => Err(unreachable(&other)),
    }
}

fn sender_row(app: &App, scope: &Scope, id: Id<Bot>, new: &Register, info: &NumberInfo, sender: i64) -> Bot {
    let metas_name = [&info.verified_name, &info.display_phone_number].into_iter().find(|name| !name.is_empty());
    let now = app.clock.now();
    Bot {
        id,
        tenant: scope.tenant(),
        platform: Platform::Whatsapp,
        name: new.name.clone().or_else(|| metas_name.cloned()).unwrap_or_else(|| new.phone_number_id.clone()),
        bot_user_id: sender,
        username: info.display_phone_number.clone(),
        token_hint: String::new(),
        is_active: true,
        daily_limit: new.daily_limit.unwrap_or(DAILY_LIMIT_DEFAULT),
        rate_limit: new.rate_limit,
        receive_mode: ReceiveMode::Webhook,
        webhook_status: WebhookStatus::Pending,
        webhook_error: None,
        created_at: now,
        updated_at: now,
    }
}
