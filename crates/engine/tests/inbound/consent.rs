//! `/stop` and `/start`, and how an identity was proven.

use serde_json::{Value, json};
use testkit::{TestApp, db_test};

use crate::{Telegram, contact};

fn states(contact: &Value) -> Vec<&str> {
    contact["reachability"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect()
}

async fn history(app: &TestApp, contact: &Value) -> Vec<String> {
    let (_, page) = app.owner().get(&format!("/contacts/{}/consent/", contact["id"].as_str().unwrap())).await;
    let results = page["results"].as_array().unwrap();
    results
        .iter()
        .map(|one| format!("{} by {}", one["kind"].as_str().unwrap(), one["by"]["type"].as_str().unwrap()))
        .collect()
}

db_test! {
    async fn stop_opts_out_of_a_bots_broadcasts_and_start_in_again(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let mut telegram = Telegram::of(&app, 1).await;
        app.bot(2).await;
        telegram.says(77, "hello").await;
        assert_eq!(states(&contact(&app, 77).await), ["ACTIVE", "NEVER_STARTED"]);
        telegram.says(77, "/start").await;
        telegram.says(77, "/stop").await;
        telegram.says(77, "/stop").await;
        let ada = contact(&app, 77).await;
        assert_eq!((states(&ada), &ada["do_not_contact"]), (vec!["OPTED_OUT", "NEVER_STARTED"], &json!(false)));
        assert_eq!(history(&app, &ada).await, ["OPTED_OUT by CONTACT"]);

        let broadcast = json!({"name": "Sale", "message_text": "It has begun.", "recipients": [ada["id"]]});
        let (status, run) = owner.post("/broadcast/?dry_run=true", broadcast).await;
        assert_eq!((status, &run["exclusions"]), (200, &json!({"opted_out": 1})), "{run}");
        let reply = json!({"contact_id": ada["id"], "text": "May we help?"});
        assert_eq!(owner.post("/telegram/v1/messages/", reply).await.0, 202);

        telegram.says(77, "/start").await;
        let ada = contact(&app, 77).await;
        assert_eq!(states(&ada)[0], "ACTIVE");
        assert_eq!(history(&app, &ada).await, ["OPTED_IN by CONTACT", "OPTED_OUT by CONTACT"]);

        assert_eq!(owner.patch("/contacts/settings/", json!({"obeys_stop": false})).await.1, json!({"obeys_stop": false}));
        telegram.says(77, "/stop").await;
        assert_eq!(states(&contact(&app, 77).await)[0], "ACTIVE");
        owner.patch(&format!("/contacts/{}/", ada["id"].as_str().unwrap()), json!({"do_not_contact": true})).await;
        assert_eq!(history(&app, &ada).await[0], "OPTED_OUT by API");
    }

    async fn a_shared_number_proves_who_somebody_is(db) {
        let app = TestApp::start(db).await;
        let (_, record) = app.owner().post("/contacts/", json!({"first_name": "A. Lovelace", "phone": "+14155550100"})).await;
        let mut telegram = Telegram::of(&app, 1).await;
        telegram.says(77, "hello").await;
        let proof = contact(&app, 77).await["identities"][0].clone();
        assert_eq!((&proof["proof"], &proof["proven_by"]["type"]), (&json!("SENDER"), &json!("CONTACT")));
        let card = json!({"contact": {"phone_number": "14155550100", "first_name": "Ada", "user_id": 77}});
        telegram.message(77, card).await;
        let ada = contact(&app, 77).await;
        assert_eq!((&ada["id"], &ada["identities"][0]["proof"]), (&record["id"], &json!("PHONE")));
    }
}
