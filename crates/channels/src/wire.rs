//! Bodies of requests as the transport takes them.

/// A request's body.
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

/// A complete HTTP answer.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    pub body: &'a [u8],
}
