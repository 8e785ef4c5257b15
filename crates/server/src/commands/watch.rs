//! `broadcast watch`: looks on until a broadcast has ended. It only reads: the server sends, whoever looks.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use model::{Id, Result, Scope, broadcast::Broadcast};
use serde_json::Value;

use super::{Context, broadcasts};
use crate::serve;

/// How often to look.
const LOOK_MS: i64 = 500;

/// How the progress is shown.
enum Face {
    /// On a terminal.
    Bar(ProgressBar),
    /// Elsewhere: a line whenever something changed.
    Lines(String),
    /// Only the last state is wanted, as a document.
    Silent,
}

/// Shows how a broadcast goes, until it has ended or somebody presses Ctrl-C, which leaves it running.
pub async fn watch(context: &Context, scope: &Scope, id: Id<Broadcast>) -> Result<()> {
    let mut face = Face::new(context);
    let mut interrupted = std::pin::pin!(serve::interrupted());
    loop {
        let document = api::documents::broadcast(&context.app, scope, id).await?;
        if document["finished_at"].is_string() {
            face.end();
            return ended(context, &document);
        }
        face.show(&document)?;
        tokio::select! {
            () = &mut interrupted => {
                face.end();
                return left(context, &document);
            }
            () = context.app.clock.sleep_until(context.app.clock.now() + LOOK_MS) => {}
        }
    }
}

fn ended(context: &Context, document: &Value) -> Result<()> {
    let lines = || vec![broadcasts::line(document)];
    if document["status"] == "FAILED" {
        return context.output.failed(document, lines, "The broadcast reached nobody.");
    }
    context.output.done(document, lines)
}

fn left(context: &Context, document: &Value) -> Result<()> {
    context.output.done(document, || {
        let id = document["id"].as_str().unwrap_or_default();
        vec![
            broadcasts::line(document),
            format!("It goes on without you. Look again with: jina-connect broadcast watch {id}"),
        ]
    })
}

impl Face {
    fn new(context: &Context) -> Self {
        if context.output.json {
            Face::Silent
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(0).with_style(style());
            bar.enable_steady_tick(Duration::from_millis(200));
            Face::Bar(bar)
        } else {
            Face::Lines(String::new())
        }
    }

    fn show(&mut self, document: &Value) -> Result<()> {
        match self {
            Face::Silent => Ok(()),
            Face::Bar(bar) => {
                fill(bar, document);
                Ok(())
            }
            Face::Lines(last) => {
                let line = broadcasts::line(document);
                if line == *last {
                    return Ok(());
                }
                crate::output::write(&line)?;
                *last = line;
                Ok(())
            }
        }
    }

    fn end(&self) {
        if let Face::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} {prefix} {wide_bar} {pos}/{len} {msg}");
    style.expect("the template is well-formed")
}

fn fill(bar: &ProgressBar, document: &Value) {
    let number = |name: &str| document[name].as_u64().unwrap_or(0);
    let over = ["sent", "failed", "blocked", "skipped", "unknown", "cancelled"].map(number).iter().sum();
    bar.set_length(document["total"].as_u64().unwrap_or(over));
    bar.set_position(over);
    bar.set_prefix(document["status"].as_str().unwrap_or_default().to_owned());
    let left = document["eta_seconds"].as_u64().map(|seconds| {
        let left = indicatif::HumanDuration(Duration::from_secs(seconds));
        format!("about {left} left")
    });
    bar.set_message(left.unwrap_or_default());
}
