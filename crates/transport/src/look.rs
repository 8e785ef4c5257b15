//! A look at the Bot API without a token: whether it can be reached, and what time it is there.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use bytes::Bytes;
use http::header;
use model::Timestamp;
use tokio::time::timeout;

use crate::{
    BotApi, Failure,
    permit::{Always, Guarded},
};

const PATIENCE: Duration = Duration::from_secs(10);

/// What the server's first answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub status: u16,
    /// The server's own clock, in whole seconds.
    pub date: Option<Timestamp>,
}

impl BotApi {
    /// Asks for nothing in particular: any answer shows that the server is there.
    pub async fn look(&self) -> Result<Look, Failure> {
        let (nothing, _) = Guarded::new(Bytes::new(), Arc::new(Always));
        let request = http::Request::get(format!("{}/", self.base_url()))
            .body(nothing)
            .map_err(|_| Failure::NeverSent("The Bot API's address can't be written as a URL.".into()))?;
        let late = |_| Failure::TimedOut(format!("No answer within {} s.", PATIENCE.as_secs()));
        let response = timeout(PATIENCE, self.head_of(request)).await.map_err(late)??;
        let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok()).and_then(time);
        Ok(Look { status: response.status().as_u16(), date })
    }
}

fn time(text: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Timestamp::from_seconds)
}
