//! One look at one bot: the calls that it takes, each in its turn, and what is noted after them.

use std::time::Duration;

use channels::telegram::{
    errors::{self, WebhookInfo},
    outgoing::management::{self, Webhook},
};
use model::{
    Id, Platform, Result,
    bot::{Bot, WEBHOOK_CHECK_MS, WebhookStatus, webhook_wait_ms},
};
use secrecy::{ExposeSecret, SecretString};
use store::bots::{
    doctor::{self, Patient},
    webhook::{self, Failed, Secret},
};
use transport::Asked;

use super::{
    Doctor,
    finding::{self, Finding},
    names::Names,
    pace::Pace,
};

/// For one call: well below the time for which a bot is claimed.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) struct Visit {
    pub(super) doctor: Doctor,
    pub(super) id: Id<Bot>,
    pace: Pace,
    names: Names,
}

impl Visit {
    pub(super) fn new(doctor: Doctor, id: Id<Bot>, pace: Pace, names: Names) -> Self {
        Self { doctor, id, pace, names }
    }

    /// Its first call's turn was taken by whoever decided to make it.
    pub(super) async fn make(self) {
        if let Err(error) = self.look().await {
            tracing::warn!(error = ?error, bot.id = %self.id, "A look at a webhook could not be noted; it comes again.");
        }
    }

    async fn look(&self) -> Result<()> {
        let (id, now) = (self.id, self.doctor.clock.now());
        let Some(patient) = self.doctor.db.write(move |tx| doctor::claim(tx, id, now)).await? else {
            return Ok(());
        };
        let token = patient.token(&self.doctor.cipher)?;
        if patient.platform == Platform::Whatsapp {
            return self.look_at_number(&patient, &token).await;
        }
        match patient.status {
            _ if patient.is_removed => self.remove(&patient, &token).await,
            WebhookStatus::Registered => self.check(&patient, &token).await,
            WebhookStatus::Pending | WebhookStatus::Failed | WebhookStatus::None => {
                self.set(Secret::Keep).await.map(drop)
            }
        }
    }

    async fn remove(&self, patient: &Patient, token: &SecretString) -> Result<()> {
        let request = management::delete_webhook();
        let asked = self.doctor.bot_api.ask(token, &request, PATIENCE, errors::done).await;
        let (id, now) = (self.id, self.doctor.clock.now());
        // A token that Telegram refuses has no webhook any more.
        let complaint = if asked.is_token_refused() { None } else { asked.complaint() };
        let retry_at = now + webhook_wait_ms(patient.tries + 1, asked_to_wait_ms(&asked), false);
        self.doctor
            .db
            .write(move |tx| match &complaint {
                None => doctor::forget(tx, id, now),
                Some(words) => doctor::removal_failed(tx, id, words, retry_at),
            })
            .await
    }

    /// Sets the webhook; its token when that was good.
    async fn set(&self, secret: Secret) -> Result<Option<SecretString>> {
        let doctor = &self.doctor;
        let (id, cipher, ids, now) = (self.id, doctor.cipher.clone(), doctor.ids.clone(), doctor.clock.now());
        let setting = doctor.db.write(move |tx| webhook::begin(tx, &cipher, &*ids, id, secret, now)).await?;
        doctor.hooks.forget(id);
        let Some(setting) = setting else { return Ok(None) };
        let wanted = Webhook {
            url: &self.url(),
            secret_token: setting.secret.expose_secret(),
            max_connections: None,
            drop_pending_updates: false,
        };
        let request = management::set_webhook(&wanted);
        let asked = doctor.bot_api.ask(&setting.token, &request, PATIENCE, errors::done).await;
        self.note_setting(&asked, setting.tries).await?;
        Ok(matches!(asked, Asked::Ok(())).then_some(setting.token))
    }

