//! Albums: their pieces arrive as messages of their own and become one entry.

use channels::telegram::update::Incoming;
use model::{
    Result,
    content::{Content, ContentKind},
    feed::{Change, FeedKind},
};
use store::timeline;

use super::{apply::Writer, place::Place};

/// Adds a piece to the entry of its album. `false`: it belongs to none, or is the first of it.
pub(super) fn join(writer: &mut Writer<'_>, place: &Place, incoming: &Incoming) -> Result<bool> {
    let Some(group) = incoming.media_group_id.as_deref() else { return Ok(false) };
    let Some((id, before)) = timeline::album(writer.tx, &writer.scope, place.conversation, group)? else {
        return Ok(false);
    };
    if timeline::map(writer.tx, writer.bot, place.chat_id, incoming.message_id, id)? {
        timeline::set_content(writer.tx, &writer.scope, id, &joined(before, &incoming.content))?;
        writer.changes.push(Change::new(FeedKind::MessageUpdated, id));
    }
    Ok(true)
}

fn joined(before: Content, piece: &Content) -> Content {
    let mut album = Content { kind: ContentKind::Album, ..before };
    album.media.extend(piece.media.iter().cloned());
    if album.text.is_none() {
        album.text.clone_from(&piece.text);
        album.entities.clone_from(&piece.entities);
    }
    album
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_caption_is_the_albums() {
        let piece = |text: Option<&str>| Content { text: text.map(Into::into), ..Content::new(ContentKind::Photo) };
        let album = joined(joined(piece(None), &piece(Some("two"))), &piece(Some("three")));
        assert_eq!((album.kind, album.text.as_deref()), (ContentKind::Album, Some("two")));
    }
}
