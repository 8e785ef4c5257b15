//! Letters by SMTP, over the server that the operator names.

use std::{
    fmt,
    time::{Duration, UNIX_EPOCH},
};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::extension::ClientId,
};
use model::{Id, Mail, Timestamp};
use secrecy::{ExposeSecret, SecretString};

/// For one command and its answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A way out for letters.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A letter in plain text.
#[derive(Debug)]
pub struct Letter<'a> {
    /// Stays the same when it is tried again.
    pub id: Id<Mail>,
    pub at: Timestamp,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a SecretString,
}

/// Why a letter did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    pub words: String,
    /// Trying again would change nothing.
    pub is_final: bool,
}

/// What is wrong with the operator's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongMail {
    Url(String),
    From(String),
}

impl Mailer {
    /// `url` is `smtps://user:password@host`, `smtp://host?tls=required` for STARTTLS, or `smtp://host` without TLS.
    /// `from` is an address, or `Name <address>`.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, WrongMail> {
        let from: Mailbox =
            from.parse().map_err(|e| WrongMail::From(format!("is no mail address such as help@example.org: {e}")))?;
        let name = ClientId::Domain(from.email.domain().to_owned());
        // What the parser says may hold the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret()).map_err(|_| {
            WrongMail::Url("must be like smtps://user:password@mail.example.org, or smtp://…?tls=required".to_owned())
        })?;
        Ok(Self { transport: builder.hello_name(name).timeout(Some(PATIENCE)).build(), from })
    }

    /// Hands a letter to the server.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), NotSent> {
        let message = self.message(letter).map_err(|words| NotSent { words, is_final: true })?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|e| NotSent { words: e.to_string(), is_final: e.is_permanent() })
    }

    /// Whether the server can be reached and lets us in.
    pub async fn check(&self) -> Result<(), NotSent> {
        let failed = |words: String| NotSent { words, is_final: false };
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(failed("the server ended the connection".to_owned())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    fn message(&self, letter: &Letter<'_>) -> Result<Message, String> {
        let to: Address = letter.to.parse().map_err(|e| format!("the address can't be written to: {e}"))?;
        let at = Duration::from_millis(letter.at.as_ms().max(0).unsigned_abs());
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .date(UNIX_EPOCH + at)
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.expose_secret().to_owned())
            .map_err(|e| e.to_string())
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from.email.to_string()).finish_non_exhaustive()
    }
}
