//! What a broadcast would do, without doing it: who would get it, who not and why, and how long it would take.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::{Exclusion, SkipReason},
    contact::Contact,
    message::{Author, AuthorType},
};
use store::{
    broadcasts::{
        audience::{self, Chosen},
        pace,
    },
    contacts,
    db::Tx,
};

use super::{
    create::{self, New},
    estimate::{self, Terms},
    script::Prepared,
    survey::{self, Reached, Read, SAMPLE_MAX, Who},
};
use crate::{
    App,
    send::{self, To},
};

/// Contacts that are looked at in one go.
const CHUNK: usize = 2_000;
/// How many render errors are shown.
const SHOWN_MAX: usize = 10;
/// How many are named who would not get it.
const LEFT_OUT_MAX: usize = 1_000;

/// What would become of it.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Contacts of the audience; those that would get it and those that would be skipped.
    pub total: i64,
    pub recipients: i64,
    pub skipped: BTreeMap<SkipReason, i64>,
    /// Contacts that the audience leaves out: by id or by tag.
    pub excluded: BTreeMap<Exclusion, i64>,
    /// The first contacts who would not get it, skipped or left out, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// The first who would get it.
    pub sample: Vec<Reached>,
    /// Contacts whose text can't be made, with the reason; the first ten.
    pub render_errors: Vec<(Id<Contact>, String)>,
    /// Messages at the channel, of which a long text or an album takes several.
    pub messages: i64,
    /// From the start until the last one, at today's limits.
    pub duration_ms: i64,
    /// The UTC days on which some leave, with how many messages.
    pub days: BTreeMap<Timestamp, i64>,
}

/// Somebody who would not get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub contact: Id<Contact>,
    pub name: String,
    /// A [`SkipReason`] or an [`Exclusion`].
    pub reason: &'static str,
}

/// Looks at everybody, and writes nothing.
pub async fn dry_run(app: &App, scope: &Scope, new: New) -> Result<Preview> {
    let (scope, now) = (*scope, app.clock.now());
    let prepared = create::check(app, &scope, &new, now).await?.in_zone(new.steering.zone());
    let starts_at = new.scheduled_time.unwrap_or(now).max(now);
    let New { steering, platform, bot, audience, recipients, exclude_recipients, script, .. } = new;
    let who = Who { platform, audience, recipients, exclude_recipients, bot, template: script.template };
    let read = survey::read(app, scope, &who).await?;
    let prepared = Arc::new(prepared);
    let approved = prepared.clone();
    app.db.read(move |tx| approved.check_approved(tx, &scope, bot, now)).await?;
    let walk = Walk { scope, read, platform, prepared, now };
    let mut preview = Preview::default();
    let mut by_bot: HashMap<Id<Bot>, i64> = HashMap::new();
    let mut after = None;
    loop {
        let part = walk.clone();
        let (chunk, next) = app.db.read(move |tx| part.chunk(tx, after)).await?;
        preview.add(chunk, &mut by_bot);
        if next.is_none() {
            break;
        }
        after = next;
    }
    let bots: Vec<Id<Bot>> = by_bot.keys().copied().collect();
    let bot_rate = estimate::sender_rate(platform, app.settings.bot_rate);
    let limits = app.db.read(move |tx| pace::of_bots(tx, &bots, starts_at)).await?;
    let terms = Terms { steering: &steering, bots: i64::try_from(limits.len()).unwrap_or(1), bot_rate };
    for limits in &limits {
        let course = terms.course(by_bot[&limits.bot], limits, starts_at);
        preview.duration_ms = preview.duration_ms.max(course.ends_at.since(starts_at));
        course.days.into_iter().for_each(|(day, count)| *preview.days.entry(day).or_default() += count);
    }
    Ok(preview)
}

#[derive(Debug, Clone)]
struct Walk {
    scope: Scope,
    read: Read,
    platform: Platform,
    prepared: Arc<Prepared>,
    now: Timestamp,
}

/// What was seen of one contact.
#[derive(Debug)]
struct Seen {
    contact: Id<Contact>,
    name: String,
    end: End,
}

#[derive(Debug)]
enum End {
    /// Gets so many messages from this bot.
    Reached(Id<Bot>, i64),
    Skipped(SkipReason),
    /// The text can't be made: why.
    Unmade(String),
    Excluded(Exclusion),
}

impl Walk {
    fn chunk(&self, tx: &mut Tx, after: Option<Id<Contact>>) -> Result<(Vec<Seen>, Option<Id<Contact>>)> {
        let chunk = audience::chunk(tx, &self.scope, &self.read.audience, self.read.lists(), after, (CHUNK, self.now))?;
        let chosen = audience::choose(tx, &self.scope, &self.read.ways, &chunk.contacts)?;
        let all: Vec<Id<Contact>> =
            chunk.contacts.iter().copied().chain(chunk.excluded.iter().map(|(id, _)| *id)).collect();
        let people = contacts::get_many(tx, &self.scope, &all)?;
        let people: HashMap<Id<Contact>, Contact> = people.into_iter().map(|one| (one.id, one)).collect();
        let seen = |contact, end| {
            let name = people.get(&contact).map(Contact::full_name).unwrap_or_default();
            Seen { contact, name, end }
        };
        let looked = chosen.into_iter().map(|one| seen(one.contact, self.end(one, people.get(&one.contact))));
        let excluded = chunk.excluded.iter().map(|(contact, why)| seen(*contact, End::Excluded(*why)));
        Ok((looked.chain(excluded).collect(), chunk.next))
    }

    fn end(&self, one: Chosen, contact: Option<&Contact>) -> End {
        let (contact, bot) = match (one.reason, contact, one.bot) {
            (Some(reason), ..) => return End::Skipped(reason),
            (None, Some(contact), Some(bot)) => (contact, bot),
            _ => return End::Skipped(SkipReason::NoChat),
        };
        let author = Author { kind: AuthorType::Broadcast, id: None, name: None };
        let made = self.prepared.compose(contact, To::Contact(contact.id), author, self.now);
        match made.and_then(|made| send::fit(self.platform, made.parts)) {
            Ok(parts) => End::Reached(bot, parts.iter().map(|part| i64::from(part.weight())).sum()),
            Err(error) => End::Unmade(error.to_string()),
        }
    }
}

impl Preview {
    fn add(&mut self, seen: Vec<Seen>, by_bot: &mut HashMap<Id<Bot>, i64>) {
        for Seen { contact, name, end } in seen {
            self.total += i64::from(!matches!(end, End::Excluded(_)));
            let reason = match end {
                End::Reached(bot, messages) => {
                    self.reached(Reached { contact, name, bot: Some(bot) }, messages);
                    *by_bot.entry(bot).or_default() += messages;
                    continue;
                }
                End::Skipped(reason) => self.skip(reason),
                End::Unmade(words) => {
                    if self.render_errors.len() < SHOWN_MAX {
                        self.render_errors.push((contact, words));
                    }
                    self.skip(SkipReason::RenderError)
                }
                End::Excluded(why) => {
                    *self.excluded.entry(why).or_default() += 1;
                    why.as_str()
                }
            };
            if self.left_out.len() < LEFT_OUT_MAX {
                self.left_out.push(LeftOut { contact, name, reason });
            }
        }
    }

    fn reached(&mut self, reached: Reached, messages: i64) {
        self.recipients += 1;
        self.messages += messages;
        if self.sample.len() < SAMPLE_MAX {
            self.sample.push(reached);
        }
    }

    fn skip(&mut self, reason: SkipReason) -> &'static str {
        *self.skipped.entry(reason).or_default() += 1;
        reason.as_str()
    }
}
