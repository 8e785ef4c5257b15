//! Service messages: what happened in a chat, as a plain sentence.

use model::content::{Content, ContentKind};

use super::people::{name, name_at, sender_name};
use crate::json::Object;

type Sentence = fn(&Object<'_>, &str) -> String;

/// A service message; `None` when the message is none.
pub(super) fn service(message: &Object<'_>) -> Option<Content> {
    let (field, sentence) = TOLD.iter().find(|(field, _)| message.has(field))?;
    let text = sentence(message, &sender_name(message));
    Some(Content { text: Some(text), detail: Some((*field).into()), ..Content::new(ContentKind::Service) })
}

/// Every service field of Bot API 10.4, with the sentence that tells it.
const TOLD: &[(&str, Sentence)] = &[
    ("new_chat_members", joined),
    ("left_chat_member", left),
    ("new_chat_title", |m, who| {
        format!("{who} changed the title to “{}”.", m.text("new_chat_title").unwrap_or_default())
    }),
    ("new_chat_photo", |_, who| format!("{who} changed the chat's photo.")),
    ("delete_chat_photo", |_, who| format!("{who} removed the chat's photo.")),
    ("group_chat_created", |_, who| format!("{who} created the group.")),
    ("supergroup_chat_created", |_, _| "The supergroup was created.".into()),
    ("channel_chat_created", |_, _| "The channel was created.".into()),
    ("message_auto_delete_timer_changed", auto_delete),
    ("migrate_to_chat_id", |_, _| "The group became a supergroup.".into()),
    ("migrate_from_chat_id", |_, _| "The supergroup was made from a group.".into()),
    ("pinned_message", |_, who| format!("{who} pinned a message.")),
    ("successful_payment", |m, who| format!("{who} paid {}.", amount(m.object("successful_payment")))),
    ("refunded_payment", |m, _| format!("A payment of {} was refunded.", amount(m.object("refunded_payment")))),
    ("users_shared", |_, who| format!("{who} shared users with the bot.")),
    ("user_shared", |_, who| format!("{who} shared a user with the bot.")),
    ("chat_shared", |_, who| format!("{who} shared a chat with the bot.")),
    ("gift", |_, who| format!("{who} sent a gift.")),
    ("unique_gift", |_, who| format!("{who} sent a unique gift.")),
    ("gift_upgrade_sent", |_, who| format!("{who} paid for a gift's upgrade.")),
    ("connected_website", |m, who| format!("{who} signed in at {}.", m.text("connected_website").unwrap_or_default())),
    ("write_access_allowed", |_, who| format!("{who} allowed the bot to write.")),
    ("passport_data", |_, who| format!("{who} shared Telegram Passport data.")),
    ("proximity_alert_triggered", proximity),
    ("boost_added", |_, who| format!("{who} boosted the chat.")),
    ("chat_background_set", |_, who| format!("{who} changed the chat's background.")),
    ("checklist_tasks_done", |_, who| format!("{who} changed what is done on a checklist.")),
    ("checklist_tasks_added", |_, who| format!("{who} added tasks to a checklist.")),
    ("direct_message_price_changed", |_, who| format!("{who} changed the price of direct messages.")),
    ("forum_topic_created", |m, who| format!("{who} created the topic{}.", quoted(m, "forum_topic_created", "name"))),
    ("forum_topic_edited", |m, who| format!("{who} edited the topic{}.", quoted(m, "forum_topic_edited", "name"))),
    ("forum_topic_closed", |_, who| format!("{who} closed the topic.")),
    ("forum_topic_reopened", |_, who| format!("{who} reopened the topic.")),
    ("general_forum_topic_hidden", |_, who| format!("{who} hid the General topic.")),
    ("general_forum_topic_unhidden", |_, who| format!("{who} showed the General topic again.")),
    ("giveaway_created", |_, who| format!("{who} created a giveaway.")),
    ("giveaway", |_, who| format!("{who} announced a giveaway.")),
    ("giveaway_winners", |_, _| "A giveaway's winners were announced.".into()),
    ("giveaway_completed", |_, _| "A giveaway ended.".into()),
    ("managed_bot_created", |_, who| format!("{who} created a managed bot.")),
    ("paid_message_price_changed", |_, who| format!("{who} changed the price of messages.")),
    ("poll_option_added", |_, who| format!("{who} added an option to a poll.")),
    ("poll_option_deleted", |_, who| format!("{who} removed an option from a poll.")),
    ("suggested_post_approved", |_, who| format!("{who} approved a suggested post.")),
    ("suggested_post_approval_failed", |_, _| "A suggested post could not be approved.".into()),
    ("suggested_post_declined", |_, who| format!("{who} declined a suggested post.")),
    ("suggested_post_paid", |_, _| "A suggested post was paid for.".into()),
    ("suggested_post_refunded", |_, _| "The payment for a suggested post was refunded.".into()),
    ("video_chat_scheduled", |_, who| format!("{who} scheduled a video chat.")),
    ("video_chat_started", |_, who| format!("{who} started a video chat.")),
    ("video_chat_ended", |_, _| "The video chat ended.".into()),
    ("video_chat_participants_invited", |_, who| format!("{who} invited people to the video chat.")),
    ("web_app_data", web_app_data),
    ("chat_owner_left", |_, _| "The chat's owner left.".into()),
    ("chat_owner_changed", |_, _| "The chat has a new owner.".into()),
    ("community_chat_added", |_, who| format!("{who} added the chat to a community.")),
    ("community_chat_removed", |_, who| format!("{who} removed the chat from a community.")),
    ("community_chat_joined", |_, who| format!("{who} joined through a community.")),
];

fn joined(message: &Object<'_>, who: &str) -> String {
    let sender = message.object("from").and_then(|from| from.integer("id"));
    let alone = message.array("new_chat_members").len() == 1;
    let is_self = message.objects("new_chat_members").any(|member| alone && member.integer("id") == sender);
    let names: Vec<_> = message.objects("new_chat_members").map(name).collect();
    match names.as_slice() {
        [] => "Somebody joined.".into(),
        [one] if is_self => format!("{one} joined."),
        _ => format!("{who} added {}.", names.join(", ")),
    }
}

fn left(message: &Object<'_>, who: &str) -> String {
    let id = |key| message.object(key).and_then(|user| user.integer("id"));
    let name = name_at(message, "left_chat_member");
    if id("left_chat_member") == id("from") { format!("{name} left.") } else { format!("{who} removed {name}.") }
}

fn auto_delete(message: &Object<'_>, who: &str) -> String {
    let timer = message.object("message_auto_delete_timer_changed");
    match timer.and_then(|timer| timer.integer("message_auto_delete_time")) {
        Some(0) | None => format!("{who} switched automatic deletion off."),
        Some(seconds) => format!("{who} lets messages be deleted after {seconds} seconds."),
    }
}

fn proximity(message: &Object<'_>, _: &str) -> String {
    let Some(alert) = message.object("proximity_alert_triggered") else { return "Two people came close.".into() };
    let metres = alert.integer("distance").unwrap_or(0);
    format!("{} came within {metres} m of {}.", name_at(alert, "traveler"), name_at(alert, "watcher"))
}

fn web_app_data(message: &Object<'_>, who: &str) -> String {
    let data = message.object("web_app_data").and_then(|sent| sent.text("data")).unwrap_or_default();
    format!("{who} sent data from the web app{}: {data}", quoted(message, "web_app_data", "button_text"))
}

/// A sum as Telegram writes it: in the currency's smallest unit, and Stars as such.
fn amount(payment: Option<&Object<'_>>) -> String {
    let total = payment.and_then(|payment| payment.integer("total_amount")).unwrap_or(0);
    match payment.and_then(|payment| payment.text("currency")).as_deref() {
        Some("XTR") => format!("{total} Stars"),
        Some(currency) => format!("{total} (smallest unit of {currency})"),
        None => total.to_string(),
    }
}

/// A name in quotes with a space before it, when there is one.
fn quoted(message: &Object<'_>, field: &str, key: &str) -> String {
    let name = message.object(field).and_then(|inner| inner.text(key));
    name.map_or_else(String::new, |name| format!(" “{name}”"))
}
