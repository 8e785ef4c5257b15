//! The command line beside a running server: every command prints one document, and says by its exit status how it went.

use serde_json::{Value, json};
use testkit::db_test;

use super::{
    service::Service,
    world::{World, client, until},
};

/// Another key than the one that every service here starts with.
const NEW_KEY: &str = "YW5vdGhlciBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyE=";

fn results(document: &Value) -> Vec<&Value> {
    document["results"].as_array().unwrap().iter().collect()
}

/// Somebody sets up an authenticator, whose secret is encrypted.
async fn begin_second_step(service: &Service) {
    service.fed(&["user", "create", "--email", "grace@example.com", "--name", "Grace"], "a password of some length\n");
    let login = json!({"email": "grace@example.com", "password": "a password of some length"});
    let (status, tokens) = service.post("/token/", login).await;
    assert_eq!(status, 200, "{tokens}");
    let begun = client()
        .post(format!("{}/users/me/second-step/", service.url))
        .bearer_auth(tokens["access"].as_str().unwrap())
        .json(&json!({"password": "a password of some length"}));
    assert!(begun.send().await.unwrap().status().is_success());
}

db_test! {
    async fn commands_work_beside_the_server(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[("TELEGRAM_RATE_LIMIT", "20/s")]).await;
        let bot = service.command(&["bot", "add", "--token", "4501:token-of-a-test", "--name", "Support"]);
        let id = bot["id"].as_str().unwrap();
        assert_eq!(service.command(&["bot", "check", id])["bot_username"], bot["bot_username"]);
        assert_eq!(results(&service.command(&["bot", "list"])).len(), 1);
        let ada = world.person("Ada", 4501).await.to_string();
        for name in ["Grace", "Linus"] {
            world.person(name, 4501).await;
        }
        until("everybody is a contact", || async { service.count("/contacts/").await == 3 }).await;

        let made = service.command(&["broadcast", "create", "--name", "News", "--all", "--watch", "Hi {{first_name}}"]);
        assert_eq!((made["status"].as_str(), made["sent"].as_i64()), (Some("SENT"), Some(3)), "{made}");
        assert_eq!(world.received().await.len(), 3);
        let preview = service.command(&["broadcast", "create", "--name", "Next", "--all", "--dry-run", "Hi"]);
        assert_eq!(preview["recipients"], 3, "{preview}");
        let draft = service.command(&["broadcast", "create", "--name", "Later", "--all", "--draft", "Hi"]);
        let id = draft["id"].as_str().unwrap();
        assert_eq!(draft["status"], "DRAFT", "{draft}");
        let (status, refused, _) = service.ended(&["broadcast", "pause", made["id"].as_str().unwrap()]);
        assert_eq!((status, refused["code"].as_str()), (1, Some("invalid_state")), "{refused}");
        assert_eq!(service.command(&["broadcast", "cancel", id])["status"], "CANCELLED");
        assert_eq!(results(&service.command(&["broadcast", "list", "--status", "SENT"])).len(), 1);

        let sent = service.command(&["send", "--to", &ada, "Hello"]);
        assert_eq!(sent["status"], "SENT", "{sent}");
        let (status, refused, _) = service.ended(&["send", "--to", "@nobody", "Hello"]);
        assert_eq!(status, 1, "{refused}");
    }

    async fn contacts_come_and_go_as_csv(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        let file = service.path("people.csv");
        std::fs::write(&file, "Vorname;phone;Firma\nAda;+14155550100;Engines\nGrace;not a number;Navy\n").unwrap();
        let (file, refused) = (file.to_str().unwrap(), service.path("refused.csv"));
        let arguments = ["contacts", "import", file, "--map", "Vorname=first_name", "--map", "Firma=company_name",
            "--tag", "vip", "--refused", refused.to_str().unwrap()];
        let done = service.command(&arguments);
        assert_eq!(
            (done["status"].as_str(), done["created"].as_i64(), done["failed"].as_i64()),
            (Some("COMPLETED"), Some(1), Some(1)),
            "{done}"
        );
        assert!(std::fs::read_to_string(&refused).unwrap().contains("not a number"));
        let found = service.command(&["contacts", "export", "--tag", "vip"]);
        let found = results(&found);
        assert_eq!((found.len(), &found[0]["first_name"], &found[0]["company_name"]), (1, &json!("Ada"), &json!("Engines")));
        let out = service.path("out.csv");
        let written = service.command(&["contacts", "export", "--output", out.to_str().unwrap()]);
        assert_eq!(written["contacts"], 1, "{written}");
        assert!(std::fs::read_to_string(&out).unwrap().contains("+14155550100"));
        assert!(service.command(&["contacts", "export", "--search", "nobody of this name"])["results"] == json!([]));
    }

    async fn a_key_is_limited_from_the_command_line(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        let bot = service.bot(4503, None, 1000).await;
        let made = service.command(&["key", "create", "--name", "Agent", "--role", "AGENT", "--tool", "send_message",
            "--tool", "list_bots", "--bot", &bot, "--chat", "-100123", "--chat", "77"]);
        let limits = json!({"tools": ["send_message", "list_bots"], "bots": [bot], "chats": [-100_123, 77]});
        assert_eq!(made["limits"], limits, "{made}");
        let listed = service.command(&["key", "list"]);
        assert!(results(&listed).iter().any(|key| key["limits"] == limits), "{listed}");
        let refused = client().get(format!("{}/contacts/", service.url)).bearer_auth(made["key"].as_str().unwrap());
        assert_eq!(refused.send().await.unwrap().status(), 403);
        let (status, wrong, _) = service.ended(&["key", "create", "--name", "x", "--tool", "dance"]);
        assert_eq!((status, wrong["code"].as_str()), (1, Some("invalid_input")), "{wrong}");
    }

    async fn keys_rotate_beside_the_server(db) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        service.bot(4502, None, 1000).await;
        let without = service.command(&["keys", "rotate"])["secrets"].as_i64().unwrap();
        begin_second_step(&service).await;
        let first = service.command(&["keys", "rotate"]);
        assert_eq!((first["renewed"].as_i64(), first["unreadable"].as_i64()), (Some(0), Some(0)), "{first}");
        assert_eq!((without >= 2, first["secrets"].as_i64()), (true, Some(without + 1)), "an authenticator's secret counts");

        let old = "c2l4dGVlbiBieXRlcyB0aGlydHkgdHdvIGJ5dGVzISE=";
        service.set("FIELD_ENCRYPTION_KEY", &format!("{NEW_KEY},{old}"));
        assert_eq!(service.stop(), 0);
        service.launch().await;
        let rotated = service.command(&["keys", "rotate"]);
        assert_eq!(rotated["renewed"], rotated["secrets"], "{rotated}");
        assert_eq!(service.command(&["keys", "rotate"])["renewed"], 0);

        service.set("FIELD_ENCRYPTION_KEY", NEW_KEY);
        assert_eq!(service.stop(), 0);
        service.launch().await;
        assert_eq!(service.command(&["keys", "rotate"])["unreadable"], 0);
        let ada = world.person("Ada", 4502).await;
        until("what Ada did arrives under the new key", || async { service.count("/contacts/").await == 1 }).await;
        let (status, sent) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": "hello"})).await;
        assert_eq!(status, 202, "{sent}");
        until("the bot still sends", || async { world.received().await.len() == 1 }).await;

        service.set("FIELD_ENCRYPTION_KEY", old);
        let (status, lost, words) = service.ended(&["keys", "rotate"]);
        assert_eq!((status, lost["unreadable"].as_i64()), (1, lost["secrets"].as_i64()), "{lost} {words}");
        let (status, looked, _) = service.ended(&["doctor"]);
        let care = results_that_need_care(&looked);
        assert_eq!((status, looked["ok"].as_bool()), (1, Some(false)), "{looked}");
        assert!(care.iter().any(|what| what.contains("can't be read with FIELD_ENCRYPTION_KEY")), "{care:?}");
    }

    async fn the_doctor_says_what_needs_care(db) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        service.bot(4503, None, 1000).await;
        let healthy = service.command(&["doctor"]);
        assert_eq!(healthy["ok"], true, "{healthy}");
        let areas: Vec<&str> =
            healthy["findings"].as_array().unwrap().iter().map(|one| one["area"].as_str().unwrap()).collect();
        for area in ["data folder", "keys", "database", "storage", "bot api", "clock", "address", "tenants", "bots"] {
            assert!(areas.contains(&area), "{area} is missing in {areas:?}");
        }
        service.set("TELEGRAM_API_BASE_URL", "http://127.0.0.1:9");
        service.set("STORAGE_URL", "file:///proc/no-such-folder");
        let (status, looked, _) = service.ended(&["doctor"]);
        assert_eq!(status, 1, "{looked}");
        let care = results_that_need_care(&looked);
        assert!(care.iter().any(|what| what.starts_with("Media storage")), "{looked}");
        service.set("STORAGE_URL", "file:///tmp");
        let (status, looked, _) = service.ended(&["doctor"]);
        assert_eq!(status, 1, "{looked}");
        let care = results_that_need_care(&looked);
        assert!(care.iter().any(|what| what.contains("can't be reached")), "{looked}");
    }
}

fn results_that_need_care(looked: &Value) -> Vec<String> {
    let findings = looked["findings"].as_array().unwrap().iter().filter(|one| one["ok"] == false);
    findings.map(|one| one["what"].as_str().unwrap().to_owned()).collect()
}
