//! Numbers: senders with an account at Meta, and a webhook that is set up in two steps around the calls.

use model::{
    Id, Ids, Result, Scope, Tenant, Timestamp,
    bot::{Bot, WEBHOOK_GRACE_MS},
    whatsapp::Number,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::VERIFY_TOKEN;
use crate::{
    Cipher, args,
    bots::{
        self, WEBHOOK_SECRET,
        announce::announce,
        row::{self, COLUMNS, columns},
        webhook::Failed,
    },
    db::{Row, Tx},
    page::{Page, Request},
    search, wake,
};

macro_rules! number_columns {
    () => {
        concat!(
            columns!(),
            ", whatsapp_number.phone_number_id, whatsapp_number.waba_id, whatsapp_number.display_phone_number, \
             whatsapp_number.verified_name, whatsapp_number.quality_rating, COALESCE(daily_usage.used, 0)"
        )
    };
}

macro_rules! number_tables {
    ($day:literal) => {
        concat!(
            " FROM bot JOIN whatsapp_number ON whatsapp_number.bot_id = bot.id
            LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = ",
            $day,
            " "
        )
    };
}

crate::pages! {
    /// The numbers of a tenant, without those that were removed.
    NUMBERS = "numbers.list",
    select "bot.id, bot.tenant_id, bot.name, bot.bot_user_id, bot.username, bot.token_hint, bot.is_active, bot.daily_limit,
        bot.rate_limit, bot.receive_mode, bot.webhook_status, bot.webhook_error, bot.created_at, bot.updated_at,
        bot.platform, whatsapp_number.phone_number_id, whatsapp_number.waba_id, whatsapp_number.display_phone_number,
        whatsapp_number.verified_name, whatsapp_number.quality_rating, COALESCE(daily_usage.used, 0)",
    from concat!("bot JOIN whatsapp_number ON whatsapp_number.bot_id = bot.id
        LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $5
        WHERE bot.tenant_id = $4 AND bot.removed_at IS NULL AND bot.platform = 'WHATSAPP'
        AND (CAST($6 AS BOOLEAN) IS NULL OR bot.is_active = $6)",
        search::words_are_in!(("bot.name", "whatsapp_number.verified_name", "whatsapp_number.display_phone_number")
            7 8 9 10 11 12)),
    unique Id "bot.id",
    sorts { "created_at" => Unique, "updated_at" => Int("bot.updated_at") }
}

crate::statements! {
    hot GET = "numbers.get", concat!("SELECT ", number_columns!(), number_tables!("$1"),
        "WHERE bot.id = $2 AND bot.tenant_id = $3 AND bot.removed_at IS NULL");
    hot ALL = "numbers.all", concat!("SELECT ", number_columns!(), number_tables!("$1"),
        "WHERE bot.tenant_id = $2 AND bot.platform = 'WHATSAPP' AND bot.removed_at IS NULL ORDER BY bot.id");
    INSERT = "numbers.insert", "
        INSERT INTO whatsapp_number (bot_id, tenant_id, phone_number_id, waba_id, display_phone_number, verified_name,
            quality_rating, verify_token, verify_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    hot SECRET = "numbers.secret", "UPDATE bot SET webhook_secret = $1 WHERE id = $2";
    hot VERIFY = "numbers.verify", "UPDATE whatsapp_number SET verify_token = $1, verify_hash = $2 WHERE bot_id = $3";
    hot VERIFY_OF = "numbers.verify_of", "
        SELECT whatsapp_number.verify_token FROM whatsapp_number JOIN bot ON bot.id = whatsapp_number.bot_id
        WHERE whatsapp_number.bot_id = $1 AND bot.removed_at IS NULL";
    hot LOOK = "numbers.look", "
        UPDATE whatsapp_number SET display_phone_number = $1, verified_name = $2, quality_rating = $3 WHERE bot_id = $4";
    hot PHONE_NUMBER_ID = "numbers.phone_number_id", "SELECT phone_number_id FROM whatsapp_number WHERE bot_id = $1";
    hot BEGIN = "numbers.begin", "
        UPDATE bot SET doctor_at = $1
        WHERE id = $2 AND platform = 'WHATSAPP' AND removed_at IS NULL AND token IS NOT NULL
        RETURNING token, webhook_tries, tenant_id";
    hot ACCOUNT = "numbers.account",
        "SELECT verify_token, phone_number_id, waba_id FROM whatsapp_number WHERE bot_id = $1";
    hot CONFIRM = "numbers.confirm", "
        UPDATE bot SET webhook_status = 'REGISTERED', webhook_error = NULL, webhook_tries = 0, webhook_set_at = $1,
            token_revoked_at = NULL, doctor_at = $2, updated_at = $1
        WHERE id = $3 AND removed_at IS NULL";
    hot FAIL = "numbers.fail", "
        UPDATE bot SET webhook_status = 'FAILED', webhook_error = $1, webhook_tries = webhook_tries + 1, doctor_at = $2,
            token_revoked_at = CASE WHEN CAST($3 AS BOOLEAN) THEN COALESCE(token_revoked_at, $4) ELSE token_revoked_at END,
            updated_at = $4
        WHERE id = $5 AND removed_at IS NULL";
    hot BY_ACCOUNT = "numbers.by_account", "
        SELECT whatsapp_number.bot_id, whatsapp_number.phone_number_id FROM whatsapp_number
            JOIN bot ON bot.id = whatsapp_number.bot_id
        WHERE whatsapp_number.waba_id = $1 AND bot.removed_at IS NULL ORDER BY whatsapp_number.bot_id LIMIT 1000";
    hot BY_VERIFY = "numbers.by_verify_hash", "
        SELECT 1 FROM whatsapp_number JOIN bot ON bot.id = whatsapp_number.bot_id
        WHERE whatsapp_number.verify_hash = $1 AND bot.removed_at IS NULL LIMIT 1";
}

/// A number and what it has sent today.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberOverview {
    pub number: Number,
    pub sent_today: i64,
}

/// A number that is about to be registered.
#[derive(Debug, Clone)]
pub struct NewNumber {
    pub number: Number,
    pub sealed_token: Vec<u8>,
    pub sealed_app_secret: Vec<u8>,
    pub verify_token: SecretString,
}

/// An app's secret in the form in which a number's row keeps it.
pub fn seal_app_secret(cipher: &Cipher, ids: &dyn Ids, id: Id<Bot>, secret: &SecretString) -> Result<Vec<u8>> {
    cipher.seal(ids, WEBHOOK_SECRET, id, secret)
}

/// Registers a number with its lane; `false` when it is registered already, here or elsewhere.
pub fn insert(tx: &mut Tx, cipher: &Cipher, ids: &dyn Ids, new: &NewNumber) -> Result<bool> {
    let number = &new.number;
    let bot = bots::NewBot { bot: number.bot.clone(), sealed_token: new.sealed_token.clone() };
    if !bots::insert(tx, &bot)? {
        return Ok(false);
    }
    let id = number.bot.id;
    let args = args![
        id,
        number.bot.tenant,
        number.phone_number_id.as_str(),
        number.waba_id.as_str(),
        number.display_phone_number.as_str(),
        number.verified_name.as_str(),
        number.quality_rating.as_deref(),
        cipher.seal(ids, VERIFY_TOKEN, id, &new.verify_token)?,
        hash(&new.verify_token),
    ];
    tx.execute(INSERT, &args)?;
    tx.execute(SECRET, &args![&new.sealed_app_secret, id])?;
    Ok(true)
}

/// A number of the scope's tenant that is not removed.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Bot>, now: Timestamp) -> Result<Option<NumberOverview>> {
    tx.query_opt(GET, &args![now.day_start(), id, scope.tenant()], read)
}

