//! The encrypted secrets of the whole installation: looked at, and encrypted anew when the keys rotate.

use model::Result;
use store::{
    UNREADABLE,
    secrets::{self, Place, Tally, Work},
};

use crate::App;

/// Rows in one transaction, so that the server beside us gets its turn.
const BATCH: i64 = 200;

/// Counts the secrets, those that are not under the first key, and those that no key opens. Writes nothing.
pub async fn look(app: &App) -> Result<Tally> {
    let (mut tally, mut next) = (Tally::default(), Some(Place::START));
    while let Some(place) = next {
        let cipher = app.cipher.clone();
        let read = app.db.read(move |tx| secrets::batch(tx, &cipher, Work::Count, &place, BATCH));
        let (found, then) = read.await?;
        tally.add(found);
        next = then;
    }
    Ok(tally)
}

/// Encrypts what is under another key anew under the first one. Stopped halfway, it is simply run again.
pub async fn renew(app: &App) -> Result<Tally> {
    let (mut tally, mut next) = (Tally::default(), Some(Place::START));
    while let Some(place) = next {
        let (cipher, ids) = (app.cipher.clone(), app.ids.clone());
        let write = app.db.write(move |tx| secrets::batch(tx, &cipher, Work::Renew(&*ids), &place, BATCH));
        let (found, then) = write.await?;
        tally.add(found);
        next = then;
    }
    Ok(tally)
}

/// `None` for a secret that can't be read with the keys that are set: those who replace or remove it need it not.
pub(crate) fn readable<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.code() == UNREADABLE => Ok(None),
        other => other.map(Some),
    }
}
