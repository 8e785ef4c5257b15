//! The inbox's search: people first, then messages with the place where they say it. Every answer is bounded work; what
//! was not looked through yet, the next page looks through.

use std::collections::{HashMap, HashSet};

use model::{
    Error, Id, Result, Scope, Timestamp,
    bot::Bot,
    contact::Contact,
    conversation::Conversation,
    message::{Author, AuthorType, Message},
    search::{Snippet, Words},
};
use store::{
    bots, contacts, conversations,
    db::Tx,
    page::{Request, Start},
    search::{self, Candidate, Kind},
    timeline,
};

const PEOPLE: usize = 10;
/// How many people one search looks at.
const PEOPLE_LOOKED_AT: usize = 1_000;
/// Whom `from:` can mean.
const SENDERS_MAX: usize = 20;
/// How many messages one page looks at.
const LOOKED_AT_MAX: usize = 2_000;
/// How many messages, or people, are looked at in one go. The index is asked for so many first, and for all the others where
/// too few of these are meant: each question to it has its price.
const CHUNK: usize = 200;

/// What is looked for, as it was typed and chosen.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub typed: String,
    /// Who wrote it: a contact's id, @username, phone number or part of a name.
    pub from: Option<String>,
    /// A bot's id or @username.
    pub bot: Option<String>,
    /// A label of the conversation.
    pub label: Option<String>,
    pub before: Option<Timestamp>,
}

/// One person that was found.
#[derive(Debug, Clone)]
pub struct Person {
    pub contact: Contact,
    pub conversation: Option<Id<Conversation>>,
}

/// One message that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    pub message: Message,
    pub conversation: Id<Conversation>,
    pub contact: Option<Contact>,
    pub snippet: Snippet,
}

/// A page of what was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// On the first page only.
    pub people: Vec<Person>,
    pub hits: Vec<Hit>,
    /// Where the next page begins; `None` when all was looked through.
    pub next: Option<i64>,
}

impl Query {
    /// Takes `from:`, `bot:`, `label:` and `before:` out of what was typed. A value with spaces stands in quotes.
    pub fn with_filters_typed(mut self) -> Result<Self> {
        let mut words = Vec::new();
        for word in quoted_words(&self.typed) {
            match word.split_once(':') {
                Some(("from", value)) if !value.is_empty() => self.from = Some(value.to_owned()),
                Some(("bot", value)) if !value.is_empty() => self.bot = Some(value.to_owned()),
                Some(("label", value)) if !value.is_empty() => self.label = Some(value.to_owned()),
                Some(("before", value)) if !value.is_empty() => self.before = Some(moment(value)?),
                _ => words.push(word),
            }
        }
        self.typed = words.join(" ");
        Ok(self)
    }
}

/// A time, or a day, which stands for its first moment in UTC.
pub fn moment(text: &str) -> Result<Timestamp> {
    let day = || format!("{text}T00:00:00Z").parse();
    text.parse().or_else(|_: Error| day()).map_err(|_: Error| {
        Error::field("before", "Enter a time such as 2026-11-22T20:15:00Z, or a day such as 2026-11-22.")
    })
}

