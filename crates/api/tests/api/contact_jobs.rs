//! The same done to many contacts in the background: progress, cancelling, and going on where one stopped.

use app::contacts::ContactJobs;
use model::{Role, feed::FeedKind};
use serde_json::{Value, json};
use testkit::{TestApp, db_test};

async fn people(app: &TestApp, count: usize) {
    let owner = app.owner();
    for number in 0..count {
        let (status, made) =
            owner.post("/contacts/", json!({"first_name": format!("Person {number}"), "tags": ["all"]})).await;
        assert_eq!(status, 201, "{made}");
    }
}

async fn started(app: &TestApp, body: Value) -> Value {
    let (status, job) = app.owner().post("/contacts/jobs/", body).await;
    assert_eq!(status, 202, "{job}");
    job
}

async fn ended(app: &TestApp, job: &Value) -> Value {
    let jobs = ContactJobs(app.app.clone());
    while jobs.step().await.unwrap() {}
    shown(app, job).await
}

async fn shown(app: &TestApp, job: &Value) -> Value {
    app.owner().get(&format!("/contacts/jobs/{}/", job["id"].as_str().unwrap())).await.1
}

fn counts(job: &Value) -> [i64; 4] {
    ["total", "done", "changed", "failed"].map(|name| job[name].as_i64().unwrap())
}

async fn count(app: &TestApp, query: &str) -> i64 {
    app.owner().get(&format!("/contacts/?count=true&{query}")).await.1["count"].as_i64().unwrap()
}

