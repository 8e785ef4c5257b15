//! The feeder: recipients whose turn comes become messages with deliveries, all in one transaction, so that a crash
//! anywhere leaves each of them either fed or not.

use model::{
    Id, Ids, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    chat::Chat,
    contact::Contact,
    conversation::Touch,
    delivery::Class,
    feed::{Change, FeedKind},
    message::{Author, AuthorType, Direction, EntryKind, Message, OnUnknown, Sending, Status},
};
use store::{
    broadcasts::{
        self, Record,
        feeding::{self, Fed},
    },
    db::Tx,
    deliveries::{self, NewDelivery},
    feed as changes, timeline,
};

use super::{links::Tracker, press::Press, ways::Ways};
use crate::{App, Settings, send::Composed};

/// For so long ahead a broadcast with a rate of its own has rows: longer than it takes until it is looked at again.
const CAPPED_AHEAD_MS: i64 = 10_000;
const CAPPED_MIN: i64 = 2;

/// Recipients of one transaction: what was sent is written down only when it ends, since both hold the broadcast.
const TURN_MAX: usize = 256;

/// Turns up to `room` recipients of a bot's running broadcasts into deliveries, the same number of each broadcast where
/// they have enough. Tells whether there are more.
pub async fn feed(app: &App, bot: Id<Bot>, room: usize) -> Result<bool> {
    if app.db.read(move |tx| feeding::of_bot(tx, bot)).await?.is_empty() {
        return Ok(false);
    }
    let (ids, settings, now) = (app.ids.clone(), app.settings.clone(), app.clock.now());
    app.db.write(move |tx| turn(tx, &Desk { ids: &*ids, settings: &settings, now }, bot, room.min(TURN_MAX))).await
}

/// What making messages needs besides the database.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub ids: &'a dyn Ids,
    pub settings: &'a Settings,
    pub now: Timestamp,
}

fn turn(tx: &mut Tx, desk: &Desk<'_>, bot: Id<Bot>, room: usize) -> Result<bool> {
    let now = desk.now;
    // In one order everywhere, so that two feeders never wait for each other.
    let mut running: Vec<Record> = Vec::new();
    for id in feeding::of_bot(tx, bot)? {
        running.extend(feeding::take_up(tx, id, now)?);
    }
    let Some(tenant) = running.first().map(|record| record.tenant) else { return Ok(false) };
    // Who is first changes, so that nobody starves when there are more broadcasts than room.
    let first = usize::try_from(now.as_ms() / 1_000).unwrap_or(0) % running.len();
    running.rotate_left(first);
    let scope = Scope::system(tenant);
    let mut queued: Vec<NewDelivery> = Vec::new();
    let (mut left, mut has_more) = (room, false);
    for (index, record) in running.iter().enumerate() {
        let share = left.div_ceil(running.len() - index).min(allowance(tx, record, bot)?);
        let (deliveries, taken, more) = one(tx, desk, &scope, record, bot, share)?;
        left -= taken;
        has_more |= more;
        queued.extend(deliveries);
    }
    if !queued.is_empty() {
        deliveries::accept(tx, &scope, bot, &queued, now)?;
    }
    let told: Vec<Change> = running.iter().map(|record| Change::new(FeedKind::Broadcast, record.id)).collect();
    changes::append(tx, &scope, &told, now)?;
    Ok(has_more)
}

