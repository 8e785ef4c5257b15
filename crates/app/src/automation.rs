//! What follows a contact's message by itself: greeting, away message, answers to words, assignment.
//!
//! A job is written with the message and taken in the transaction that acts on it, so that a crash neither loses nor
//! doubles anything. It cannot run in circles: only what a person writes makes a job, never what we send, and one
//! conversation gets a bounded number of answers.

use model::{
    Error, Id, Result, Scope, Timestamp, User,
    contact::Contact,
    conversation::Conversation,
    message::{Author, AuthorType, Message},
    settings::{Answer, AssignmentRule, Automation, Decision, Heard, TenantSettings},
    template::Template,
};
use store::{
    automation::{self, Job},
    contacts, conversations,
    db::Tx,
    feed, messages, settings, tenants,
};

use crate::{
    App,
    broadcasts::variable,
    inbox::{Act, Assignee, done},
    send::{self, Body, Draft, MARKERS, Markup, To},
};

/// Jobs that are looked at together.
const BATCH_MAX: i64 = 64;
/// Automatic answers that one conversation gets within an hour.
const ANSWERS_PER_HOUR_MAX: i64 = 10;
const HOUR_MS: i64 = 3_600_000;
/// Tries of a job before it is given up.
const TRIES_MAX: i64 = 5;
const RETRY_MS: i64 = 10_000;

/// Does what is due. Answers whether there may be more.
pub async fn work(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let jobs = app.db.read(move |tx| automation::due(tx, now, BATCH_MAX)).await?;
    let count = jobs.len();
    for job in jobs {
        if let Err(error) = one(app, job).await {
            postpone(app, job, &error).await?;
        }
    }
    Ok(i64::try_from(count).is_ok_and(|count| count == BATCH_MAX))
}

async fn one(app: &App, job: Job) -> Result<()> {
    let (scope, ids, now) = (Scope::system(job.tenant), app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            if !automation::take(tx, &job)? {
                return Ok(());
            }
            let Some(scene) = Scene::read(tx, &scope, &job)? else { return Ok(()) };
            let decision = scene.decide(tx, &scope, job.is_first, now)?;
            let mut changes = scene.assign(tx, &scope, &*ids, &decision, job.is_first, now)?;
            for answer in &decision.answers {
                let kind = kind(*answer);
                let is_over = automation::count_since(tx, job.conversation, now - HOUR_MS)? >= ANSWERS_PER_HOUR_MAX;
                let Some(draft) = scene.draft(*answer, now)?.filter(|_| !is_over) else { continue };
                automation::answered(tx, job.conversation, kind, now)?;
                changes.extend(send::accept_automatic(tx, &*ids, &scope, &draft, now)?);
            }
            feed::append(tx, &scope, &changes, now)
        })
        .await
}

/// What can't be done now comes again; what can never be done is let go, since a later answer would surprise.
async fn postpone(app: &App, job: Job, error: &Error) -> Result<()> {
    let now = app.clock.now();
    tracing::warn!(message.id = %job.message, error = ?error, "An automatic answer could not be given now.");
    app.db
        .write(move |tx| {
            if job.tries + 1 >= TRIES_MAX {
                return automation::take(tx, &job).map(drop);
            }
            automation::later(tx, &job, now + RETRY_MS * (1 << job.tries))
        })
        .await
}

/// A message and all that rules ask about it.
struct Scene {
    message: Message,
    conversation: Conversation,
    contact: Contact,
    settings: TenantSettings,
}

impl Scene {
    fn read(tx: &mut Tx, scope: &Scope, job: &Job) -> Result<Option<Self>> {
        let Some(message) = messages::get(tx, scope, job.message)? else { return Ok(None) };
        let Some(conversation) = conversations::get(tx, scope, job.conversation)? else { return Ok(None) };
        let Some(contact) = contacts::get_many(tx, scope, &[conversation.contact])?.pop() else { return Ok(None) };
        let settings = settings::get(tx, scope)?;
        Ok(Some(Self { message, conversation, contact, settings }))
    }

    fn decide(&self, tx: &mut Tx, scope: &Scope, is_first: bool, now: Timestamp) -> Result<Decision> {
        let told = automation::last(tx, scope, self.conversation.id, kind(Answer::Away))?;
        let heard = Heard {
            text: self.message.content.text.as_deref().unwrap_or_default(),
            bot: self.message.bot,
            language_code: self.contact.language_code.as_deref(),
            is_first,
            is_open: self.settings.business_hours.is_open(now),
            away_minutes_ago: told.map(|at| now.since(at) / 60_000),
        };
        let mut decision = self.settings.automation.decide(&heard);
        if self.contact.do_not_contact {
            decision.answers.clear();
        }
        Ok(decision)
    }

    /// Gives a new conversation of nobody to whoever the rules or the round say.
    fn assign(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        ids: &dyn model::Ids,
        decision: &Decision,
        is_first: bool,
        now: Timestamp,
    ) -> Result<Vec<model::feed::Change>> {
        let rule = decision.assignment.and_then(|index| self.settings.automation.assignment.get(index));
        let mut acts: Vec<Act> = rule.map(acts_of).unwrap_or_default();
        let is_assigned = self.conversation.assignee.is_some() || rule.is_some_and(|rule| rule.assignee.is_some());
        if is_first && !is_assigned && self.settings.inbox.round_robin {
            let people = people(tx, scope, &self.settings)?;
            let next = settings::next_in_turn(tx, scope, &people)?;
            acts.extend(next.map(|id| Act::Assign(Assignee::Person(id))));
        }
        let mut changes = Vec::new();
        for act in acts {
            let current = conversations::get(tx, scope, self.conversation.id)?;
            let current = current.ok_or_else(|| Error::not_found("conversation"))?;
            // Somebody who has left the team since gets nothing; the rest of the rule holds.
            if let Act::Assign(Assignee::Person(id)) = act
                && !active(tx, scope)?.iter().any(|(person, _)| *person == id)
            {
                continue;
            }
            changes.extend(done(tx, scope, ids, &current, &act, now)?);
        }
        Ok(changes)
    }

