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

/// What is searched among millions of messages has an index, and needs no sorting where much may be found.
#[test]
fn lists_of_messages_use_their_indexes() {
    testkit::run(async {
        let db = testkit::TestDb::sqlite().await;
        for (list, uses) in [
            ("message.list.created_at", "USING INDEX message_tenant"),
            ("message.list_of_chat.created_at", "USING INDEX message_chat"),
            ("message.list_of_conversation.created_at", "USING INDEX message_timeline"),
            ("message.list_of_bot.created_at", "USING INDEX message_bot (bot_id=? AND "),
            ("message.list_failed.created_at", "USING INDEX message_failed"),
            ("message.list_with_error.created_at", "USING INDEX message_error"),
            ("message.list_of_time.created_at", "USING INDEX message_time (tenant_id=? AND "),
            ("message.list_owed.created_at", "SEARCH message USING INDEX message_tenant (tenant_id=? AND id=?)"),
        ] {
            for way in ["asc", "desc"] {
                let name = format!("{list}.{way}");
                let sql =
                    store::statements().into_iter().find(|sql| sql.name() == name).expect("a statement of this name");
                let plan = db.plan(sql).await.expect("a plan").text;
                assert!(plan.contains(uses), "{name}:\n{plan}");
                let sorts = plan.contains("USE TEMP B-TREE FOR ORDER BY");
                assert_eq!(
                    sorts,
                    list.ends_with("_owed.created_at") || list.contains("conversation"),
                    "{name}:\n{plan}"
                );
            }
        }
    });
}

/// In the middle of a thousand equal keys, too: a page far into a list must not read all that is before it.
#[test]
fn pages_begin_where_they_are_in_the_index() {
    testkit::run(async {
        let db = testkit::TestDb::sqlite().await;
        for (list, key) in [
            ("contact.list.updated_at", "updated_at"),
            ("contact.list.last_seen_at", "seen_order"),
            ("contact.list.first_name", "first_name"),
            ("conversation.list.last_message_at", "last_message_at"),
            ("conversation.list.waiting_since", "waiting_order"),
        ] {
            for (way, beyond) in [("asc", '>'), ("desc", '<')] {
                let name = format!("{list}.{way}");
                let sql =
                    store::statements().into_iter().find(|sql| sql.name() == name).expect("a statement of this name");
                let plan = db.plan(sql).await.expect("a plan").text;
                assert!(plan.contains(&format!("({key},id){beyond}(?,?)")), "{name}:\n{plan}");
            }
        }
    });
}

/// Without figures SQLite takes a tenant for small: it would read all of the tenant's rows to find those of a list.
#[test]
fn items_of_a_list_are_found_one_by_one() {
    testkit::run(async {
        let db = testkit::TestDb::sqlite().await;
        let mut complaints = Vec::new();
        for sql in store::statements().into_iter().filter(|sql| sql.has_list()) {
            let plan = db.plan(sql).await.expect("a plan").text;
            let reads_all = |line: &str| line.contains("(tenant_id=?)") || line.contains("(tenant_id=? AND kind=?)");
            if plan.lines().any(reads_all) {
                complaints.push(format!("{} reads all of a tenant:\n{plan}", sql.name()));
            }
        }
        assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    });
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = store::statements().iter().map(|sql| sql.name()).collect();
    names.sort_unstable();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, [""; 0]);
}
