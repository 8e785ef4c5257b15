//! What a broadcast would do, without doing it: who would get it, who not and why, and how long it would take.

use std::collections::{BTreeMap, HashMap};

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::SkipReason,
    contact::Contact,
    message::{Author, AuthorType},
};
use store::{
    broadcasts::{
        Audience,
        audience::{self, Chosen, Lists},
        pace,
    },
    contacts,
    db::Tx,
};

use super::{
    create::{self, New},
    estimate::duration_ms,
    script::Prepared,
};
use crate::{App, send::To};

/// Contacts that are looked at in one go.
const CHUNK: usize = 2_000;
/// How many render errors are shown.
const SHOWN_MAX: usize = 10;

/// What would become of it.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Contacts of the audience; those that would get it and those that would be skipped.
    pub total: i64,
    pub recipients: i64,
    pub skipped: BTreeMap<SkipReason, i64>,
    /// Contacts that the audience leaves out: by id or by tag.
    pub excluded: i64,
    /// Contacts whose text can't be made, with the reason; the first ten.
    pub render_errors: Vec<(Id<Contact>, String)>,
    /// From now until the last one, at today's limits.
    pub duration_ms: i64,
}

/// Looks at everybody, and writes nothing.
pub async fn dry_run(app: &App, scope: &Scope, new: New) -> Result<Preview> {
    let (scope, now) = (*scope, app.clock.now());
    let prepared = create::check(app, &scope, &new, now).await?;
    let audience = create::tidy(&new.audience);
    let bot = new.bot;
    let (recipients, excluded) = app
        .db
        .read(move |tx| {
            create::check_bot(tx, &scope, new.bot, now)?;
            let list = |tx: &mut Tx, field, list: &Option<create::Listed>| match list {
                Some(list) => create::known(tx, &scope, field, list),
                None => Ok(Vec::new()),
            };
            Ok((list(tx, "recipients", &new.recipients)?, list(tx, "exclude_recipients", &new.exclude_recipients)?))
        })
        .await?;
    let walk = Walk { scope, audience, recipients, excluded, bot, prepared, now };
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
    let (bots, rate): (Vec<Id<Bot>>, _) = (by_bot.keys().copied().collect(), app.settings.bot_rate);
    let limits = app.db.read(move |tx| pace::of_bots(tx, &bots, now)).await?;
    let each = limits.iter().map(|limits| duration_ms(by_bot[&limits.bot], limits, rate, now));
    preview.duration_ms = each.max().unwrap_or(0);
    Ok(preview)
}

#[derive(Debug, Clone)]
struct Walk {
    scope: Scope,
    audience: Audience,
    recipients: Vec<Id<Contact>>,
    excluded: Vec<Id<Contact>>,
    bot: Option<Id<Bot>>,
    prepared: Prepared,
    now: Timestamp,
}

/// One chunk: those who were looked at, with what a text that can't be made says.
#[derive(Debug, Default)]
struct Looked {
    chosen: Vec<(Chosen, Option<String>)>,
    excluded: usize,
}

impl Walk {
    fn chunk(&self, tx: &mut Tx, after: Option<Id<Contact>>) -> Result<(Looked, Option<Id<Contact>>)> {
        let lists = Lists::Given { recipients: &self.recipients, excluded: &self.excluded };
        let chunk = audience::chunk(tx, &self.scope, &self.audience, lists, after, CHUNK)?;
        let chosen = audience::choose(tx, &self.scope, self.bot, &chunk.contacts)?;
        let people = contacts::get_many(tx, &self.scope, &chunk.contacts)?;
        let people: HashMap<Id<Contact>, Contact> = people.into_iter().map(|one| (one.id, one)).collect();
        let chosen = chosen.into_iter().map(|one| (one, self.complaint(one, people.get(&one.contact)))).collect();
        Ok((Looked { chosen, excluded: chunk.excluded }, chunk.next))
    }

    fn complaint(&self, one: Chosen, contact: Option<&Contact>) -> Option<String> {
        let contact = contact.filter(|_| one.reason.is_none())?;
        let author = Author { kind: AuthorType::Broadcast, id: None, name: None };
        let made = self.prepared.compose(contact, To::Contact(contact.id), author, self.now);
        made.err().map(|error| error.to_string())
    }
}

impl Preview {
    fn add(&mut self, looked: Looked, by_bot: &mut HashMap<Id<Bot>, i64>) {
        self.excluded += i64::try_from(looked.excluded).unwrap_or(i64::MAX);
        for (chosen, complaint) in looked.chosen {
            self.total += 1;
            match (chosen.reason, complaint, chosen.bot) {
                (Some(reason), ..) => *self.skipped.entry(reason).or_default() += 1,
                (None, Some(words), _) => {
                    *self.skipped.entry(SkipReason::RenderError).or_default() += 1;
                    if self.render_errors.len() < SHOWN_MAX {
                        self.render_errors.push((chosen.contact, words));
                    }
                }
                (None, None, Some(bot)) => {
                    self.recipients += 1;
                    *by_bot.entry(bot).or_default() += 1;
                }
                (None, None, None) => *self.skipped.entry(SkipReason::NoChat).or_default() += 1,
            }
        }
    }
}
