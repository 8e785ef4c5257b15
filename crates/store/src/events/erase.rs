//! Stored Updates of people who are gone lose what they say. There is no index by chat, which would cost every webhook
//! something, so a pass walks the tenant's events once for all who are waiting.

use std::collections::HashSet;

use model::{Id, Result, Scope, Tenant, bot::Bot};

use crate::{
    args,
    db::{Arg, Tx},
};

/// Events that are looked at in one transaction.
const WINDOW: i64 = 2_000;

/// People who are looked for in one pass.
const PEOPLE_MAX: i64 = 10_000;

/// What is left of an Update: enough to know that it came.
const NOTHING: &[u8] = br#"{"erased": true}"#;

crate::statements! {
    hot LAST = "event_erasure.last", "SELECT seq FROM event WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1";
    WANT = "event_erasure.want", "INSERT INTO event_erasure (tenant_id, bot_id, chat_id, until_seq)
        VALUES {rows bytes, bytes, int, int}
        ON CONFLICT (tenant_id, bot_id, chat_id) DO UPDATE SET until_seq = excluded.until_seq";
    hot DUE = "event_erasure.due", "SELECT tenant_id FROM event_erasure WHERE tenant_id >= $1 ORDER BY tenant_id LIMIT 1";
    hot PASS = "event_erasure.pass", "SELECT after_seq, until_seq FROM event_erasure_pass WHERE tenant_id = $1";
    BEGIN = "event_erasure.begin", "INSERT INTO event_erasure_pass (tenant_id, after_seq, until_seq)
        VALUES ($1, 0, $2) ON CONFLICT (tenant_id) DO NOTHING";
    hot PEOPLE = "event_erasure.people", "SELECT chat_id FROM event_erasure
        WHERE tenant_id = $1 AND bot_id = $2 ORDER BY chat_id LIMIT $3";
    hot END = "event_erasure.window", "SELECT seq FROM event WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
        ORDER BY seq LIMIT 1 OFFSET $4";
    hot OF_CHATS = "event_erasure.of_chats", "UPDATE event SET payload = $1, chat_key = 0, error_message = NULL,
            status = CASE WHEN status = 'PROCESSED' THEN status ELSE 'IGNORED' END
        WHERE tenant_id = $2 AND seq > $3 AND seq <= $4 AND EXISTS (SELECT 1 FROM event_erasure AS gone
            WHERE gone.tenant_id = $2 AND gone.bot_id = event.bot_id AND gone.chat_id = event.chat_key
                AND event.seq <= gone.until_seq)";
    hot IN_GROUPS = "event_erasure.in_groups", "SELECT seq, payload FROM event
        WHERE tenant_id = $1 AND seq > $2 AND seq <= $3 AND chat_key < 0";
    hot ERASE = "event_erasure.erase", "UPDATE event SET payload = $1, error_message = NULL,
            status = CASE WHEN status = 'PROCESSED' THEN status ELSE 'IGNORED' END
        WHERE tenant_id = $2 AND seq IN ({in})";
    hot MOVE_ON = "event_erasure.move_on", "UPDATE event_erasure_pass SET after_seq = $1 WHERE tenant_id = $2";
    hot DONE = "event_erasure.done", "DELETE FROM event_erasure WHERE tenant_id = $1 AND until_seq <= $2";
    hot PASSED = "event_erasure.passed", "DELETE FROM event_erasure_pass WHERE tenant_id = $1";
}

/// Asks for the erasure of what came so far from these chats of bots, and of what these people said in groups.
pub(crate) fn want_erased(tx: &mut Tx, scope: &Scope, chats: &[(Id<Bot>, i64)], people: &[i64]) -> Result<()> {
    let last: Option<i64> = tx.query_opt(LAST, &args![scope.tenant()], |row| row.get(0))?;
    let Some(last) = last else { return Ok(()) };
    let of_chats = chats.iter().map(|(bot, chat)| args![scope.tenant(), bot, *chat, last]);
    let of_people = people.iter().map(|person| args![scope.tenant(), no_bot(), *person, last]);
    let mut rows: Vec<[Arg; 4]> = of_chats.chain(of_people).collect();
    // One statement must not touch a row twice.
    rows.sort_by_key(|row| format!("{row:?}"));
    rows.dedup();
    tx.execute_rows(WANT, &[], &rows).map(drop)
}

/// The place of a bot in rows that name a person.
fn no_bot() -> Arg {
    Arg::from([])
}

/// Whether something waits to be erased.
pub fn is_erasure_due(tx: &mut Tx) -> Result<bool> {
    Ok(due(tx)?.is_some())
}

fn due(tx: &mut Tx) -> Result<Option<Id<Tenant>>> {
    tx.query_opt(DUE, &args![Vec::<u8>::new()], |row| row.get(0))
}

/// Walks one window of one tenant's events. `false`: nothing waits.
pub fn erase_some(tx: &mut Tx) -> Result<bool> {
    let Some(tenant) = due(tx)? else { return Ok(false) };
    let known: Option<(i64, i64)> = tx.query_opt(PASS, &args![tenant], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some((after, until)) = known else {
        let last: Option<i64> = tx.query_opt(LAST, &args![tenant], |row| row.get(0))?;
        tx.execute(BEGIN, &args![tenant, last.unwrap_or_default()])?;
        return Ok(true);
    };
    let end: Option<i64> = tx.query_opt(END, &args![tenant, after, until, WINDOW - 1], |row| row.get(0))?;
    let end = end.unwrap_or(until);
    tx.execute(OF_CHATS, &args![NOTHING, tenant, after, end])?;
    in_groups(tx, tenant, (after, end))?;
    if end < until {
        tx.execute(MOVE_ON, &args![end, tenant])?;
    } else {
        tx.execute(DONE, &args![tenant, until])?;
        tx.execute(PASSED, &args![tenant])?;
    }
    Ok(true)
}

/// Of groups, those Updates go in which one of the people appears.
fn in_groups(tx: &mut Tx, tenant: Id<Tenant>, (after, end): (i64, i64)) -> Result<()> {
    let people = tx.query(PEOPLE, &args![tenant, no_bot(), PEOPLE_MAX], |row| row.get::<i64>(0))?;
    if people.is_empty() {
        return Ok(());
    }
    let people: HashSet<String> = people.iter().map(i64::to_string).collect();
    let mut found = Vec::new();
    tx.query_each(IN_GROUPS, &args![tenant, after, end], |row| {
        let payload: Vec<u8> = row.get(1)?;
        if names_one(&payload, &people) {
            found.push(Arg::from(row.get::<i64>(0)?));
        }
        Ok(())
    })?;
    tx.execute_in(ERASE, &args![NOTHING, tenant], &found).map(drop)
}

/// Whether one of these numbers stands in a text.
fn names_one(payload: &[u8], people: &HashSet<String>) -> bool {
    payload
        .split(|byte| !byte.is_ascii_digit())
        .any(|digits| !digits.is_empty() && std::str::from_utf8(digits).is_ok_and(|digits| people.contains(digits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_whole() {
        let people = HashSet::from(["77".to_owned()]);
        assert!(names_one(br#"{"from":{"id":77}}"#, &people));
        assert!(!names_one(br#"{"from":{"id":777},"a":"7 7"}"#, &people));
        assert!(!names_one(b"", &people));
    }
}
