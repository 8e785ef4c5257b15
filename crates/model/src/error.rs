//! The one error of the house. A [`ErrorKind`] is closed; `message` may be shown to a client, `context` only to the log.

use std::{collections::BTreeMap, error, fmt};

/// Sentences about input fields, by field name.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in kinds that callers can act on. Status codes are decided in `api` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Malformed or invalid input.
    Invalid,
    /// No or a bad token.
    Unauthenticated,
    /// The caller's role or key does not allow it.
    Forbidden,
    /// There is no such thing, or it is another tenant's.
    NotFound,
    /// The thing's state forbids it.
    Conflict,
    /// The body, file or list is too large.
    TooLarge,
    /// The content type is not understood.
    UnsupportedMedia,
    /// The same Idempotency-Key came with another body.
    IdempotencyMismatch,
    /// A limit was reached; `retry_after_ms` says when to come again.
    RateLimited,
    /// A provider answered wrongly.
    UpstreamBad,
    /// A provider did not answer in time.
    UpstreamTimeout,
    /// The database or another part of ours is not available now; trying again helps.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// An error with a stable `code` (snake_case, for programs), a `message` (for people) and a `context` (for the log only).
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    fields: FieldErrors,
    retry_after_ms: Option<i64>,
    context: Option<String>,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        let fields = FieldErrors::new();
        Self(Box::new(Inner {
            kind,
            code,
            message: message.into(),
            fields,
            retry_after_ms: None,
            context: None,
            source: None,
        }))
    }

    /// Invalid input that belongs to no single field.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, "invalid_input", message)
    }

    /// Invalid input in one field.
    pub fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid("Some fields are invalid.").with_field(name, message)
    }

    /// Invalid input in several fields; `None` when there is no complaint.
    pub fn fields(fields: FieldErrors) -> Option<Self> {
        if fields.is_empty() {
            return None;
        }
        let mut error = Self::invalid("Some fields are invalid.");
        error.0.fields = fields;
        Some(error)
    }

    pub fn not_found(noun: &str) -> Self {
        Self::new(ErrorKind::NotFound, "not_found", format!("No such {noun}."))
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, code, message)
    }

    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unauthenticated, "unauthenticated", message)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, "forbidden", message)
    }

    /// Our own trouble that passes: the client may try again.
    pub fn unavailable(context: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Unavailable,
            "unavailable",
            "The service is busy or its database is away. Try again shortly.",
        )
        .with_retry_after(1_000)
        .with_context(context)
    }

    /// A fault of ours; the context goes to the log only.
    pub fn internal(context: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Internal,
            "internal",
            "Something went wrong on our side. The request id helps us to find it.",
        )
        .with_context(context)
    }

    pub fn with_field(mut self, name: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.fields.entry(name.into()).or_default().push(message.into());
        self
    }

    pub fn with_code(mut self, code: &'static str) -> Self {
        self.0.code = code;
        self
    }

    pub fn with_retry_after(mut self, ms: i64) -> Self {
        self.0.retry_after_ms = Some(ms);
        self
    }

    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.0.context = Some(context.into());
        self
    }

    pub fn with_source(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The sentence that a client may see.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn field_errors(&self) -> &FieldErrors {
        &self.0.fields
    }

    pub fn retry_after_ms(&self) -> Option<i64> {
        self.0.retry_after_ms
    }

    /// What only the log may see.
    pub fn context(&self) -> Option<&str> {
        self.0.context.as_deref()
    }

    /// Puts a field-less complaint of a parser under the field that was parsed.
    pub fn at_field(self, name: &str) -> Self {
        if self.0.kind == ErrorKind::Invalid && self.0.fields.is_empty() {
            let code = self.0.code;
            return Error::field(name, self.0.message).with_code(code);
        }
        self
    }

    /// Puts what is said of one field under another, where the first is none of the caller's.
    pub fn move_field(mut self, from: &str, to: &str) -> Self {
        if let Some(sentences) = self.0.fields.remove(from) {
            self.0.fields.entry(to.to_owned()).or_default().extend(sentences);
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        for (name, sentences) in &self.0.fields {
            write!(f, " {name}: {}", sentences.join(" "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {self}", self.0.kind, self.0.code)?;
        if let Some(context) = &self.0.context {
            write!(f, " [{context}]")?;
        }
        let mut source = error::Error::source(self);
        while let Some(cause) = source {
            write!(f, " <- {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|s| s as _)
    }
}