/// All numbers of the tenant, oldest first: for the command line.
pub fn all(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Vec<NumberOverview>> {
    tx.query(ALL, &args![now.day_start(), scope.tenant()], read)
}

/// Which numbers of a tenant are wanted; `None` means all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub is_active: Option<bool>,
    /// Words of the names or parts of the number, in any case.
    pub search: Option<String>,
}

/// One page of the tenant's numbers.
pub fn list(
    tx: &mut Tx,
    scope: &Scope,
    wanted: &Wanted,
    now: Timestamp,
    request: &Request,
) -> Result<Page<NumberOverview>> {
    let filters = args![scope.tenant(), now.day_start(), wanted.is_active];
    NUMBERS.page(tx, request, &search::with_words(&filters, wanted.search.as_deref()), read)
}

/// Puts other secrets in place.
pub fn replace_secrets(
    tx: &mut Tx,
    cipher: &Cipher,
    ids: &dyn Ids,
    id: Id<Bot>,
    (app_secret, verify): (Option<&SecretString>, Option<&SecretString>),
) -> Result<()> {
    if let Some(secret) = app_secret {
        tx.execute(SECRET, &args![cipher.seal(ids, WEBHOOK_SECRET, id, secret)?, id])?;
    }
    if let Some(token) = verify {
        tx.execute(VERIFY, &args![cipher.seal(ids, VERIFY_TOKEN, id, token)?, hash(token), id])?;
    }
    tx.notify(wake::BOT, &id.to_string())
}

