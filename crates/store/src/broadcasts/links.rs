//! Links of broadcasts that count who follows them.

use model::{
    Id, Result, Timestamp,
    broadcast::{Broadcast, Link},
    contact::Contact,
};

use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    INSERT = "broadcast_link.insert", "
        INSERT INTO broadcast_link (id, broadcast_id, url, created_at) VALUES {rows bytes, bytes, text, int}";
    hot OF_BROADCAST = "broadcast_link.of_broadcast",
        "SELECT id, url FROM broadcast_link WHERE broadcast_id = $1 ORDER BY id";
    hot FIND = "broadcast_link.find", "SELECT broadcast_id, url FROM broadcast_link WHERE id = $1";
    // Who presses twice within a second pressed once.
    CLICK = "broadcast_click.add", "
        INSERT INTO broadcast_click (broadcast_id, contact_id, link_id, clicks, first_at, last_at)
        VALUES ($1, $2, $3, 1, $4, $4)
        ON CONFLICT (broadcast_id, contact_id, link_id) DO UPDATE SET clicks = broadcast_click.clicks + 1,
            last_at = excluded.last_at
        WHERE broadcast_click.last_at <= excluded.last_at - 1000";
    hot CLICKED = "broadcast_click.clicked", "
        SELECT link_id, COUNT(*), CAST(SUM(clicks) AS BIGINT) FROM broadcast_click WHERE broadcast_id = $1 GROUP BY link_id";
    hot PEOPLE = "broadcast_click.people", "
        SELECT COUNT(*) FROM (SELECT DISTINCT contact_id FROM broadcast_click WHERE broadcast_id = $1) AS people";
}

/// A link with those who followed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    pub url: String,
    /// How many recipients did.
    pub clicked: i64,
    /// How often they did.
    pub clicks: i64,
}

/// The links of a broadcast.
pub fn of_broadcast(tx: &mut Tx, id: Id<Broadcast>) -> Result<Vec<(Id<Link>, String)>> {
    tx.query(OF_BROADCAST, &args![id], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub fn insert(tx: &mut Tx, id: Id<Broadcast>, links: &[(Id<Link>, String)], now: Timestamp) -> Result<()> {
    let rows: Vec<[Arg; 4]> = links.iter().map(|(link, url)| args![link, id, url, now]).collect();
    tx.execute_rows(INSERT, &[], &rows).map(drop)
}

/// Where a link leads, and of which broadcast it is.
pub fn find(tx: &mut Tx, link: Id<Link>) -> Result<Option<(Id<Broadcast>, String)>> {
    tx.query_opt(FIND, &args![link], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Somebody followed a link.
pub fn click(tx: &mut Tx, id: Id<Broadcast>, contact: Id<Contact>, link: Id<Link>, now: Timestamp) -> Result<()> {
    tx.execute(CLICK, &args![id, contact, link, now]).map(drop)
}

/// All links of a broadcast with their numbers.
pub fn followed(tx: &mut Tx, id: Id<Broadcast>) -> Result<Vec<Followed>> {
    let counts: Vec<(Id<Link>, i64, i64)> =
        tx.query(CLICKED, &args![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let of =
        |link| counts.iter().find(|(one, ..)| *one == link).map_or((0, 0), |(_, people, clicks)| (*people, *clicks));
    let links = of_broadcast(tx, id)?.into_iter().map(|(link, url)| {
        let (clicked, clicks) = of(link);
        Followed { url, clicked, clicks }
    });
    Ok(links.collect())
}

/// How many recipients followed at least one.
pub fn people(tx: &mut Tx, id: Id<Broadcast>) -> Result<i64> {
    tx.query_one(PEOPLE, &args![id], |row| row.get(0))
}
