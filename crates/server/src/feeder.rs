//! What `app` does by itself: for broadcasts, turning recipients into deliveries when a lane has room, and working audiences
//! out in the background; automatic answers; menus of commands.

use std::{future::Future, pin::Pin};

use app::{App, automation, bots, broadcasts};
use engine::{delivery::driver::Feeder, nodes::Share};
use model::{Id, Result, Timestamp, bot::Bot};
use store::wake;
use tokio_util::sync::CancellationToken;

/// How often to look when nobody wakes us: other processes write to the same database.
const LOOK_MS: i64 = 2_000;

/// The feeder of broadcasts.
#[derive(Debug)]
pub struct Broadcasts(pub App);

impl Feeder for Broadcasts {
    fn feed<'a>(&'a self, bot: Id<Bot>, room: usize) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>> {
        Box::pin(broadcasts::feed(&self.0, bot, room))
    }
}

/// Starts what is due and works audiences out, until `stop`; on one node at a time.
pub async fn run(app: App, mut share: Share, stop: CancellationToken) {
    let mut wakes = app.db.listen(wake::BROADCAST);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = share.mine() => {}
        }
        let look_at = app.clock.now() + LOOK_MS;
        let next = step(&app, &stop).await.unwrap_or_else(|error| {
            tracing::error!(error = ?error, "Broadcasts could not be worked on now; it is tried again.");
            None
        });
        tokio::select! {
            () = stop.cancelled() => return,
            _ = wakes.recv() => {}
            () = app.clock.sleep_until(next.map_or(look_at, |next| next.min(look_at))) => {}
        }
    }
}

/// Does what follows contacts' messages by itself, until `stop`; on one node at a time.
pub async fn automate(app: App, mut share: Share, stop: CancellationToken) {
    let mut wakes = app.db.listen(wake::AUTOMATION);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = share.mine() => {}
        }
        match automation::work(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(error = ?error, "Automatic answers could not be given now; they wait."),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            _ = wakes.recv() => {}
            () = app.clock.sleep_until(app.clock.now() + LOOK_MS) => {}
        }
    }
}

/// Tells Telegram the menus of commands, until `stop`; on one node at a time.
pub async fn tell_menus(app: App, mut share: Share, stop: CancellationToken) {
    let mut wakes = app.db.listen(wake::MENU);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = share.mine() => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            told = bots::tell_menus(&app) => match told {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(error = ?error, "Menus of commands could not be told now; they wait."),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            _ = wakes.recv() => {}
            () = app.clock.sleep_until(app.clock.now() + LOOK_MS) => {}
        }
    }
}

async fn step(app: &App, stop: &CancellationToken) -> Result<Option<Timestamp>> {
    let next = broadcasts::start_scheduled(app).await?;
    while !stop.is_cancelled() && broadcasts::freeze_step(app).await? {}
    Ok(next)
}
