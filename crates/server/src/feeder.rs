//! What `app` offers to the engine: turning recipients of broadcasts into deliveries.

use std::{future::Future, pin::Pin};

use app::App;
use engine::delivery::driver::Feeder;
use model::{Id, Result, bot::Bot};

/// The feeder of broadcasts.
#[derive(Debug)]
pub struct Broadcasts(pub App);

impl Feeder for Broadcasts {
    fn feed<'a>(&'a self, bot: Id<Bot>, room: usize) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>> {
        Box::pin(async move {
            Ok(room > 0 && self.0.db.read(move |tx| store::broadcasts::bots_to_feed(tx)).await?.contains(&bot) && false)
        })
    }
}
