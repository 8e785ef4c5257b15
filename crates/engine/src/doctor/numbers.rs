//! One look at one WhatsApp number: whether its deliveries come here, and what Meta says of it.

use std::time::Duration;

use channels::whatsapp::{errors::Judgement, management, outgoing::Request};
use channels::wire::Reply;
use model::{
    Result,
    bot::{NUMBER_CHECK_MS, WebhookStatus, webhook_wait_ms},
};
use secrecy::{ExposeSecret, SecretString};
use store::{
    bots::{
        doctor::{self, Patient},
        webhook::Failed,
    },
    whatsapp::{self, SetUp},
};
use transport::Asked;

use super::visit::Visit;

const PATIENCE: Duration = Duration::from_secs(15);

impl Visit {
    pub(super) async fn look_at_number(&self, patient: &Patient, token: &SecretString) -> Result<()> {
        if patient.is_removed {
            return self.leave(patient, token).await;
        }
        let (id, cipher, now) = (self.id, self.doctor.cipher.clone(), self.doctor.clock.now());
        let set_up = self.doctor.db.write(move |tx| whatsapp::set_up(tx, &cipher, id, now)).await?;
        let Some(set_up) = set_up else { return Ok(()) };
        if patient.status == WebhookStatus::Registered && self.is_well(&set_up).await? {
            return Ok(());
        }
        let asked = self.set_up(&set_up).await;
        self.note_set_up(&asked, set_up.tries).await
    }

    /// Notes what Meta says; `false`: deliveries go elsewhere.
    async fn is_well(&self, set_up: &SetUp) -> Result<bool> {
        let asked = self.ask_graph(&set_up.token, management::number(&set_up.phone_number_id), management::number_info);
        let (id, now) = (self.id, self.doctor.clock.now());
        let info = match asked.await {
            Asked::Ok(info) => info,
            other => {
                self.note_set_up(&other.map(drop), set_up.tries).await?;
                return Ok(true);
            }
        };
        let is_ours = info.own_webhook.as_deref() == Some(self.number_url().as_str());
        self.doctor
            .db
            .write(move |tx| {
                let said =
                    (info.display_phone_number.as_str(), info.verified_name.as_str(), info.quality_rating.as_deref());
                whatsapp::look(tx, id, said, now)?;
                if is_ours { doctor::looked(tx, id, None, 0, (now, now + NUMBER_CHECK_MS)) } else { Ok(()) }
            })
            .await?;
        Ok(is_ours)
    }

    async fn set_up(&self, set_up: &SetUp) -> Asked<()> {
        let subscribed = self.ask_graph(&set_up.token, management::subscribe(&set_up.waba_id), management::done).await;
        if !matches!(subscribed, Asked::Ok(())) {
            return subscribed;
        }
        let token = set_up.verify_token.expose_secret();
        let request = management::set_webhook(&set_up.phone_number_id, &self.number_url(), token);
        self.ask_graph(&set_up.token, request, management::done).await
    }

    async fn note_set_up(&self, asked: &Asked<()>, tries: i64) -> Result<()> {
        let (id, now) = (self.id, self.doctor.clock.now());
        let is_token_revoked = asked.is_token_refused();
        let asked_ms = match asked {
            Asked::RetryAfter { after_ms } => Some(*after_ms),
            _ => None,
        };
        let retry_at = now + webhook_wait_ms(tries + 1, asked_ms, is_token_revoked);
        let failed = asked.complaint_of("Meta").map(|words| Failed { words, retry_at, is_token_revoked });
        self.doctor
            .db
            .write(move |tx| match &failed {
                None => whatsapp::confirm(tx, id, now, now + NUMBER_CHECK_MS),
                Some(failed) => whatsapp::fail(tx, id, failed, now),
            })
            .await?;
        self.doctor.hooks.forget(id);
        Ok(())
    }

    /// A removed number's deliveries go to the application's address again.
    async fn leave(&self, patient: &Patient, token: &SecretString) -> Result<()> {
        let (id, now) = (self.id, self.doctor.clock.now());
        let known = self.doctor.db.read(move |tx| whatsapp::phone_number_id(tx, id)).await?.unwrap_or_default();
        let asked = self.ask_graph(token, management::set_webhook(&known, "", ""), management::done).await;
        let complaint = match &asked {
            // It is not ours any more, or Meta has it no more.
            Asked::Refused { .. } => None,
            other => other.complaint_of("Meta"),
        };
        let retry_at = now + webhook_wait_ms(patient.tries + 1, None, false);
        self.doctor
            .db
            .write(move |tx| match &complaint {
                None => doctor::forget(tx, id, now),
                Some(words) => doctor::removal_failed(tx, id, words, retry_at),
            })
            .await
    }

    async fn ask_graph<T>(
        &self,
        token: &SecretString,
        request: Request,
        read: impl FnOnce(&Reply<'_>) -> Judgement<T>,
    ) -> Asked<T> {
        self.doctor.graph_api.ask(token, &request, PATIENCE, read).await
    }

    fn number_url(&self) -> String {
        format!("{}/whatsapp/v1/webhooks/{}/", self.doctor.base_url, self.id)
    }
}