    fn draft(&self, answer: Answer, now: Timestamp) -> Result<Option<Draft>> {
        let Some(text) = self.settings.automation.text(answer) else { return Ok(None) };
        Ok(Some(draft(text, &self.contact, self.conversation.id, self.message.bot, now)?))
    }
}

fn draft(
    text: &str,
    contact: &Contact,
    conversation: Id<Conversation>,
    bot: Option<Id<model::bot::Bot>>,
    now: Timestamp,
) -> Result<Draft> {
    let text = said(text, contact, now)?;
    let author = Author { kind: AuthorType::Bot, id: bot.map(|bot| bot.as_uuid()), name: None };
    let body = Body::Text(Markup { text, parse_mode: Some(MARKERS.to_owned()) });
    Ok(Draft { bot, ..Draft::new(To::Conversation(conversation), author, body) })
}

/// The text with its variables filled in; marks in a name are characters like any other.
fn said(text: &str, contact: &Contact, now: Timestamp) -> Result<String> {
    let escape = |value: &str| {
        value.chars().flat_map(|c| if "*_`[]()|\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect::<String>()
    };
    Ok(Template::parse(text)?.render(|name| variable(contact, name, now), escape))
}

fn acts_of(rule: &AssignmentRule) -> Vec<Act> {
    let mut acts = Vec::new();
    acts.extend(rule.assignee.map(|id| Act::Assign(Assignee::Person(id))));
    if !rule.labels.is_empty() {
        acts.push(Act::AddLabels(rule.labels.clone()));
    }
    acts.extend(rule.priority.map(Act::SetPriority));
    acts
}

fn active(tx: &mut Tx, scope: &Scope) -> Result<Vec<(Id<User>, model::Role)>> {
    let members = tenants::members(tx, scope.tenant())?;
    Ok(members.into_iter().filter(|member| member.is_active).map(|member| (member.user, member.role)).collect())
}

/// Who takes part in the round.
fn people(tx: &mut Tx, scope: &Scope, settings: &TenantSettings) -> Result<Vec<Id<User>>> {
    let wanted = &settings.inbox.round_robin_members;
    let takes_part = |(id, role): &(Id<User>, model::Role)| {
        if wanted.is_empty() { *role == model::Role::Agent } else { wanted.contains(id) }
    };
    Ok(active(tx, scope)?.into_iter().filter(takes_part).map(|(id, _)| id).collect())
}

const fn kind(answer: Answer) -> &'static str {
    match answer {
        Answer::Greeting => "greeting",
        Answer::Away => "away",
        Answer::Keyword(_) => "keyword",
    }
}

/// A message to try rules on.
#[derive(Debug, Clone)]
pub struct Sample {
    pub text: String,
    pub bot: Option<Id<model::bot::Bot>>,
    pub language_code: Option<String>,
    pub is_first: bool,
    /// When it would come; now when nothing is said.
    pub at: Option<Timestamp>,
}

/// What would follow a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Kind and text of each answer.
    pub answers: Vec<(&'static str, String)>,
    pub assignment: Option<AssignmentRule>,
    /// Whether the round would say who gets it.
    pub is_round_robin: bool,
    pub is_open: bool,
}

/// Says what would follow, and does nothing. `rules`: those that are not saved yet; absent: those that hold.
pub async fn try_out(app: &App, scope: &Scope, rules: Option<Automation>, sample: &Sample) -> Result<Trial> {
    let settings = crate::tenant_settings(app, scope).await?;
    let rules = rules.unwrap_or_else(|| settings.automation.clone());
    let now = sample.at.unwrap_or_else(|| app.clock.now());
    let is_open = settings.business_hours.is_open(now);
    let heard = Heard {
        text: &sample.text,
        bot: sample.bot,
        language_code: sample.language_code.as_deref(),
        is_first: sample.is_first,
        is_open,
        away_minutes_ago: None,
    };
    let decision = rules.decide(&heard);
    let nobody = Id::from_bytes([0; 16]);
    let mut contact =
        Contact::new(nobody, scope.tenant(), model::contact::ContactKind::Person, model::contact::Source::Api, now);
    contact.first_name = "Ada".to_owned();
    contact.last_name = "Lovelace".to_owned();
    let shown = |answer: &Answer| Ok((kind(*answer), said(rules.text(*answer).unwrap_or_default(), &contact, now)?));
    let assignment = decision.assignment.and_then(|index| rules.assignment.get(index)).cloned();
    let has_assignee = assignment.as_ref().is_some_and(|rule| rule.assignee.is_some());
    Ok(Trial {
        answers: decision.answers.iter().map(shown).collect::<Result<_>>()?,
        is_round_robin: sample.is_first && !has_assignee && settings.inbox.round_robin,
        assignment,
        is_open,
    })
}