    async fn note_setting(&self, asked: &Asked<()>, tries: i64) -> Result<()> {
        let (id, now) = (self.id, self.doctor.clock.now());
        let is_token_revoked = asked.is_token_refused();
        let retry_at = now + webhook_wait_ms(tries + 1, asked_to_wait_ms(asked), is_token_revoked);
        let failed = asked.complaint().map(|words| Failed { words, retry_at, is_token_revoked });
        match &failed {
            None => tracing::info!(bot.id = %id, "The webhook doctor set a webhook."),
            Some(failed) => tracing::warn!(bot.id = %id, reason = failed.words, "A webhook could not be set."),
        }
        self.doctor
            .db
            .write(move |tx| match &failed {
                None => webhook::confirm(tx, id, now, now + WEBHOOK_CHECK_MS),
                Some(failed) => webhook::fail(tx, id, failed, now),
            })
            .await?;
        self.doctor.hooks.forget(id);
        Ok(())
    }

    async fn check(&self, patient: &Patient, token: &SecretString) -> Result<()> {
        let asked = self.ask_info(token).await;
        let Asked::Ok(info) = &asked else { return self.note_silence(patient, &asked).await };
        let misses_kinds = !self.names.missing(info).is_empty();
        let now = self.doctor.clock.now();
        match finding::judge(info, &self.url(), misses_kinds, patient.set_at, now) {
            Finding::Healthy => self.note(patient, None).await,
            Finding::Trouble(words) => self.note(patient, Some(words)).await,
            Finding::Drifted => self.repair(Secret::Keep, misses_kinds).await,
            Finding::SecretLost => self.repair(Secret::Renew, false).await,
        }
    }

    /// Sets a webhook that was set before. What it misses even then, the server doesn't know.
    async fn repair(&self, secret: Secret, misses_kinds: bool) -> Result<()> {
        self.pace.turn().await;
        let Some(token) = self.set(secret).await? else { return Ok(()) };
        if misses_kinds {
            self.pace.turn().await;
            if let Asked::Ok(info) = self.ask_info(&token).await
                && info.url == self.url()
            {
                self.names.learn(&info);
            }
        }
        Ok(())
    }

    async fn ask_info(&self, token: &SecretString) -> Asked<WebhookInfo> {
        self.doctor.bot_api.ask(token, &management::get_webhook_info(), PATIENCE, errors::webhook_info).await
    }

    async fn note(&self, patient: &Patient, trouble: Option<String>) -> Result<()> {
        let (id, now) = (self.id, self.doctor.clock.now());
        if trouble.is_some() && trouble != patient.error {
            tracing::warn!(bot.id = %id, reason = trouble, "Telegram has trouble to deliver to a webhook.");
        }
        self.doctor
            .db
            .write(move |tx| doctor::looked(tx, id, trouble.as_deref(), 0, (now, now + WEBHOOK_CHECK_MS)))
            .await
    }

    /// Telegram did not say how the webhook is.
    async fn note_silence(&self, patient: &Patient, asked: &Asked<WebhookInfo>) -> Result<()> {
        let (id, tries, now) = (self.id, patient.tries + 1, self.doctor.clock.now());
        let is_token_revoked = asked.is_token_refused();
        let retry_at = now + webhook_wait_ms(tries, asked_to_wait_ms(asked), is_token_revoked);
        let words = asked.complaint().unwrap_or_default();
        self.doctor
            .db
            .write(move |tx| {
                if is_token_revoked {
                    let failed = Failed { words: words.clone(), retry_at, is_token_revoked };
                    return webhook::fail(tx, id, &failed, now);
                }
                doctor::looked(tx, id, Some(&words), tries, (now, retry_at))
            })
            .await
    }

    fn url(&self) -> String {
        format!("{}/telegram/v1/webhooks/{}/", self.doctor.base_url, self.id)
    }
}

fn asked_to_wait_ms<T>(asked: &Asked<T>) -> Option<i64> {
    match asked {
        Asked::RetryAfter { after_ms } => Some(*after_ms),
        _ => None,
    }
}
