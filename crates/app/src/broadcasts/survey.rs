//! Who an audience is: counted before anything is written, for people who are putting one together.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    Error, FieldErrors, Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::{Exclusion, SkipReason},
    contact::Contact,
};
use store::{
    broadcasts::{
        Audience, ScriptTemplate,
        audience::{self, Chosen, Lists, Ways},
    },
    contacts,
    db::Tx,
};

use super::create::{self, Listed};
use crate::App;

/// Contacts that are counted in one go.
const CHUNK: usize = 5_000;
/// Recipients that are shown.
pub(super) const SAMPLE_MAX: usize = 10;

/// For whom it would be.
#[derive(Debug, Clone)]
pub struct Who {
    pub platform: Platform,
    pub audience: Audience,
    pub recipients: Option<Listed>,
    pub exclude_recipients: Option<Listed>,
    pub bot: Option<Id<Bot>>,
    /// The approved template that it would need.
    pub template: Option<ScriptTemplate>,
}

/// An audience in numbers.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Without those who are left out.
    pub total: i64,
    pub reachable: i64,
    pub skipped: BTreeMap<SkipReason, i64>,
    pub excluded: BTreeMap<Exclusion, i64>,
    /// The first who can be reached.
    pub sample: Vec<Reached>,
}

/// Somebody who would get it.
#[derive(Debug, Clone)]
pub struct Reached {
    pub contact: Id<Contact>,
    pub name: String,
    pub bot: Option<Id<Bot>>,
}

/// The contacts that were listed one by one, read and found to be there.
#[derive(Debug, Clone)]
pub(super) struct Read {
    /// Tidy, with the rules of its segments.
    pub audience: Audience,
    pub now: Timestamp,
    pub ways: Ways,
    pub recipients: Arc<Vec<Id<Contact>>>,
    pub excluded: Arc<Vec<Id<Contact>>>,
}

impl Read {
    pub fn lists(&self) -> Lists<'_> {
        Lists::Given { recipients: &self.recipients, excluded: &self.excluded }
    }
}

/// Counts an audience. One contact counts once, however many bots know them.
pub async fn survey(app: &App, scope: &Scope, who: Who) -> Result<Survey> {
    let scope = *scope;
    let mut errors = FieldErrors::new();
    create::check_audience(&who.audience, [&who.recipients, &who.exclude_recipients], &mut errors);
    if let Some(error) = Error::fields(errors) {
        return Err(error);
    }
    let read = read(app, scope, &who).await?;
    let mut survey = Survey::default();
    let mut after = None;
    loop {
        let (part, missing) = (read.clone(), SAMPLE_MAX - survey.sample.len());
        let (found, next) = app.db.read(move |tx| chunk(tx, &scope, &part, after, missing)).await?;
        survey.add(found);
        match next {
            Some(_) => after = next,
            None => return Ok(survey),
        }
    }
}

/// Looks whether the listed contacts and the bot are there.
pub(super) async fn read(app: &App, scope: Scope, who: &Who) -> Result<Read> {
    let (who, now) = (who.clone(), app.clock.now());
    app.db
        .read(move |tx| {
            create::check_bot(tx, &scope, (who.platform, who.bot), now)?;
            let ways = Ways::of(tx, &scope, (who.platform, who.bot), who.template.as_ref(), now)?;
            let list = |tx: &mut Tx, field, list: &Option<Listed>| match list {
                Some(list) => create::known(tx, &scope, field, list),
                None => Ok(Vec::new()),
            };
            let recipients = Arc::new(list(tx, "recipients", &who.recipients)?);
            let excluded = Arc::new(list(tx, "exclude_recipients", &who.exclude_recipients)?);
            let mut audience = create::tidy(&who.audience);
            audience::resolve(tx, &scope, &mut audience, now)?;
            Ok(Read { audience, now, ways, recipients, excluded })
        })
        .await
}

fn chunk(
    tx: &mut Tx,
    scope: &Scope,
    read: &Read,
    after: Option<Id<Contact>>,
    missing: usize,
) -> Result<(Survey, Option<Id<Contact>>)> {
    let chunk = audience::chunk(tx, scope, &read.audience, read.lists(), after, (CHUNK, read.now))?;
    let mut survey = Survey::default();
    for (reason, count) in audience::tally(tx, scope, &read.ways, &chunk.contacts)? {
        survey.total += count;
        match reason {
            None => survey.reachable += count,
            Some(reason) => *survey.skipped.entry(reason).or_default() += count,
        }
    }
    for (_, exclusion) in chunk.excluded {
        *survey.excluded.entry(exclusion).or_default() += 1;
    }
    if missing > 0 && survey.reachable > 0 {
        let chosen = audience::choose(tx, scope, &read.ways, &chunk.contacts)?;
        let reached: Vec<Chosen> = chosen.into_iter().filter(|one| one.reason.is_none()).take(missing).collect();
        survey.sample = named(tx, scope, &reached)?;
    }
    Ok((survey, chunk.next))
}

/// Recipients with their names.
pub(super) fn named(tx: &mut Tx, scope: &Scope, chosen: &[Chosen]) -> Result<Vec<Reached>> {
    let ids: Vec<Id<Contact>> = chosen.iter().map(|one| one.contact).collect();
    let names: BTreeMap<Id<Contact>, String> =
        contacts::get_many(tx, scope, &ids)?.into_iter().map(|contact| (contact.id, contact.full_name())).collect();
    let reached = |one: &Chosen| Reached {
        contact: one.contact,
        name: names.get(&one.contact).cloned().unwrap_or_default(),
        bot: one.bot,
    };
    Ok(chosen.iter().map(reached).collect())
}

impl Survey {
    fn add(&mut self, other: Survey) {
        self.total += other.total;
        self.reachable += other.reachable;
        other.skipped.into_iter().for_each(|(reason, count)| *self.skipped.entry(reason).or_default() += count);
        other.excluded.into_iter().for_each(|(why, count)| *self.excluded.entry(why).or_default() += count);
        self.sample.extend(other.sample);
    }
}