/// The next recipients of one broadcast. Answers their deliveries, how many recipients it took, and whether there are more.
fn one(
    tx: &mut Tx,
    desk: &Desk<'_>,
    scope: &Scope,
    record: &Record,
    bot: Id<Bot>,
    share: usize,
) -> Result<(Vec<NewDelivery>, usize, bool)> {
    if share == 0 {
        // A rate of its own is looked at again in a while; for room the lane asks by itself.
        return Ok((Vec::new(), 0, record.steering.rate_limit.is_none()));
    }
    let Some(press) = Press::set_up(tx, desk, scope, record, bot)? else { return Ok((Vec::new(), 0, false)) };
    let next = feeding::next(tx, record.id, bot, share)?;
    let mut ways = Ways::look(tx, scope, &press.sender, &next)?;
    let tracks = record.steering.track_clicks;
    let mut tracker = tracks.then(|| Tracker::load(tx, desk.settings, record.id)).transpose()?;
    let mut fed: Vec<(Id<Contact>, Fed)> = Vec::with_capacity(next.len());
    let mut deliveries = Vec::with_capacity(next.len());
    for (contact, chat_id) in &next {
        let way = ways.to(tx, &press, *contact, *chat_id)?;
        match way.and_then(|(contact, chat)| Ok((chat, press.composed(contact)?))) {
            Ok((chat, mut composed)) => {
                if let Some(tracker) = &mut tracker {
                    tracker.track(desk.ids, *contact, &mut composed.parts);
                }
                let message = message(desk.ids, scope, record, chat, &composed, desk.now);
                timeline::append(tx, scope, &message, Touch::AUTOMATIC)?;
                deliveries.extend(of_message(record.id, chat, message.id, composed));
                fed.push((*contact, Fed::Queued(message.id, chat.chat_id)));
            }
            Err(reason) => fed.push((*contact, Fed::Skipped(reason))),
        }
    }
    if let Some(tracker) = tracker {
        tracker.save(tx, record.id, desk.now)?;
    }
    let has_more = next.len() >= share;
    feeding::fed(tx, record.id, bot, &fed, has_more, desk.now)?;
    let is_capped = record.steering.rate_limit.is_some();
    if is_capped && !has_more {
        // The bots that go on share its rate among them.
        broadcasts::wake(tx, record.id)?;
    }
    Ok((deliveries, next.len(), has_more && !is_capped))
}

/// How many of a broadcast may wait in a lane: with a rate of its own no more than leave soon, so that others have room.
fn allowance(tx: &mut Tx, record: &Record, bot: Id<Bot>) -> Result<usize> {
    let Some(rate) = record.steering.rate_limit else { return Ok(usize::MAX) };
    let ahead = i64::from(rate.count()).saturating_mul(CAPPED_AHEAD_MS) / rate.window_ms();
    let queued = feeding::queued(tx, record.id, bot)?;
    Ok(usize::try_from(ahead.max(CAPPED_MIN) - queued).unwrap_or(0))
}

pub(super) fn author(record: &Record) -> Author {
    Author { kind: AuthorType::Broadcast, id: Some(record.id.as_uuid()), name: Some(record.name.clone()) }
}

fn message(ids: &dyn Ids, scope: &Scope, record: &Record, chat: &Chat, composed: &Composed, now: Timestamp) -> Message {
    Message {
        id: ids.id(),
        tenant: scope.tenant(),
        conversation: chat.conversation,
        sequence: 0,
        kind: EntryKind::Message,
        direction: Some(Direction::Outgoing),
        platform: record.platform,
        bot: Some(chat.bot),
        chat_id: Some(chat.chat_id),
        author: author(record),
        content: composed.content.clone(),
        reply_to: None,
        provider_message_id: None,
        provider_name: None,
        media_group_id: None,
        broadcast: Some(record.id),
        edited_at: None,
        deleted_at: None,
        created_at: now,
        sending: Some(Sending {
            status: Status::Pending,
            attempts: 0,
            error_code: None,
            error_message: None,
            waiting_for: None,
            next_attempt_at: None,
            scheduled_time: None,
            expires_at: None,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            failed_at: None,
            parts: i64::try_from(composed.parts.len()).unwrap_or(i64::MAX),
            parts_sent: 0,
            on_unknown: OnUnknown::Hold,
        }),
    }
}

fn of_message(
    broadcast: Id<Broadcast>,
    chat: &Chat,
    message: Id<Message>,
    composed: Composed,
) -> impl Iterator<Item = NewDelivery> {
    let (chat_id, is_group) = (chat.chat_id, !chat.kind.is_private());
    (0..).zip(composed.parts).map(move |(part, outgoing)| NewDelivery {
        message,
        part,
        broadcast: Some(broadcast),
        class: Class::Bulk,
        chat_id,
        is_group,
        scheduled: None,
        expires_at: None,
        on_unknown: OnUnknown::Hold,
        outgoing,
    })
}
