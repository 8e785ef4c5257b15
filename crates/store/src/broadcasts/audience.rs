//! Who gets a broadcast: walks the contacts of an audience in chunks, and finds the bot and chat for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{
    Error, Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, Exclusion, SkipReason},
    contact::Contact,
};

use super::{
    row::{Audience, Meant},
    script::ScriptTemplate,
};
use crate::{
    args, columns,
    contacts::segments,
    db::{Arg, Condition, Tx},
    senders,
};

/// Of each contact the chat that they wrote to last, among those that the broadcast may use, with what is in the way. Who has
/// none is reached by the first number, if there is one, where they have an address. The values are those of [`Ways`].
macro_rules! chosen {
    ($first:literal, $platform:literal, $since:literal, $name:literal, $language:literal, $bot:literal, $tenant:literal) => {
        concat!(
            "(SELECT contact.id AS contact_id, COALESCE(bot.id, ",
            $first,
            ") AS bot_id,
                CASE WHEN bot.id IS NULL THEN NULL ELSE chat.chat_id END AS chat_id,
                CASE WHEN contact.do_not_contact THEN 'do_not_contact'
                    WHEN bot.id IS NULL AND COALESCE(",
            $first,
            ", bot.id) IS NULL THEN 'no_chat'
                    WHEN bot.id IS NULL AND contact.phone IS NULL AND NOT EXISTS (SELECT 1 FROM identity
                        WHERE identity.contact_id = contact.id AND identity.platform = ",
            $platform,
            ") THEN 'no_phone'
                    WHEN bot.id IS NOT NULL AND chat.state = 'BLOCKED' THEN 'blocked'
                    WHEN bot.id IS NOT NULL AND chat.opted_out_at IS NOT NULL THEN 'opted_out'
                    WHEN NOT bot.is_active THEN 'bot_inactive'
                    WHEN COALESCE(chat.last_inbound_at, 0) < CAST(",
            $since,
            " AS BIGINT) THEN 'window_closed'
                    WHEN CAST(",
            $name,
            " AS TEXT) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM whatsapp_number JOIN whatsapp_template
                        ON whatsapp_template.tenant_id = whatsapp_number.tenant_id
                            AND whatsapp_template.waba_id = whatsapp_number.waba_id
                        WHERE whatsapp_number.bot_id = COALESCE(bot.id, ",
            $first,
            ") AND whatsapp_template.name = ",
            $name,
            " AND whatsapp_template.language = ",
            $language,
            " AND whatsapp_template.status = 'APPROVED') THEN 'no_template' END AS reason,
                ROW_NUMBER() OVER (PARTITION BY contact.id ORDER BY CASE WHEN bot.id IS NULL THEN 1 ELSE 0 END,
                    COALESCE(chat.last_inbound_at, 0) DESC, chat.bot_id, chat.chat_id) AS place
            FROM contact
                LEFT JOIN chat ON chat.tenant_id = contact.tenant_id AND chat.contact_id = contact.id
                    AND chat.state <> 'MIGRATED' AND (chat.bot_id = ",
            $bot,
            " OR ",
            $bot,
            " IS NULL)
                LEFT JOIN bot ON bot.id = chat.bot_id AND bot.removed_at IS NULL AND bot.platform = ",
            $platform,
            "
            WHERE {check}contact.tenant_id = ",
            $tenant,
            " AND contact.id IN ({in})) AS found WHERE found.place = 1"
        )
    };
}
pub(super) use chosen;

crate::statements! {
    LIST = "broadcast.list_contacts", "
        INSERT INTO broadcast_contact (broadcast_id, is_excluded, contact_id) VALUES {rows bytes, bool, bytes}
        ON CONFLICT (broadcast_id, is_excluded, contact_id) DO NOTHING";
    hot UNLIST = "broadcast.unlist_contacts",
        "DELETE FROM broadcast_contact WHERE broadcast_id = $1 AND is_excluded = $2";
    hot COPY = "broadcast.copy_contacts", "
        INSERT INTO broadcast_contact (broadcast_id, is_excluded, contact_id)
        SELECT $1, is_excluded, contact_id FROM broadcast_contact WHERE broadcast_id = $2";
    hot COUNT_LISTED = "broadcast.count_listed",
        "SELECT COUNT(*) FROM broadcast_contact WHERE broadcast_id = $1 AND is_excluded = $2";
    hot LISTED = "broadcast.listed", "
        SELECT contact_id FROM broadcast_contact
        WHERE broadcast_id = $1 AND is_excluded = $2 AND contact_id > $3 ORDER BY contact_id LIMIT $4";
    hot LISTED_BETWEEN = "broadcast.listed_between", "
        SELECT contact_id FROM broadcast_contact
        WHERE broadcast_id = $1 AND is_excluded = $2 AND contact_id > $3 AND contact_id <= $4";
    hot PEOPLE = "broadcast.people", "
        SELECT id FROM contact WHERE tenant_id = $1 AND kind = 'PERSON' AND id > $2 ORDER BY id LIMIT $3";
    hot TAGGED = "broadcast.tagged", "
        SELECT contact_id FROM contact_tag
        WHERE tenant_id = $1 AND tag = $2 AND contact_id > $3 ORDER BY contact_id LIMIT $4";
    hot TAGGED_BETWEEN = "broadcast.tagged_between", "
        SELECT contact_id FROM contact_tag
        WHERE tenant_id = $1 AND tag = $2 AND contact_id > $3 AND contact_id <= $4";
    hot TALLY = "broadcast.tally", concat!("
        SELECT found.reason, COUNT(*) FROM ", chosen!("$1", "$2", "$3", "$4", "$5", "$6", "$7"), " GROUP BY found.reason");
    hot CHOOSE = "broadcast.choose", concat!("
        SELECT found.contact_id, found.bot_id, found.chat_id, found.reason FROM ", chosen!("$1", "$2", "$3", "$4", "$5", "$6", "$7"));
}

/// The contacts that are listed one by one: rows of a broadcast, or a request's lists, sorted.
#[derive(Debug, Clone, Copy)]
pub enum Lists<'a> {
    Stored(Id<Broadcast>),
    Given { recipients: &'a [Id<Contact>], excluded: &'a [Id<Contact>] },
}

/// The next contacts of an audience, in order of their ids.
#[derive(Debug, Default)]
pub struct Chunk {
    pub contacts: Vec<Id<Contact>>,
    /// Those who are left out because the audience says so.
    pub excluded: Vec<(Id<Contact>, Exclusion)>,
    /// From where to go on; None after the last.
    pub next: Option<Id<Contact>>,
}

/// Over which channel a broadcast goes, and what it needs to go over it.
#[derive(Debug, Clone)]
pub struct Ways {
    platform: Platform,
    /// The only sender; None: of each contact the one that they wrote to last.
    bot: Option<Id<Bot>>,
    /// Who writes to those who never wrote.
    first: Option<Id<Bot>>,
    /// Since when they must have written.
    open_since: Option<Timestamp>,
    /// Name and language of the template that it needs.
    template: Option<(String, String)>,
}

impl Ways {
    /// The ways of a broadcast. Without a bot, the only one of the tenant writes to those who never wrote.
    pub fn of(
        tx: &mut Tx,
        scope: &Scope,
        (platform, bot): (Platform, Option<Id<Bot>>),
        template: Option<&ScriptTemplate>,
        now: Timestamp,
    ) -> Result<Self> {
        let capabilities = platform.capabilities();
        let template = template.filter(|_| capabilities.has_templates);
        let first = match (bot, template) {
            (_, None) => None,
            (Some(bot), Some(_)) => Some(bot),
            (None, Some(_)) => match senders::few(tx, scope, platform)?[..] {
                [only] => Some(only),
                _ => None,
            },
        };
        let first = first.filter(|_| capabilities.may_write_first);
        let first = first.map(|bot| senders::get(tx, scope, bot, now)).transpose()?.flatten();
        Ok(Self {
            platform,
            bot,
            first: first.filter(|sender| sender.is_active).map(|sender| sender.bot),
            open_since: capabilities.window_ms.filter(|_| template.is_none()).map(|window| now - window),
            template: template.map(|template| (template.name.clone(), template.language.clone())),
        })
    }

    /// The values of [`chosen`], in its order.
    pub(super) fn args(&self, scope: &Scope) -> [Arg; 7] {
        let (name, language) =
            self.template.as_ref().map(|(name, language)| (name.as_str(), language.as_str())).unzip();
        args![self.first, self.platform.as_str(), self.open_since, name, language, self.bot, scope.tenant()]
    }
}

/// A contact with the way to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub contact: Id<Contact>,
    pub bot: Option<Id<Bot>>,
    /// None of somebody who is reached for the first time.
    pub chat_id: Option<i64>,
    /// Why they can't be reached.
    pub reason: Option<SkipReason>,
}

/// Lists contacts for a broadcast, or against it.
pub fn list(tx: &mut Tx, id: Id<Broadcast>, is_excluded: bool, contacts: &[Id<Contact>]) -> Result<()> {
    let rows: Vec<[Arg; 3]> = contacts.iter().map(|contact| args![id, is_excluded, contact]).collect();
    tx.execute_rows(LIST, &[], &rows).map(drop)
}

/// Forgets those that were listed.
pub fn unlist(tx: &mut Tx, id: Id<Broadcast>, is_excluded: bool) -> Result<()> {
    tx.execute(UNLIST, &args![id, is_excluded]).map(drop)
}

/// Lists for one broadcast what is listed for another.
pub fn copy_lists(tx: &mut Tx, to: Id<Broadcast>, from: Id<Broadcast>) -> Result<()> {
    tx.execute(COPY, &args![to, from]).map(drop)
}

/// How many contacts are listed.
pub fn count_listed(tx: &mut Tx, id: Id<Broadcast>, is_excluded: bool) -> Result<i64> {
    tx.query_one(COUNT_LISTED, &args![id, is_excluded], |row| row.get(0))
}

/// Reads the segments that an audience names, and keeps their rules with it. One that is not there is named.
pub fn resolve(tx: &mut Tx, scope: &Scope, audience: &mut Audience, now: Timestamp) -> Result<()> {
    let both = [("segment", &mut audience.segment), ("exclude_segment", &mut audience.exclude_segment)];
    for (field, meant) in both {
        let Some(meant) = meant else { continue };
        let found = segments::get(tx, scope, meant.id)?;
        meant.rules = found.ok_or_else(|| Error::field(field, "No such segment."))?.rules;
        segments::condition(tx, scope, &meant.rules, now).map_err(|error| error.at_field(field))?;
    }
    Ok(())
}

/// The next contacts after `after`, at most `limit`, without those that the audience leaves out.
pub fn chunk(
    tx: &mut Tx,
    scope: &Scope,
    audience: &Audience,
    lists: Lists<'_>,
    after: Option<Id<Contact>>,
    (limit, now): (usize, Timestamp),
) -> Result<Chunk> {
    let meant = condition(tx, scope, audience.segment.as_ref(), now)?;
    let rules_out = condition(tx, scope, audience.exclude_segment.as_ref(), now)?;
    let mut found: BTreeSet<Id<Contact>> = BTreeSet::new();
    let mut has_more = false;
    for source in sources(audience, meant.as_ref()) {
        let ids = read_source(tx, scope, source, lists, after, limit)?;
        has_more |= ids.len() >= limit;
        found.extend(ids);
    }
    has_more |= found.len() > limit;
    let found: Vec<Id<Contact>> = found.into_iter().take(limit).collect();
    let Some(last) = found.last().copied() else { return Ok(Chunk::default()) };
    let mut left_out = excluded(tx, scope, audience, lists, after, last)?;
    if let Some(condition) = &rules_out {
        let found = segments::among(tx, scope, condition, (after, last))?;
        for id in found {
            left_out.entry(id).or_insert(Exclusion::InSegment);
        }
    }
    let contacts: Vec<Id<Contact>> = found.iter().filter(|id| !left_out.contains_key(id)).copied().collect();
    let excluded = found.iter().filter_map(|id| Some((*id, *left_out.get(id)?))).collect();
    Ok(Chunk { excluded, contacts, next: has_more.then_some(last) })
}

/// What a segment means now; its rules as they were when it is gone.
fn condition(tx: &mut Tx, scope: &Scope, meant: Option<&Meant>, now: Timestamp) -> Result<Option<Condition>> {
    let Some(Meant { id, rules }) = meant else { return Ok(None) };
    let rules = segments::get(tx, scope, *id)?.map_or_else(|| rules.clone(), |segment| segment.rules);
    segments::condition(tx, scope, &rules, now).map(Some)
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    All,
    Listed,
    Tag(&'a str),
    Segment(&'a Condition),
}

fn sources<'a>(audience: &'a Audience, segment: Option<&'a Condition>) -> Vec<Source<'a>> {
    if audience.is_all {
        return vec![Source::All];
    }
    let tags = audience.tags.iter().map(|tag| Source::Tag(tag));
    std::iter::once(Source::Listed).chain(tags).chain(segment.map(Source::Segment)).collect()
}

/// The first `limit` contacts of one source.
fn read_source(
    tx: &mut Tx,
    scope: &Scope,
    source: Source<'_>,
    lists: Lists<'_>,
    after: Option<Id<Contact>>,
    limit: usize,
) -> Result<Vec<Id<Contact>>> {
    let count = i64::try_from(limit).unwrap_or(i64::MAX);
    let tenant = scope.tenant();
    match (source, lists) {
        (Source::All, _) => tx.query(PEOPLE, &args![tenant, key(after), count], |row| row.get(0)),
        (Source::Tag(tag), _) => tx.query(TAGGED, &args![tenant, tag, key(after), count], |row| row.get(0)),
        (Source::Segment(condition), _) => segments::next(tx, scope, condition, after, limit),
        (Source::Listed, Lists::Stored(id)) => tx.query(LISTED, &args![id, false, key(after), count], |row| row.get(0)),
        (Source::Listed, Lists::Given { recipients, .. }) => {
            let from = recipients.partition_point(|id| after.is_some_and(|after| *id <= after));
            Ok(recipients[from..].iter().take(limit).copied().collect())
        }
    }
}

fn excluded(
    tx: &mut Tx,
    scope: &Scope,
    audience: &Audience,
    lists: Lists<'_>,
    after: Option<Id<Contact>>,
    last: Id<Contact>,
) -> Result<HashMap<Id<Contact>, Exclusion>> {
    let mut out: HashMap<Id<Contact>, Exclusion> = HashMap::new();
    for tag in &audience.exclude_tags {
        let args = args![scope.tenant(), tag, key(after), last];
        out.extend(tx.query(TAGGED_BETWEEN, &args, |row| Ok((row.get(0)?, Exclusion::Tagged)))?);
    }
    match lists {
        Lists::Stored(id) => {
            let args = args![id, true, key(after), last];
            out.extend(tx.query(LISTED_BETWEEN, &args, |row| Ok((row.get(0)?, Exclusion::Listed)))?);
        }
        Lists::Given { excluded, .. } => {
            let from = excluded.partition_point(|id| after.is_some_and(|after| *id <= after));
            let to = excluded.partition_point(|id| *id <= last);
            out.extend(excluded[from..to.max(from)].iter().map(|id| (*id, Exclusion::Listed)));
        }
    }
    Ok(out)
}

/// An id as a lower bound; every id is greater than no bytes.
fn key(after: Option<Id<Contact>>) -> Arg {
    after.map_or_else(|| Arg::from([]), Arg::from)
}

/// How many of these contacts can be reached (under None), and how many not, by reason.
pub fn tally(
    tx: &mut Tx,
    scope: &Scope,
    ways: &Ways,
    contacts: &[Id<Contact>],
) -> Result<BTreeMap<Option<SkipReason>, i64>> {
    let list: Vec<Arg> = contacts.iter().map(Arg::from).collect();
    let mut counts = BTreeMap::new();
    let found =
        tx.query_in(TALLY, &ways.args(scope), &list, |row| Ok((columns::word_opt(row, 0)?, row.get::<i64>(1)?)))?;
    found.into_iter().for_each(|(reason, count)| *counts.entry(reason).or_default() += count);
    Ok(counts)
}

/// The way to each of these contacts that there are.
pub fn choose(tx: &mut Tx, scope: &Scope, ways: &Ways, contacts: &[Id<Contact>]) -> Result<Vec<Chosen>> {
    let list: Vec<Arg> = contacts.iter().map(Arg::from).collect();
    tx.query_in(CHOOSE, &ways.args(scope), &list, |row| {
        Ok(Chosen { contact: row.get(0)?, bot: row.get(1)?, chat_id: row.get(2)?, reason: columns::word_opt(row, 3)? })
    })
}
