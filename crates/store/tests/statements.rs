//! Every statement is prepared on both engines, and the hot ones must not read whole tables.

use testkit::db_test;

db_test! {
    async fn every_statement_is_understood_and_the_hot_ones_use_an_index(db) {
        let mut complaints = Vec::new();
        for sql in store::statements() {
            match db.plan(sql).await {
                Err(error) => complaints.push(format!("{error:?}")),
                Ok(plan) if sql.is_hot() && !plan.full_scans.is_empty() => {
                    complaints.push(format!("{} reads a whole table:\n{}", sql.name(), plan.text));
                }
                Ok(_) => {}
            }
        }
        assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = store::statements().iter().map(|sql| sql.name()).collect();
    names.sort_unstable();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, [""; 0]);
}