/// What Meta is shown to prove that the callback is ours.
pub fn verify_token(tx: &mut Tx, cipher: &Cipher, id: Id<Bot>) -> Result<Option<SecretString>> {
    let sealed = tx.query_opt(VERIFY_OF, &args![id], |row| row.get::<Vec<u8>>(0))?;
    sealed.map(|sealed| cipher.open(VERIFY_TOKEN, id, &sealed)).transpose()
}

/// Meta's id of a number, also of one that was removed.
pub fn phone_number_id(tx: &mut Tx, id: Id<Bot>) -> Result<Option<String>> {
    tx.query_opt(PHONE_NUMBER_ID, &args![id], |row| row.get(0))
}

/// Whether some number has this verify token.
pub fn by_verify_token(tx: &mut Tx, token: &SecretString) -> Result<bool> {
    Ok(tx.query_opt(BY_VERIFY, &args![hash(token)], |_| Ok(()))?.is_some())
}

/// The numbers of an account, each with Meta's id of it.
pub fn by_account(tx: &mut Tx, waba_id: &str) -> Result<Vec<(Id<Bot>, String)>> {
    tx.query(BY_ACCOUNT, &args![waba_id], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What Meta says of a number now.
pub fn look(
    tx: &mut Tx,
    id: Id<Bot>,
    (display, name, quality): (&str, &str, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    tx.execute(LOOK, &args![display, name, quality, id])?;
    announce(tx, id, now)
}

/// What is needed to set up a number's webhook.
#[derive(Debug)]
pub struct SetUp {
    pub tenant: Id<Tenant>,
    pub token: SecretString,
    pub verify_token: SecretString,
    /// Settings that failed since the last good one.
    pub tries: i64,
    pub phone_number_id: String,
    pub waba_id: String,
}

/// Takes what a setting needs; the doctor leaves the number alone meanwhile. `None`: it is gone.
pub fn set_up(tx: &mut Tx, cipher: &Cipher, id: Id<Bot>, now: Timestamp) -> Result<Option<SetUp>> {
    let begun = tx.query_opt(BEGIN, &args![now + WEBHOOK_GRACE_MS, id], |row| {
        Ok((row.get::<Vec<u8>>(0)?, row.get(1)?, row.get(2)?))
    })?;
    let Some((token, tries, tenant)) = begun else { return Ok(None) };
    let (verify_token, phone_number_id, waba_id) =
        tx.query_one(ACCOUNT, &args![id], |row| Ok((row.get::<Vec<u8>>(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Some(SetUp {
        tenant,
        token: cipher.open(bots::TOKEN, id, &token)?,
        verify_token: cipher.open(VERIFY_TOKEN, id, &verify_token)?,
        tries,
        phone_number_id,
        waba_id,
    }))
}

/// Notes that Meta took the setting.
pub fn confirm(tx: &mut Tx, id: Id<Bot>, now: Timestamp, check_at: Timestamp) -> Result<()> {
    tx.execute(CONFIRM, &args![now, check_at, id])?;
    tx.notify(wake::BOT, &id.to_string())?;
    announce(tx, id, now)
}

/// Notes that a setting failed.
pub fn fail(tx: &mut Tx, id: Id<Bot>, failed: &Failed, now: Timestamp) -> Result<()> {
    let words = failed.words.replace('\0', "\u{fffd}");
    tx.execute(FAIL, &args![words, failed.retry_at, failed.is_token_revoked, now, id])?;
    tx.notify(wake::BOT, &id.to_string())?;
    announce(tx, id, now)
}

fn hash(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret()).into()
}

fn read(row: &Row<'_>) -> Result<NumberOverview> {
    let number = Number {
        bot: row::read(row)?,
        phone_number_id: row.get(COLUMNS)?,
        waba_id: row.get(COLUMNS + 1)?,
        display_phone_number: row.get(COLUMNS + 2)?,
        verified_name: row.get(COLUMNS + 3)?,
        quality_rating: row.get(COLUMNS + 4)?,
    };
    Ok(NumberOverview { number, sent_today: row.get(COLUMNS + 5)? })
}
