//! The web app at `/app/`, embedded as `npm run build` made it. Every address without a file of its own is one of the app's
//! pages, which the app itself tells apart.

use std::borrow::Cow;

use app::App;
use axum::{
    Router,
    extract::Path,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, REFERRER_POLICY, VARY,
        },
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use model::Error;
use rust_embed::RustEmbed;

use crate::{docs, problem::Failure};

/// Everything from here, nothing from elsewhere, and no code or style that stands in the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";
const INDEX: &str = "index.html";
/// Files here are named by their content, so they never change.
const HASHED: &str = "assets/";

/// One file and the hash of what is in it.
pub(crate) struct File {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

/// Where the files come from.
pub(crate) type Files = fn(&str) -> Option<File>;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// The app that was built into this program; none when `web/dist` was empty.
pub(crate) const BUILT: Files =
    |path| Dist::get(path).map(|file| File { bytes: file.data, hash: file.metadata.sha256_hash() });

pub(crate) fn routes(files: Files) -> Router<App> {
    let root = move || async move {
        match files(INDEX) {
            Some(_) => Redirect::temporary("/app/").into_response(),
            None => docs::page().await.into_response(),
        }
    };
    let page = move |headers: HeaderMap| async move { serve(files, "", &headers) };
    let file = move |Path(path): Path<String>, headers: HeaderMap| async move { serve(files, &path, &headers) };
    Router::new().route("/", get(root)).route("/app/", get(page)).route("/app/{*path}", get(file))
}

fn serve(files: Files, path: &str, headers: &HeaderMap) -> Response {
    let is_file = path.starts_with(HASHED) || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let path = if is_file { path } else { INDEX };
    let Some((file, encoding)) = encoded(files, path, headers) else {
        return Failure::from(Error::not_found("file of the web app")).into_response();
    };
    let tag = tag(&file, encoding);
    let is_known = headers.get_all(IF_NONE_MATCH).iter().any(|known| known == tag);
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { file.bytes.into_owned().into_response() };
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let own: [(HeaderName, HeaderValue); 6] = [
        (CONTENT_TYPE, HeaderValue::from_static(kind(path))),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (CACHE_CONTROL, HeaderValue::from_static(cache)),
        (VARY, HeaderValue::from_static("accept-encoding")),
        (ETAG, tag),
    ];
    for (name, value) in own {
        // Bytes bring a type of their own, which must not stand beside this one.
        response.headers_mut().insert(name, value);
    }
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The file as small as the client takes it.
fn encoded(files: Files, path: &str, headers: &HeaderMap) -> Option<(File, Option<&'static str>)> {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A weight of zero refuses; no browser says so of these two, and then the plain file is right as well.
    let takes = |name: &str| accepted.split(',').any(|one| one.trim() == name || one.trim().starts_with("*"));
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, ending)| files(&format!("{path}{ending}")).map(|file| (file, Some(name))))
        .or_else(|| files(path).map(|file| (file, None)))
}

fn tag(file: &File, encoding: Option<&str>) -> HeaderValue {
    let hash: String = file.hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}-{}\"", encoding.unwrap_or("plain"));
    HeaderValue::from_str(&tag).expect("hexadecimal is visible ASCII")
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAKE: Files = |path| {
        let bytes: &'static [u8] = match path {
            "index.html" => b"the page",
            "index.html.br" => b"the page, small",
            "assets/a-1.js" => b"code",
            _ => return None,
        };
        Some(File { bytes: bytes.into(), hash: [7; 32] })
    };

    fn get(path: &str, accept: &'static str) -> (u16, String, String) {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
        let response = serve(FAKE, path, &headers);
        let of = |name: HeaderName| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        (response.status().as_u16(), of(CONTENT_ENCODING), of(CACHE_CONTROL))
    }

    #[test]
    fn pages_are_the_app_and_files_are_files() {
        let page = |encoding: &str| (200, encoding.to_owned(), "no-cache".to_owned());
        assert_eq!(get("", "gzip"), page(""));
        assert_eq!(get("inbox/0193/", "gzip, br"), page("br"));
        let forever = "public, max-age=31536000, immutable".to_owned();
        assert_eq!(get("assets/a-1.js", "br"), (200, String::new(), forever));
        for missing in ["assets/a-2.js", "assets/", "icon.svg", "../Cargo.toml", "assets/../../x"] {
            assert_eq!(get(missing, "br").0, 404, "{missing}");
        }
    }

    #[test]
    fn a_file_says_one_type() {
        for (path, kind) in [("", "text/html; charset=utf-8"), ("assets/a-1.js", "text/javascript; charset=utf-8")] {
            let response = serve(FAKE, path, &HeaderMap::new());
            let kinds: Vec<_> = response.headers().get_all(CONTENT_TYPE).iter().collect();
            assert_eq!(kinds, [kind], "{path}");
        }
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let first = serve(FAKE, "", &HeaderMap::new());
        let tag = first.headers()[ETAG].clone();
        let again = serve(FAKE, "", &HeaderMap::from_iter([(IF_NONE_MATCH, tag)]));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}
