//! `keys rotate`: every secret under the first key of FIELD_ENCRYPTION_KEY.

use model::Result;
use serde_json::json;

use super::Context;

pub async fn rotate(context: &Context) -> Result<()> {
    let tally = app::secrets::renew(&context.app).await?;
    let keys = context.app.cipher.keys();
    let document = json!({
        "secrets": tally.secrets, "renewed": tally.renewed, "unreadable": tally.unreadable,
        "unreadable_bots": tally.unreadable_bots, "keys": keys,
    });
    let (secrets, renewed) = (tally.secrets, tally.renewed);
    let mut lines = vec![match (renewed, keys) {
        (0, 1) => format!(
            "All {secrets} secrets are under the only key. To rotate, put a new one before it in FIELD_ENCRYPTION_KEY, \
             with a comma between (docs/operations.md), and run this again."
        ),
        (0, _) => format!("All {secrets} secrets are under the first key. The other keys are not needed any more."),
        _ => format!(
            "{renewed} of {secrets} secrets are encrypted anew under the first key. Run it once more when every \
            server knows that key; when it finds nothing to do, the other keys are not needed any more."
        ),
    }];
    if tally.unreadable == 0 {
        return context.output.done(&document, || lines);
    }
    lines.push(format!(
        "{} secrets can't be read with these keys. Add the key that they were made with. Bots among them: {}.",
        tally.unreadable,
        names(&tally.unreadable_bots)
    ));
    context.output.failed(&document, || lines, "Some secrets can't be read with the keys that are set.")
}

/// Usernames for people, cut where there are too many to read.
pub fn names(usernames: &[String]) -> String {
    const SHOWN_MAX: usize = 10;
    let mut shown: Vec<String> = usernames.iter().take(SHOWN_MAX).map(|name| format!("@{name}")).collect();
    if usernames.len() > SHOWN_MAX {
        shown.push(format!("and {} more", usernames.len() - SHOWN_MAX));
    }
    if shown.is_empty() { "none".into() } else { shown.join(", ") }
}
