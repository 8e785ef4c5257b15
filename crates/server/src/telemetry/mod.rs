//! Logs to standard error, as text on a terminal and JSON elsewhere; traces to a collector, when one was set.

mod export;
mod span;

use std::io::{self, IsTerminal};

pub use export::{Exporter, beside};
use model::Result;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{LogFormat, Resolved, log_format};

/// Starts logging for the life of the process. What is answered sends the traces, if there is somewhere to send them.
pub fn start(resolved: &Resolved) -> Result<Option<Exporter>> {
    let filter = resolved.get("RUST_LOG").unwrap_or_default();
    let filter = EnvFilter::try_new(filter).map_err(|e| resolved.wrong("RUST_LOG", e))?;
    // It logs whole messages below warnings: what people write, and keys.
    let filter = filter.add_directive("rmcp=warn".parse().expect("the directive is well-formed"));
    let (spans, exporter) = export::start(resolved)?.unzip();
    // Spans of single calls interest only those who collect them.
    let calls = if exporter.is_some() { "calls=debug" } else { "calls=off" };
    let filter = filter.add_directive(calls.parse().expect("the directive is well-formed"));
    let is_terminal = io::stderr().is_terminal();
    let fallback = if is_terminal { LogFormat::Text } else { LogFormat::Json };
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(is_terminal);
    let subscriber = tracing_subscriber::registry().with(filter).with(spans);
    match log_format(resolved)?.unwrap_or(fallback) {
        LogFormat::Text => subscriber.with(lines).init(),
        LogFormat::Json => subscriber.with(lines.json().flatten_event(true)).init(),
    }
    Ok(exporter)
}
