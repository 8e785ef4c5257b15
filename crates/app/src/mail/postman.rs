//! Brings letters out. Every node has a postman; leases share the work.

use model::{Result, Timestamp};
use store::{
    mails::{self, MailRow},
    wake,
};
use tokio::select;
use tokio_util::sync::CancellationToken;
use transport::{Letter, Mailer, NotSent};

use crate::App;

/// Letters that are taken at once, one after another.
const BATCH_MAX: i64 = 10;
/// How long others leave letters alone that somebody took; longer than a batch lasts.
const LEASE_MS: i64 = 15 * 60_000;
/// How often to look when nobody says that there is a letter.
const LOOK_MS: i64 = 30_000;
/// Until the second try; then doubling.
const WAIT_MS: i64 = 30_000;
const WAIT_MS_MAX: i64 = 60 * 60_000;

/// Brings out the letters of this installation.
#[derive(Debug, Clone)]
pub struct Postman {
    app: App,
    mailer: Mailer,
}

impl Postman {
    /// `None` without a mail server.
    pub fn of(app: &App) -> Option<Self> {
        Some(Self { app: app.clone(), mailer: app.mailer.clone()? })
    }

    /// Works until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        // Asked to be woken before looking: a letter between the two would otherwise wait for the next look.
        let mut owed = self.app.db.listen(wake::MAIL);
        while !stop.is_cancelled() {
            if let Err(error) = self.run_once().await {
                tracing::error!(error = ?error, "Mail could not be brought out now; it is tried again.");
            }
            let look_at = self.app.clock.now() + LOOK_MS;
            let next = self.app.db.read(mails::next_due).await.ok().flatten();
            select! {
                () = stop.cancelled() => {}
                _ = owed.recv() => {}
                () = self.app.clock.sleep_until(next.map_or(look_at, |next| next.min(look_at))) => {}
            }
        }
    }

    /// Brings out what is due.
    pub async fn run_once(&self) -> Result<()> {
        loop {
            let now = self.app.clock.now();
            let taken = self.app.db.write(move |tx| mails::claim(tx, now, now + LEASE_MS, BATCH_MAX)).await?;
            if taken.is_empty() {
                return Ok(());
            }
            for mail in taken {
                self.bring(mail).await?;
            }
        }
    }

    async fn bring(&self, mail: MailRow) -> Result<()> {
        let now = self.app.clock.now();
        let outcome = if mail.expires_at > now { self.hand_over(&mail, now).await } else { Err(given_up("too late")) };
        match outcome {
            Ok(()) => self.app.db.write(move |tx| mails::remove(tx, mail.id)).await,
            Err(NotSent { words, is_final: true }) => {
                tracing::error!(mail.id = %mail.id, reason = words, "A letter is given up.");
                self.app.db.write(move |tx| mails::remove(tx, mail.id)).await
            }
            Err(NotSent { words, is_final: false }) => {
                let at = self.app.clock.now() + wait_ms(mail.attempts);
                tracing::warn!(mail.id = %mail.id, reason = words, "A letter was not taken; it is tried again.");
                self.app.db.write(move |tx| mails::put_off(tx, &mail, at)).await
            }
        }
    }

    async fn hand_over(&self, mail: &MailRow, at: Timestamp) -> Result<(), NotSent> {
        let text = mails::open_text(&self.app.cipher, mail).map_err(|error| given_up(error.message()))?;
        let letter = Letter { id: mail.id, at, to: &mail.recipient, subject: &mail.subject, text: &text };
        self.mailer.send(&letter).await
    }
}

fn given_up(words: &str) -> NotSent {
    NotSent { words: words.to_owned(), is_final: true }
}

fn wait_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    (WAIT_MS << doublings).min(WAIT_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_at_an_hour() {
        assert_eq!([1, 2, 3, 8, 99].map(wait_ms), [30_000, 60_000, 120_000, 3_600_000, 3_600_000]);
    }
}
