//! A request as the transport takes it.

/// A call of the Bot API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// For example `sendMessage`.
    pub method: &'static str,
    pub body: Body,
}

/// A request's parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `application/json`.
    Json(Vec<u8>),
    /// `multipart/form-data`, because a file goes along.
    Multipart(Vec<Part>),
}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub name: String,
    pub value: PartValue,
}

/// What a part holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PartValue {
    Text(String),
    /// A file of our storage, whose bytes the transport adds.
    File {
        storage_key: String,
        file_name: String,
        mime_type: Option<String>,
    },
}
