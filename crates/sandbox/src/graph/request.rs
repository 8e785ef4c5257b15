//! A call of a program, taken apart: `/graph/{version}/{object}/{edge}`, its token, its body.

use std::collections::HashMap;

use axum::{
    body::Bytes,
    extract::{self, FromRequest, Multipart},
    http::{HeaderMap, Method, header},
};
use serde_json::{Value, json};

use super::error::{GraphError, Result};

/// Versions that answer; older ones have ended.
const VERSIONS: std::ops::RangeInclusive<u32> = 21..=26;

/// A call.
#[derive(Debug)]
pub struct Request {
    pub method: Method,
    /// The version, or `files` for a download.
    pub version: String,
    pub object: String,
    pub edge: String,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    /// The JSON body; an empty object where there is none.
    pub body: Value,
    pub upload: Option<Upload>,
}

/// The file of a multipart body, with its other parts.
#[derive(Debug, Default)]
pub struct Upload {
    pub fields: HashMap<String, String>,
    pub mime_type: Option<String>,
    pub bytes: Option<Bytes>,
}

impl Request {
    pub async fn read(request: extract::Request) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let mut path = parts.uri.path().trim_matches('/').split('/').map(str::to_owned);
        let [version, object, edge] = std::array::from_fn(|_| path.next().unwrap_or_default());
        if path.next().is_some() || !(version == "files" || is_version(&version)) || object.is_empty() {
            return Err(GraphError { code: 2500, ..GraphError::invalid("Unknown path components") });
        }
        let query = parts.uri.query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (method, headers) = (parts.method.clone(), parts.headers.clone());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let request = extract::Request::from_parts(parts, body);
        let (body, upload) = if kind.starts_with("multipart/form-data") {
            (json!({}), Some(Upload::read(request).await?))
        } else if kind.starts_with("application/json") {
            (json_body(request).await?, None)
        } else {
            (json!({}), None)
        };
        Ok(Self { method, version, object, edge, query, headers, body, upload })
    }

    pub fn path(&self) -> String {
        if self.edge.is_empty() { self.object.clone() } else { format!("{}/{}", self.object, self.edge) }
    }

    /// The access token; the query may carry it, too.
    pub fn token(&self) -> Option<&str> {
        let bearer = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        bearer.or_else(|| self.query.get("access_token").map(String::as_str))
    }

    /// A parameter of the query that lists names.
    pub fn fields(&self) -> Option<Vec<&str>> {
        let fields = self.query.get("fields")?;
        Some(fields.split(',').map(str::trim).filter(|field| !field.is_empty()).collect())
    }
}

fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    number.and_then(|number| number.parse().ok()).is_some_and(|number| VERSIONS.contains(&number))
}

async fn json_body(request: extract::Request) -> Result<Value> {
    let bytes = Bytes::from_request(request, &()).await;
    let bytes = bytes.map_err(|error| GraphError::invalid(error.body_text()))?;
    if bytes.is_empty() {
        return Ok(json!({}));
    }
    let body: Value = serde_json::from_slice(&bytes)
        .map_err(|error| GraphError::invalid(format!("The request body is not valid JSON: {error}")))?;
    if body.is_object() { Ok(body) } else { Err(GraphError::invalid("The request body must be a JSON object")) }
}

impl Upload {
    async fn read(request: extract::Request) -> Result<Self> {
        let broken = |what: String| GraphError::because(131_053, what);
        let parts = Multipart::from_request(request, &()).await;
        let mut parts = parts.map_err(|error| broken(error.body_text()))?;
        let mut upload = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|error| broken(error.body_text()))? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                upload.mime_type = part.content_type().map(str::to_owned);
                upload.bytes = Some(part.bytes().await.map_err(|error| broken(error.body_text()))?);
            } else {
                upload.fields.insert(name, part.text().await.map_err(|error| broken(error.body_text()))?);
            }
        }
        Ok(upload)
    }
}