db_test! {
    async fn tags_fields_and_removal_reach_all_that_a_filter_leaves(db) {
        let app = TestApp::start(db).await;
        people(&app, 5).await;
        let job = started(&app, json!({"action": "tag", "tags": ["vip"], "filter": {}})).await;
        assert_eq!((&job["status"], &job["words"], counts(&job)), (&json!("RUNNING"), &json!(["vip"]), [5, 0, 0, 0]));
        // Who comes meanwhile is not meant.
        people(&app, 1).await;
        let job = ended(&app, &job).await;
        assert_eq!((&job["status"], &job["progress"], counts(&job)), (&json!("COMPLETED"), &json!(1.0), [5, 5, 5, 0]));
        assert_eq!(count(&app, "tag=vip").await, 5);

        let fields = json!({"lead_status": "WARM", "custom": {"town": "Reykjavik"}, "do_not_contact": true});
        let job = started(&app, json!({"action": "set", "fields": fields, "filter": {"tag": "vip"}})).await;
        assert_eq!(job["words"], json!(["custom", "do_not_contact", "lead_status"]), "what is set may be about people");
        assert_eq!(counts(&ended(&app, &job).await), [5, 5, 5, 0]);
        assert_eq!(count(&app, "lead_status=WARM&do_not_contact=true").await, 5);
        let again = started(&app, json!({"action": "set", "fields": {"lead_status": "WARM"}, "filter": {}})).await;
        assert_eq!(counts(&ended(&app, &again).await), [6, 6, 1, 0]);

        let untag = started(&app, json!({"action": "untag", "tags": ["vip"], "filter": {"tag": "vip"}})).await;
        assert_eq!(counts(&ended(&app, &untag).await), [5, 5, 5, 0]);
        let (_, list) = app.owner().get("/contacts/?page_size=2").await;
        let ids: Vec<&Value> = list["results"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        let nobody = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f";
        let job = started(&app, json!({"action": "delete", "ids": [ids[0], ids[1], ids[0], nobody]})).await;
        assert_eq!(counts(&ended(&app, &job).await), [3, 3, 2, 1]);
        assert_eq!(count(&app, "").await, 4);

        let (_, log) = app.owner().get("/activity/?object_type=contact_job").await;
        let actions: Vec<&str> = log["results"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions.len(), 10);
        assert_eq!(&actions[..2], ["contacts.job_done", "contacts.job_started"]);
        let done = &log["results"][0];
        assert_eq!((&done["after"]["changed"], &done["actor_type"]), (&json!(2), &json!("API")), "{done}");
    }

    async fn a_job_goes_on_after_a_restart_and_ends_where_it_is_cancelled(db) {
        let app = TestApp::start(db).await;
        people(&app, 4).await;
        let csv: String = (0..600).map(|row| format!("Row{row}\n")).collect();
        crate::imports::imported(&app, &format!("first_name\n{csv}"), &[]).await;
        let job = started(&app, json!({"action": "tag", "tags": ["x"], "filter": {}})).await;
        assert!(ContactJobs(app.app.clone()).step().await.unwrap());
        let half = shown(&app, &job).await;
        assert_eq!((&half["status"], counts(&half)), (&json!("RUNNING"), [604, 250, 250, 0]));
        let ended = ended(&app, &job).await;
        assert_eq!(counts(&ended), [604, 604, 604, 0]);

        let job = started(&app, json!({"action": "untag", "tags": ["x"], "filter": {}})).await;
        assert!(ContactJobs(app.app.clone()).step().await.unwrap());
        let cancel = format!("/contacts/jobs/{}/cancel/", job["id"].as_str().unwrap());
        for _ in 0..2 {
            let (status, cancelled) = app.owner().post(&cancel, json!({})).await;
            assert_eq!((status, &cancelled["status"]), (200, &json!("CANCELLED")), "{cancelled}");
        }
        assert!(!ContactJobs(app.app.clone()).step().await.unwrap());
        assert_eq!(count(&app, "tag=x").await, 354);
        let over = format!("/contacts/jobs/{}/cancel/", ended["id"].as_str().unwrap());
        assert_eq!(app.owner().post(&over, json!({})).await.0, 409);
    }

    async fn what_makes_no_sense_is_refused_at_once_and_what_lost_its_sense_fails(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        people(&app, 1).await;
        for (body, field) in [
            (json!({"action": "tag", "tags": [], "filter": {}}), "tags"),
            (json!({"action": "tag", "tags": ["x"]}), "ids"),
            (json!({"action": "tag", "tags": ["x"], "filter": {}, "ids": []}), "filter"),
            (json!({"action": "set", "filter": {}}), "fields"),
            (json!({"action": "set", "fields": {"lead_status": "x".repeat(65)}, "filter": {}}), "lead_status"),
            (json!({"action": "dance", "filter": {}}), "action"),
            (json!({"action": "delete", "filter": {"segment": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"}}), "segment"),
        ] {
            let (status, refused) = owner.post("/contacts/jobs/", body.clone()).await;
            assert_eq!(status, 400, "{body}: {refused}");
            assert!(refused["errors"].get(field).is_some(), "{body}: {refused}");
        }
        let rules = json!({"rules": [{"field": "first_name", "operator": "is", "value": "Person 0"}]});
        let (_, segment) = owner.post("/contacts/segments/", json!({"name": "S", "rules": rules})).await;
        let job = started(&app, json!({"action": "delete", "filter": {"segment": segment["id"]}})).await;
        assert_eq!(job["total"], 1);
        owner.delete(&format!("/contacts/segments/{}/", segment["id"].as_str().unwrap())).await;
        let failed = ended(&app, &job).await;
        assert_eq!((&failed["status"], &failed["status_reason"]), (&json!("FAILED"), &json!("There is no such segment.")));
        assert_eq!(app.as_role(Role::Agent).await.post("/contacts/jobs/", json!({"action": "delete", "filter": {}})).await.0, 403);
        assert_eq!(FeedKind::ContactJob.event_type(), "contact_job_progress");
        let mut events = owner.listen("/team-inbox/api/stream/", Some("0")).await;
        assert_eq!(events.next_of("contact_job_progress").await.data["contact_job"]["action"], "delete");
    }
}
