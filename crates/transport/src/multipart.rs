//! `multipart/form-data` bodies with files from the storage.

use bytes::{BufMut, Bytes, BytesMut};
use channels::wire::{Part, PartValue};
use http::HeaderValue;

use crate::{Failure, Storage};

/// Encodes parts in their order. A missing file means that the request never left.
pub(crate) async fn encode(parts: &[Part], storage: &Storage) -> Result<(HeaderValue, Bytes), Failure> {
    let files = load(parts, storage).await?;
    let boundary = boundary(parts, &files);
    let mut body = BytesMut::new();
    for (part, file) in parts.iter().zip(&files) {
        body.put_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&part.name)).as_bytes(),
        );
        match (&part.value, file) {
            (PartValue::File { file_name, mime_type, .. }, Some(bytes)) => {
                let mime = mime_type.as_deref().filter(|m| is_token(m)).unwrap_or("application/octet-stream");
                body.put_slice(
                    format!("; filename=\"{}\"\r\nContent-Type: {mime}\r\n\r\n", quoted(file_name)).as_bytes(),
                );
                body.put_slice(bytes);
            }
            (PartValue::Text(text), _) => {
                body.put_slice(b"\r\n\r\n");
                body.put_slice(text.as_bytes());
            }
            (PartValue::File { .. }, None) => return Err(missing()),
        }
        body.put_slice(b"\r\n");
    }
    body.put_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| Failure::NeverSent("The boundary is no header value.".into()))?;
    Ok((content_type, body.freeze()))
}

async fn load(parts: &[Part], storage: &Storage) -> Result<Vec<Option<Bytes>>, Failure> {
    let mut files = Vec::with_capacity(parts.len());
    for part in parts {
        files.push(match &part.value {
            PartValue::Text(_) => None,
            PartValue::File { storage_key, .. } => {
                let found = storage.get(storage_key).await.map_err(|e| Failure::NeverSent(e.message().to_owned()))?;
                Some(found.ok_or_else(missing)?)
            }
        });
    }
    Ok(files)
}

fn missing() -> Failure {
    Failure::NeverSent("An uploaded file is no longer in the storage.".into())
}

/// A boundary that occurs in no part: its number grows until that holds.
fn boundary(parts: &[Part], files: &[Option<Bytes>]) -> String {
    let occurs = |needle: &[u8]| {
        let in_text = parts.iter().any(|p| matches!(&p.value, PartValue::Text(t) if contains(t.as_bytes(), needle)));
        in_text || files.iter().flatten().any(|f| contains(f, needle))
    };
    let candidates = (0u64..).map(|n| format!("jina-connect-{n:016x}"));
    candidates.into_iter().find(|c| !occurs(c.as_bytes())).unwrap_or_else(|| "jina-connect".into())
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// A value between quotation marks, escaped as browsers do.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn is_token(mime: &str) -> bool {
    mime.bytes().all(|b| b.is_ascii_graphic())
}
