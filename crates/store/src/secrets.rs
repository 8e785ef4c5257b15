//! Every secret that is encrypted at rest, wherever it stands: looked at for the doctor, and encrypted anew when the keys
//! of the installation rotate. Batch by batch, beside a server that works.

use model::{Id, Ids, Mail, Result, Tenant, User, bot::Bot, webhook::Endpoint};

use crate::{
    Cipher, args,
    bots::{TOKEN, WEBHOOK_SECRET},
    db::{Sql, Tx},
    idempotency::{self, Key},
    mails, second_steps, webhooks,
    whatsapp::VERIFY_TOKEN,
};

crate::statements! {
    hot BOTS = "secrets.bots", "
        SELECT bot.id, bot.username, bot.token, bot.webhook_secret, bot.webhook_secret_new, whatsapp_number.verify_token
        FROM bot LEFT JOIN whatsapp_number ON whatsapp_number.bot_id = bot.id
        WHERE bot.id > $1 ORDER BY bot.id LIMIT $2";
    hot SET_VERIFY_TOKEN = "secrets.set_verify_token", "
        UPDATE whatsapp_number SET verify_token = $1 WHERE bot_id = $2 AND verify_token = $3";
    hot SET_TOKEN = "secrets.set_token", "UPDATE bot SET token = $1 WHERE id = $2 AND token = $3";
    hot SET_SECRET = "secrets.set_webhook_secret", "
        UPDATE bot SET webhook_secret = $1 WHERE id = $2 AND webhook_secret = $3";
    hot SET_SECRET_NEW = "secrets.set_webhook_secret_new", "
        UPDATE bot SET webhook_secret_new = $1 WHERE id = $2 AND webhook_secret_new = $3";
    hot ANSWERS = "secrets.kept_answers", "SELECT tenant_id, key, body FROM idempotency
        WHERE (tenant_id, key) > ($1, $2) AND body IS NOT NULL ORDER BY tenant_id, key LIMIT $3";
    hot STEPS = "secrets.second_steps", "SELECT user_id, secret FROM second_step
        WHERE user_id > $1 ORDER BY user_id LIMIT $2";
    hot SET_STEP = "secrets.set_second_step", "UPDATE second_step SET secret = $1 WHERE user_id = $2 AND secret = $3";
    hot ENDPOINTS = "secrets.webhook_endpoints", "SELECT id, secret, old_secret FROM webhook_endpoint
        WHERE id > $1 ORDER BY id LIMIT $2";
    hot SET_ENDPOINT = "secrets.set_endpoint_secret", "
        UPDATE webhook_endpoint SET secret = $1 WHERE id = $2 AND secret = $3";
    hot SET_ENDPOINT_OLD = "secrets.set_endpoint_old_secret", "
        UPDATE webhook_endpoint SET old_secret = $1 WHERE id = $2 AND old_secret = $3";
    hot MAILS = "secrets.mails", "SELECT id, text FROM mail WHERE id > $1 ORDER BY id LIMIT $2";
    hot SET_MAIL = "secrets.set_mail", "UPDATE mail SET text = $1 WHERE id = $2 AND text = $3";
    hot SET_ANSWER = "secrets.set_kept_answer", "
        UPDATE idempotency SET body = $1 WHERE tenant_id = $2 AND key = $3 AND body = $4";
}

/// What is done with the secrets that are found under another key than the first.
#[derive(Debug, Clone, Copy)]
pub enum Work<'a> {
    Count,
    /// Encrypted anew. A value that somebody else changes meanwhile is left to them: they write under the first key.
    Renew(&'a dyn Ids),
}

/// Where the next batch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Bots(Id<Bot>),
    SecondSteps(Id<User>),
    Endpoints(Id<Endpoint>),
    Mails(Id<Mail>),
    Answers(Id<Tenant>, String),
}

impl Place {
    pub const START: Self = Place::Bots(Id::from_bytes([0; 16]));
}

/// What was found, of one batch or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub secrets: i64,
    /// Under another key than the first.
    pub outdated: i64,
    pub renewed: i64,
    /// Under a key that is not there, or damaged.
    pub unreadable: i64,
    /// Usernames of the bots among these.
    pub unreadable_bots: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.secrets += other.secrets;
        self.outdated += other.outdated;
        self.renewed += other.renewed;
        self.unreadable += other.unreadable;
        self.unreadable_bots.extend(other.unreadable_bots);
    }
}

/// Works on the batch of at most `limit` rows that begins at `from`; tells where the next one begins.
pub fn batch(tx: &mut Tx, cipher: &Cipher, work: Work<'_>, from: &Place, limit: i64) -> Result<(Tally, Option<Place>)> {
    let mut batch = Batch { cipher, work, tally: Tally::default() };
    let next = match from {
        Place::Bots(after) => batch.bots(tx, *after, limit)?,
        Place::SecondSteps(after) => batch.second_steps(tx, *after, limit)?,
        Place::Endpoints(after) => batch.endpoints(tx, *after, limit)?,
        Place::Mails(after) => batch.mails(tx, *after, limit)?,
        Place::Answers(tenant, key) => batch.answers(tx, *tenant, key, limit)?,
    };
    Ok((batch.tally, next))
}

struct Batch<'a> {
    cipher: &'a Cipher,
    work: Work<'a>,
    tally: Tally,
}

/// What becomes of one secret.
enum Judged {
    Good,
    Unreadable,
    /// It is to stand there in this form.
    Renewed(Vec<u8>),
}

