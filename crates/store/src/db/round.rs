//! Questions that don't wait for each other's answers.

use std::{fmt, sync::Arc};

use model::Result;

use super::{Arg, Row, Sql, postgres::Call};

/// Statements with `{in}` or `{of …}` that are asked together by [`Tx::ask`](super::Tx::ask): in one round trip to
/// PostgreSQL, one after the other on SQLite. Each takes its rows to its own place.
///
/// ```
/// use std::sync::Arc;
///
/// use model::Result;
/// use store::db::{Arg, Round, Sql, Tx};
///
/// const NAMES: Sql = store::sql!("bot.names", "SELECT name FROM bot WHERE tenant_id = $1 AND id IN ({in})");
/// const CHATS: Sql = store::sql!("chat.ids", "SELECT chat_id FROM chat WHERE tenant_id = $1 AND bot_id IN ({in})");
///
/// fn of_bots(tx: &mut Tx, tenant: &Arg, bots: &Arc<[Arg]>) -> Result<(Vec<String>, Vec<i64>)> {
///     let (mut names, mut chats) = (Vec::new(), Vec::new());
///     let mut round = Round::default();
///     round.add(NAMES, std::slice::from_ref(tenant), bots, &mut names, |row| row.get::<String>(0));
///     round.add(CHATS, std::slice::from_ref(tenant), bots, &mut chats, |row| row.get::<i64>(0));
///     tx.ask(round)?;
///     Ok((names, chats))
/// }
/// ```
#[derive(Default)]
pub struct Round<'a> {
    pub(super) questions: Vec<Question<'a>>,
}

/// Takes a row to its place.
type Each<'a> = Box<dyn FnMut(&Row) -> Result<()> + 'a>;

pub(super) struct Question<'a> {
    pub(super) sql: Sql,
    pub(super) fixed: Vec<Arg>,
    pub(super) list: Arc<[Arg]>,
    pub(super) each: Each<'a>,
}

impl<'a> Round<'a> {
    /// Adds a question as [`Tx::query_in`](super::Tx::query_in) takes it, whose rows go into `found`; for the list see
    /// [`listed`](super::listed). One about nothing is not asked.
    pub fn add<T>(
        &mut self,
        sql: Sql,
        fixed: &[Arg],
        list: &Arc<[Arg]>,
        found: &'a mut impl Extend<T>,
        mut read: impl FnMut(&Row) -> Result<T> + 'a,
    ) {
        if list.is_empty() {
            return;
        }
        let each = move |row: &Row<'_>| {
            found.extend(Some(read(row)?));
            Ok(())
        };
        self.questions.push(Question { sql, fixed: fixed.to_vec(), list: list.clone(), each: Box::new(each) });
    }
}

impl Question<'_> {
    pub(super) fn call(&mut self) -> Call<'_> {
        Call::with_lists(self.sql, &self.fixed, vec![self.list.iter().collect()], &mut *self.each)
    }
}

impl fmt::Debug for Round<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.questions.iter().map(|question| question.sql.name)).finish()
    }
}