fn quoted_words(typed: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for c in typed.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// One page of what a query finds, from `below` on (`None`: the first page).
pub fn search(tx: &mut Tx, scope: &Scope, query: &Query, below: Option<i64>, size: usize) -> Result<Found> {
    let words = Words::new(&query.typed);
    if words.is_empty() && query.from.is_none() {
        return Err(Error::field("q", "Enter something to look for."));
    }
    let is_plain = query.from.is_none() && query.bot.is_none() && query.label.is_none() && query.before.is_none();
    let people = if below.is_none() && is_plain { people(tx, scope, &query.typed)? } else { Vec::new() };
    let Some(narrow) = Narrow::read(tx, scope, query, words)? else { return Ok(Found { people, ..Found::default() }) };
    let (hits, next) = messages(tx, scope, &narrow, below.unwrap_or(search::start(query.before)), size)?;
    Ok(Found { people, hits, next })
}

fn people(tx: &mut Tx, scope: &Scope, typed: &str) -> Result<Vec<Person>> {
    let found = find_people(tx, scope, typed, PEOPLE)?;
    let mut people = Vec::new();
    for contact in found {
        let conversation = conversations::of_contact(tx, scope, contact.id)?.map(|one| one.id);
        people.push(Person { contact, conversation });
    }
    Ok(people)
}

fn find_people(tx: &mut Tx, scope: &Scope, typed: &str, limit: usize) -> Result<Vec<Contact>> {
    let words = match number(typed) {
        Some(digits) => Words::new(&digits),
        None => Words::new(typed.trim().trim_start_matches('@')),
    };
    if words.runs().is_empty() {
        // A single letter: the list finds it soon, and an index would not help.
        let filter = contacts::Filter { search: Some(typed.to_owned()), ..contacts::Filter::default() };
        let size = u32::try_from(limit).unwrap_or(10);
        let first = Request { sort: 0, descending: true, start: Start::First, size, count: false };
        return Ok(contacts::list(tx, scope, &filter, &first)?.rows);
    }
    let chat_id: Option<i64> = typed.trim().parse().ok();
    let is_meant = |one: &Contact| {
        words.are_in(&contacts::search_text(one)) || (chat_id.is_some() && one.telegram_chat_id == chat_id)
    };
    let mut people = match chat_id {
        Some(chat_id) => {
            let named = contacts::by_telegram_chat_id(tx, scope, chat_id)?;
            contacts::get_many(tx, scope, &named)?
        }
        None => Vec::new(),
    };
    look_through(tx, scope, &words, limit, is_meant, &mut people)?;
    people.truncate(limit);
    Ok(people)
}

/// Adds the people whom the index finds and who are meant, the newest first, until there are `limit`.
fn look_through(
    tx: &mut Tx,
    scope: &Scope,
    words: &Words,
    limit: usize,
    is_meant: impl Fn(&Contact) -> bool,
    people: &mut Vec<Contact>,
) -> Result<()> {
    let (mut below, mut looked_at, mut wanted) = (i64::MAX, 0, CHUNK);
    while people.len() < limit && looked_at < PEOPLE_LOOKED_AT {
        let found = search::candidates(tx, scope, Kind::Contact, words, below, wanted as i64)?;
        let Some(last) = found.last() else { break };
        (below, looked_at) = (last.number, looked_at + found.len());
        wanted = PEOPLE_LOOKED_AT.saturating_sub(looked_at);
        for some in found.chunks(CHUNK) {
            if people.len() >= limit {
                break;
            }
            let ids: Vec<Id<Contact>> = some.iter().map(|one| Id::from_uuid(one.object)).collect();
            let known: HashSet<_> = people.iter().map(|one| one.id).collect();
            let found = contacts::get_many(tx, scope, &ids)?;
            people.extend(found.into_iter().filter(|one| is_meant(one) && !known.contains(&one.id)));
        }
    }
    Ok(())
}

/// A phone number typed with spaces, dashes or brackets is meant as one.
fn number(typed: &str) -> Option<String> {
    let is_number = typed.chars().all(|c| c.is_ascii_digit() || "+ -()./".contains(c));
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    (is_number && digits.len() > 1).then_some(digits)
}

/// People, and where they wrote.
type Senders = (HashSet<Id<Contact>>, Vec<Id<Conversation>>);

/// What must hold of a message beside its words.
struct Narrow {
    words: Words,
    senders: Option<Senders>,
    bot: Option<Id<Bot>>,
    label: Option<String>,
    before: Option<Timestamp>,
}

impl Narrow {
    /// `None`: nobody is meant by `from:`.
    fn read(tx: &mut Tx, scope: &Scope, query: &Query, words: Words) -> Result<Option<Self>> {
        let bot = query.bot.as_deref().map(|text| find_bot(tx, scope, text)).transpose()?;
        let senders = match query.from.as_deref() {
            None => None,
            Some(text) => {
                let people = find_senders(tx, scope, text)?;
                let mut of = Vec::new();
                for contact in &people {
                    of.extend(conversations::all_of_contact(tx, scope, *contact)?);
                }
                if of.is_empty() {
                    return Ok(None);
                }
                Some((people.into_iter().collect(), of))
            }
        };
        Ok(Some(Self { words, senders, bot, label: query.label.clone(), before: query.before }))
    }

    fn allows(&self, message: &Message) -> bool {
        let is_sender = |author: &Author| match (&self.senders, author.id) {
            (None, _) => true,
            (Some((people, _)), Some(id)) => author.kind == AuthorType::Contact && people.contains(&Id::from_uuid(id)),
            (Some(_), None) => false,
        };
        message.deleted_at.is_none()
            && message.conversation.is_some()
            && self.bot.is_none_or(|bot| message.bot == Some(bot))
            && self.before.is_none_or(|before| message.created_at < before)
            && is_sender(&message.author)
            && self.words.are_in(&message.content.search_text())
    }
}

fn find_senders(tx: &mut Tx, scope: &Scope, text: &str) -> Result<Vec<Id<Contact>>> {
    if let Ok(id) = text.parse::<Id<Contact>>() {
        return Ok(vec![id]);
    }
    if let Some(username) = text.strip_prefix('@') {
        return contacts::by_username(tx, scope, username);
    }
    let found = find_people(tx, scope, text, SENDERS_MAX)?;
    Ok(found.into_iter().map(|contact| contact.id).collect())
}

fn find_bot(tx: &mut Tx, scope: &Scope, text: &str) -> Result<Id<Bot>> {
    let name = text.trim_start_matches('@').to_lowercase();
    let known = bots::all(tx, scope, Timestamp::from_ms(0))?;
    let is_meant = |bot: &model::bot::Bot| bot.username.to_lowercase() == name || bot.id.to_string() == name;
    let found = known.into_iter().find(|one| is_meant(&one.bot));
    found.map(|one| one.bot.id).ok_or_else(|| Error::field("bot", "There is no such bot. Enter its id or @username."))
}

fn messages(
    tx: &mut Tx,
    scope: &Scope,
    narrow: &Narrow,
    mut below: i64,
    size: usize,
) -> Result<(Vec<Hit>, Option<i64>)> {
    let (mut hits, mut looked_at, mut wanted) = (Vec::new(), 0, CHUNK);
    while looked_at < LOOKED_AT_MAX {
        let candidates = match &narrow.senders {
            Some((_, of)) => search::of_conversations(tx, scope, of, below)?,
            None => search::candidates(tx, scope, Kind::Message, &narrow.words, below, wanted as i64)?,
        };
        if candidates.is_empty() {
            return Ok((hits, None));
        }
        looked_at += candidates.len();
        wanted = LOOKED_AT_MAX.saturating_sub(looked_at);
        for some in candidates.chunks(CHUNK) {
            let chosen = choose(tx, scope, narrow, some, size - hits.len())?;
            hits.extend(chosen.hits);
            below = chosen.looked_to.unwrap_or(below);
            if hits.len() == size {
                return Ok((hits, Some(below)));
            }
            if chosen.looked_to != some.last().map(|last| last.number) {
                // Not all of these were looked at: the index is asked again from there.
                break;
            }
        }
    }
    Ok((hits, Some(below)))
}

/// Candidates that are meant.
struct Chosen {
    hits: Vec<Hit>,
    /// The number of the last one that was looked at.
    looked_to: Option<i64>,
}

/// Looks at candidates until `wanted` are found, or at all of them.
fn choose(tx: &mut Tx, scope: &Scope, narrow: &Narrow, candidates: &[Candidate], wanted: usize) -> Result<Chosen> {
    let numbers: HashMap<_, _> = candidates.iter().map(|one| (Id::from_uuid(one.object), one.number)).collect();
    let ids: Vec<Id<Message>> = candidates.iter().map(|one| Id::from_uuid(one.object)).collect();
    let mut found = timeline::get_many(tx, scope, &ids)?;
    found.retain(|message| narrow.allows(message));
    let number_of = |id: Id<Message>| numbers.get(&id).copied();
    let mut looked_to = candidates.last().map(|last| last.number);
    // A label is known with the conversation only; all else holds of these, and whose they are is asked of few.
    if narrow.label.is_none() && found.len() > wanted {
        found.truncate(wanted);
        looked_to = found.last().and_then(|last| number_of(last.id));
    }
    let mut of: Vec<_> = found.iter().filter_map(|message| message.conversation).collect();
    of.sort();
    of.dedup();
    let heads = conversations::get_many(tx, scope, &of)?;
    let people: Vec<_> = heads.iter().map(|one| one.contact).collect();
    let people = contacts::get_many(tx, scope, &people)?;
    let people: HashMap<_, _> = people.into_iter().map(|one| (one.id, one)).collect();
    let heads: HashMap<_, _> = heads.into_iter().map(|one| (one.id, one)).collect();
    let hit = |message: Message| {
        let head = heads.get(&message.conversation?)?;
        if narrow.label.as_ref().is_some_and(|label| !head.labels.contains(label)) {
            return None;
        }
        let text = message.content.text.as_deref().filter(|text| narrow.words.are_in(text));
        let snippet = match text {
            Some(text) => narrow.words.snippet(text),
            None => narrow.words.snippet(&message.content.search_text()),
        };
        let contact = people.get(&head.contact).cloned();
        Some(Hit { conversation: head.id, contact, snippet, message })
    };
    let mut hits: Vec<Hit> = found.into_iter().filter_map(hit).collect();
    if hits.len() > wanted {
        hits.truncate(wanted);
        looked_to = hits.last().and_then(|last| number_of(last.message.id));
    }
    Ok(Chosen { hits, looked_to })
}
