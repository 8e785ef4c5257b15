//! Rows that go in right before the commit, together with those of the other jobs that are committed with it: for what
//! costs much for each statement and little for each row.

use super::{Arg, Sql};

type Row = (Sql, Vec<Arg>);

#[derive(Debug, Default)]
pub(super) struct Deferred {
    waiting: Vec<Row>,
    /// Written within the job that runs: they wait again if it is undone.
    written: Vec<Row>,
}

impl Deferred {
    pub fn push(&mut self, sql: Sql, row: Vec<Arg>) {
        self.waiting.push((sql, row));
    }

    /// A job begins. Answers its mark.
    pub fn begin(&mut self) -> usize {
        self.written.clear();
        self.waiting.len()
    }

    /// What was written since the job's mark was undone: what waited then waits again.
    pub fn undo(&mut self, mark: usize) {
        let since = std::mem::take(&mut self.waiting);
        self.waiting = std::mem::take(&mut self.written);
        self.waiting.extend(since);
        self.waiting.truncate(mark);
    }

    /// All that waits, by statement.
    pub fn take(&mut self) -> Vec<(Sql, Vec<Vec<Arg>>)> {
        let mut groups: Vec<(Sql, Vec<Vec<Arg>>)> = Vec::new();
        for (sql, row) in &self.waiting {
            match groups.iter_mut().find(|(one, _)| one.name == sql.name) {
                Some((_, rows)) => rows.push(row.clone()),
                None => groups.push((*sql, vec![row.clone()])),
            }
        }
        self.written.append(&mut self.waiting);
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{args, sql};

    const A: Sql = sql!("deferred.a", "A");
    const B: Sql = sql!("deferred.b", "B");

    fn numbers(deferred: &mut Deferred) -> Vec<(&'static str, usize)> {
        deferred.take().into_iter().map(|(sql, rows)| (sql.name, rows.len())).collect()
    }

    #[test]
    fn rows_go_in_by_statement() {
        let mut deferred = Deferred::default();
        [A, B, A].into_iter().for_each(|sql| deferred.push(sql, args![1].to_vec()));
        assert_eq!(numbers(&mut deferred), [("deferred.a", 2), ("deferred.b", 1)]);
        assert!(deferred.take().is_empty());
    }

    #[test]
    fn a_job_that_is_undone_takes_its_own_rows_back_and_no_others() {
        let mut deferred = Deferred::default();
        deferred.push(A, args![1].to_vec());
        let mark = deferred.begin();
        deferred.push(A, args![2].to_vec());
        // It wrote both, which was undone with it.
        deferred.take();
        deferred.push(B, args![3].to_vec());
        deferred.undo(mark);
        assert_eq!(numbers(&mut deferred), [("deferred.a", 1)]);
    }
}
