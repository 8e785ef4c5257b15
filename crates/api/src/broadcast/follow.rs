//! `/r/{code}/`: the short links of broadcasts. They lead only where a broadcast said, and tell nobody who follows them
//! where they were.

use app::{
    App,
    broadcasts::{self as use_case, Visit},
};
use axum::{
    extract::State,
    http::{
        HeaderMap, Method, StatusCode,
        header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, USER_AGENT},
    },
    response::{IntoResponse, Response},
};
use model::Error;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{extract::Path, problem::Result};

/// Parts of the names that programs give themselves which fetch addresses for previews, or to search.
const PROGRAMS: [&str; 12] = [
    "bot",
    "crawl",
    "spider",
    "preview",
    "facebookexternalhit",
    "whatsapp",
    "slurp",
    "fetch",
    "scan",
    "monitor",
    "curl",
    "wget",
];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// Follow a short link of a broadcast.
///
/// It counts people, not the programs that fetch addresses for previews.
#[utoipa::path(get, path = "/r/{code}/", tag = "broadcasts", params(("code" = String, Path, max_length = 100)),
    security(()), responses((status = FOUND, description = "Where the link leads, in `Location`.")))]
async fn follow(
    State(app): State<App>,
    Path(code): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    let visit = if method == Method::GET && !is_program(&headers) { Visit::Person } else { Visit::Program };
    let url = use_case::follow(&app, &code, visit).await?.ok_or_else(|| Error::not_found("link"))?;
    let headers =
        [(LOCATION, url), (CACHE_CONTROL, "no-store".to_owned()), (REFERRER_POLICY, "no-referrer".to_owned())];
    Ok((StatusCode::FOUND, headers).into_response())
}

fn is_program(headers: &HeaderMap) -> bool {
    let name = headers.get(USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    // Cubot makes telephones.
    let name = name.replace("cubot", "");
    name.is_empty() || PROGRAMS.iter().any(|part| name.contains(part))
}
