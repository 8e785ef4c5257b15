//! The tenant's settings: defaults, changes of parts, and what is refused.

use model::Role;
use serde_json::json;
use testkit::{TestApp, db_test};

const SETTINGS: &str = "/tenants/settings/";

db_test! {
    async fn settings_have_defaults_and_change_in_parts(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (status, before) = owner.get(SETTINGS).await;
        assert_eq!((status, &before["inbox"]["reopen_on_reply"]), (200, &json!(true)));
        let hours = json!({"time_zone": "Europe/Berlin", "spans": [{"day": "monday", "from": "09:00", "to": "17:00"}]});
        let (status, then) = owner.patch(SETTINGS, json!({"business_hours": hours})).await;
        assert_eq!((status, &then["business_hours"]), (200, &hours));
        owner.patch(SETTINGS, json!({"inbox": {"assign_on_reply": true}})).await;
        let (_, after) = owner.get(SETTINGS).await;
        assert_eq!((&after["business_hours"], &after["inbox"]["assign_on_reply"]), (&hours, &json!(true)));
        assert_eq!(app.other_tenant().await.get(SETTINGS).await.1, before);
        let manager = app.as_role(Role::Manager).await;
        assert_eq!(manager.patch(SETTINGS, json!({"inbox": {"assign_on_reply": false}})).await.0, 403);
    }

    async fn what_is_wrong_is_named_and_nothing_changes(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (_, before) = owner.get(SETTINGS).await;
        let stranger = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f";
        for (patch, field, words) in [
            (json!({"colour": "red"}), "colour", "not known"),
            (json!({"inbox": {"colour": "red"}}), "inbox", "colour"),
            (json!({"inbox": 5}), "inbox", ""),
            (json!({"inbox": {"wait_target_minutes": 0}}), "inbox", "wait_target_minutes"),
            (json!({"inbox": {"round_robin_members": [stranger]}}), "inbox", "nobody in your team"),
            (json!({"automation": {"assignment": [{"assignee": stranger}]}}), "automation", "nobody in your team"),
            (json!({"automation": {"away": {"is_on": true}}}), "automation", "Enter what to say"),
            (json!({"business_hours": {"time_zone": "Mars"}}), "business_hours", "time_zone"),
            (json!({"activity": {"retention_days": 1}}), "activity", "30 to 3650"),
        ] {
            let (status, problem) = owner.patch(SETTINGS, patch.clone()).await;
            let said = problem["errors"][field][0].as_str().unwrap_or_default();
            assert!(status == 400 && said.contains(words), "{patch}: {status} {problem}");
        }
        assert_eq!(owner.get(SETTINGS).await.1, before);
    }
}
