//! What was composed, made to fit WhatsApp: an album becomes single pieces, what has no place there is refused.

use model::{
    Error, Result,
    content::{Button, ButtonAction, MediaKind},
    outgoing::{Op, Options, Outgoing},
};

/// Characters of the text above buttons.
const WITH_BUTTONS_MAX: usize = 1_024;
pub(super) const REPLIES_MAX: usize = 3;
const ROWS_MAX: usize = 10;
pub(super) const REPLY_LABEL_MAX: usize = 20;
const ROW_LABEL_MAX: usize = 24;

/// The same as parts that WhatsApp takes, or which field it is that it does not.
pub fn fit(parts: Vec<Outgoing>) -> Result<Vec<Outgoing>> {
    let mut fitting = Vec::with_capacity(parts.len());
    for part in parts {
        check_buttons(&part)?;
        match part.op {
            Op::Album { items, caption, entities } => {
                for (index, media) in items.into_iter().enumerate() {
                    let (caption, entities) = match index {
                        0 => (caption.clone(), entities.clone()),
                        _ => (String::new(), Vec::new()),
                    };
                    let op = Op::Media { media, caption, entities };
                    fitting.push(Outgoing { op, options: part.options.clone(), v: part.v });
                }
            }
            Op::Media { media, caption, entities } if !caption.is_empty() && !has_caption(media.kind) => {
                let above = Op::Media { media, caption: String::new(), entities: Vec::new() };
                let options = Options { buttons: Vec::new(), ..part.options.clone() };
                fitting.push(Outgoing { op: above, options, v: part.v });
                let below = Op::Text { text: caption, entities };
                fitting.push(Outgoing { op: below, options: part.options, v: part.v });
            }
            Op::Poll { .. } => return Err(Error::field("poll", "WhatsApp has no polls.")),
            op => fitting.push(Outgoing { op, options: part.options, v: part.v }),
        }
    }
    Ok(fitting)
}

/// Sounds and stickers stand alone.
pub(super) fn has_caption(kind: MediaKind) -> bool {
    !matches!(kind, MediaKind::Audio | MediaKind::Voice | MediaKind::Sticker)
}

fn check_buttons(part: &Outgoing) -> Result<()> {
    let buttons: Vec<&Button> = part.options.buttons.iter().flatten().collect();
    if buttons.is_empty() {
        return Ok(());
    }
    let wrong = |words: &str| Err(Error::field("buttons", words));
    let text = match &part.op {
        Op::Text { text, .. } | Op::Media { caption: text, .. } => text,
        _ => return wrong("On WhatsApp buttons stand under a text, a picture, a video or a document."),
    };
    let links = buttons.iter().filter(|button| matches!(button.action, ButtonAction::Url { .. })).count();
    let has_codes = buttons.iter().any(|button| matches!(button.action, ButtonAction::CopyCode { .. }));
    let label_max = if buttons.len() <= REPLIES_MAX { REPLY_LABEL_MAX } else { ROW_LABEL_MAX };
    let mut labels: Vec<&str> = buttons.iter().map(|button| button.text.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    if has_codes || links > 1 || (links == 1 && buttons.len() > 1) {
        return wrong("A WhatsApp message has up to ten replies to choose from, or one link. Codes need a template.");
    }
    if buttons.len() > ROWS_MAX {
        return wrong("A WhatsApp message has at most 10 buttons.");
    }
    if labels.len() < buttons.len() || buttons.iter().any(|button| button.text.chars().count() > label_max) {
        return wrong(
            "WhatsApp's buttons have labels of their own: up to 20 characters, or 24 when there are more than three.",
        );
    }
    if text.chars().count() > WITH_BUTTONS_MAX {
        return Err(Error::field("text", "Above buttons, a WhatsApp text has at most 1024 characters."));
    }
    Ok(())
}