impl Batch<'_> {
    fn bots(&mut self, tx: &mut Tx, after: Id<Bot>, limit: i64) -> Result<Option<Place>> {
        let rows = tx.query(BOTS, &args![after, limit], |row| {
            let sealed: [Option<Vec<u8>>; 4] = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            Ok((row.get::<Id<Bot>>(0)?, row.get::<String>(1)?, sealed))
        })?;
        for (id, username, sealed) in &rows {
            let kinds = [
                (TOKEN, SET_TOKEN),
                (WEBHOOK_SECRET, SET_SECRET),
                (WEBHOOK_SECRET, SET_SECRET_NEW),
                (VERIFY_TOKEN, SET_VERIFY_TOKEN),
            ];
            let mut is_readable = true;
            for ((context, set), sealed) in kinds.into_iter().zip(sealed) {
                let Some(sealed) = sealed else { continue };
                match self.judge(context, *id, sealed)? {
                    Judged::Good => {}
                    Judged::Unreadable => is_readable = false,
                    Judged::Renewed(new) => self.renew(tx, set, &args![new, id, sealed])?,
                }
            }
            if !is_readable {
                self.tally.unreadable_bots.push(username.clone());
            }
        }
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < limit);
        let last = rows.last().filter(|_| !is_last).map(|(id, ..)| Place::Bots(*id));
        Ok(Some(last.unwrap_or(Place::SecondSteps(Id::from_bytes([0; 16])))))
    }

    fn second_steps(&mut self, tx: &mut Tx, after: Id<User>, limit: i64) -> Result<Option<Place>> {
        let rows =
            tx.query(STEPS, &args![after, limit], |row| Ok((row.get::<Id<User>>(0)?, row.get::<Vec<u8>>(1)?)))?;
        for (user, sealed) in &rows {
            if let Judged::Renewed(new) = self.judge(second_steps::PLACE, *user, sealed)? {
                self.renew(tx, SET_STEP, &args![new, user, sealed])?;
            }
        }
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < limit);
        let last = rows.last().filter(|_| !is_last).map(|(user, _)| Place::SecondSteps(*user));
        Ok(Some(last.unwrap_or(Place::Endpoints(Id::from_bytes([0; 16])))))
    }

    fn endpoints(&mut self, tx: &mut Tx, after: Id<Endpoint>, limit: i64) -> Result<Option<Place>> {
        let rows = tx.query(ENDPOINTS, &args![after, limit], |row| {
            let sealed: [Option<Vec<u8>>; 2] = [row.get(1)?, row.get(2)?];
            Ok((row.get::<Id<Endpoint>>(0)?, sealed))
        })?;
        for (id, sealed) in &rows {
            for (set, sealed) in [SET_ENDPOINT, SET_ENDPOINT_OLD].into_iter().zip(sealed) {
                let Some(sealed) = sealed else { continue };
                if let Judged::Renewed(new) = self.judge(webhooks::SECRET, *id, sealed)? {
                    self.renew(tx, set, &args![new, id, sealed])?;
                }
            }
        }
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < limit);
        let last = rows.last().filter(|_| !is_last).map(|(id, _)| Place::Endpoints(*id));
        Ok(Some(last.unwrap_or(Place::Mails(Id::from_bytes([0; 16])))))
    }

    fn mails(&mut self, tx: &mut Tx, after: Id<Mail>, limit: i64) -> Result<Option<Place>> {
        let rows =
            tx.query(MAILS, &args![after, limit], |row| Ok((row.get::<Id<Mail>>(0)?, row.get::<Vec<u8>>(1)?)))?;
        for (id, sealed) in &rows {
            if let Judged::Renewed(new) = self.judge(mails::TEXT, *id, sealed)? {
                self.renew(tx, SET_MAIL, &args![new, id, sealed])?;
            }
        }
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < limit);
        let last = rows.last().filter(|_| !is_last).map(|(id, _)| Place::Mails(*id));
        Ok(Some(last.unwrap_or(Place::Answers(Id::from_bytes([0; 16]), String::new()))))
    }

    fn answers(&mut self, tx: &mut Tx, tenant: Id<Tenant>, key: &str, limit: i64) -> Result<Option<Place>> {
        let rows = tx.query(ANSWERS, &args![tenant, key, limit], |row| {
            Ok((Key { tenant: row.get(0)?, key: row.get(1)? }, row.get::<Vec<u8>>(2)?))
        })?;
        for (key, sealed) in &rows {
            if let Judged::Renewed(new) = self.judge(&idempotency::place(key), key.tenant, sealed)? {
                self.renew(tx, SET_ANSWER, &args![new, key.tenant, &key.key, sealed])?;
            }
        }
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < limit);
        Ok(rows.into_iter().last().filter(|_| !is_last).map(|(key, _)| Place::Answers(key.tenant, key.key)))
    }

    fn judge<T>(&mut self, context: &str, id: Id<T>, sealed: &[u8]) -> Result<Judged> {
        self.tally.secrets += 1;
        let Ok(secret) = self.cipher.open(context, id, sealed) else {
            self.tally.unreadable += 1;
            return Ok(Judged::Unreadable);
        };
        if !self.cipher.is_outdated(sealed) {
            return Ok(Judged::Good);
        }
        self.tally.outdated += 1;
        match self.work {
            Work::Count => Ok(Judged::Good),
            Work::Renew(ids) => Ok(Judged::Renewed(self.cipher.seal(ids, context, id, &secret)?)),
        }
    }

    fn renew(&mut self, tx: &mut Tx, set: Sql, args: &[crate::db::Arg]) -> Result<()> {
        self.tally.renewed += i64::try_from(tx.execute(set, args)?).unwrap_or(0);
        Ok(())
    }
}
