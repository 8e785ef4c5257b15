//! Imports of contacts: what is matched and refused, progress, and going on where one stopped.

use app::contacts::import::Importer;
use model::feed::FeedKind;
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, db_test};

/// Uploads a file with further parts of the form.
pub(crate) async fn upload(client: &Client, csv: &str, parts: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, value) in parts {
        body += &format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\ncontent-type: text/csv\r\n\r\n";
    body += &format!("{csv}\r\n--b--\r\n");
    client.post_with("/contacts/import/", &[("content-type", "multipart/form-data; boundary=b")], body).await
}

async fn run(app: &TestApp) {
    let importer = Importer(app.app.clone());
    while importer.step().await.unwrap() {}
}

/// Uploads, reads everything, and answers with the import at its end.
pub(crate) async fn imported(app: &TestApp, csv: &str, parts: &[(&str, &str)]) -> Value {
    let answer = upload(&app.owner(), csv, parts).await;
    assert_eq!(answer.status, 202, "{}", answer.json());
    run(app).await;
    let (status, import) = app.owner().get(&path(&answer.json(), "")).await;
    assert_eq!(status, 200, "{import}");
    import
}

fn path(import: &Value, act: &str) -> String {
    format!("/contacts/import/{}/{act}", import["id"].as_str().unwrap())
}

fn counts(import: &Value) -> [i64; 5] {
    ["rows_read", "created", "updated", "unchanged", "failed"].map(|name| import[name].as_i64().unwrap())
}

async fn contacts(client: &Client) -> Vec<Value> {
    client.get("/contacts/?ordering=created_at").await.1["results"].as_array().unwrap().clone()
}

db_test! {
    async fn rows_become_contacts_and_find_those_that_are_there(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (_, ada) = owner.post("/contacts/", json!({"first_name": "Ada", "phone": "+14155550100", "tags": ["vip"]})).await;
        let csv = "\u{feff}First Name;phone;E-Mail;Schuhgröße;note\r\nAugusta;+1 415 555 0100;;41;x\r\n\
            \"Bob; the \"\"Builder\"\"\";+14155550101;bob@example.com;;\r\n\r\nnobody;12;;;\r\n;;;;x\r\nBob;;bob@example.com;44;\r\n";
        let mapping = r#"{"E-Mail": "email", "Schuhgröße": "custom.size", "note": null}"#;
        let import = imported(&app, csv, &[("mapping", mapping), ("tags", "new, imported")]).await;
        assert_eq!((&import["status"], &import["progress"], &import["file_name"]), (&json!("COMPLETED"), &json!(1.0), &json!("people.csv")));
        assert_eq!(counts(&import), [5, 1, 2, 0, 2]);
        let found = contacts(&owner).await;
        assert_eq!(found.len(), 2);
        assert_eq!((&found[0]["id"], &found[0]["first_name"]), (&ada["id"], &json!("Augusta")));
        assert_eq!((&found[0]["tags"], &found[0]["custom"]), (&json!(["imported", "new", "vip"]), &json!({"size": "41"})));
        assert_eq!((&found[1]["first_name"], &found[1]["source"]), (&json!("Bob"), &json!("IMPORT")));
        assert_eq!((&found[1]["custom"], &found[1]["phone"]), (&json!({"size": "44"}), &json!("+14155550101")));

        let request = axum::http::Request::get(path(&import, "errors/")).body(axum::body::Body::empty()).unwrap();
        let errors = String::from_utf8(owner.send(request).await.body).unwrap();
        let lines: Vec<_> = errors.lines().collect();
        assert_eq!(lines.len(), 3, "{errors}");
        assert_eq!(lines[0], "row_number,reason,First Name,phone,E-Mail,Schuhgröße,note");
        assert!(lines[1].starts_with("4,\"phone: Enter a phone number"), "{errors}");
        assert!(lines[2].starts_with("5,\"first_name: Enter at least a name"), "{errors}");
    }

    async fn policies_and_dry_runs_leave_what_they_must(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        owner.post("/contacts/", json!({"first_name": "Ada", "phone": "+14155550100"})).await;
        let csv = "first_name,last_name,phone\nA.,Lovelace,+14155550100\nBob,,+14155550101\n";
        let import = imported(&app, csv, &[("dry_run", "true")]).await;
        assert_eq!((counts(&import), contacts(&owner).await.len()), ([2, 1, 1, 0, 0], 1));
        let scope = app.scope();
        let told = app.app.db.read(move |tx| store::feed::after(tx, &scope, 0, 1_000)).await.unwrap().entries;
        let contacts_told = told.iter().filter(|entry| entry.change.kind == FeedKind::Contact).count();
        assert_eq!(contacts_told, 1, "nobody changed but Ada, who was made: {told:?}");
        let import = imported(&app, csv, &[("policy", "skip")]).await;
        assert_eq!((counts(&import), contacts(&owner).await.len()), ([2, 1, 0, 1, 0], 2));
        let import = imported(&app, "first_name,email,phone\nA.,a@b.example,+14155550100\n", &[("policy", "fill_empty")]).await;
        assert_eq!(counts(&import), [1, 0, 1, 0, 0]);
        let ada = &contacts(&owner).await[0];
        assert_eq!((&ada["first_name"], &ada["email"]), (&json!("Ada"), &json!("a@b.example")));
        let import = imported(&app, csv, &[]).await;
        assert_eq!(counts(&import), [2, 0, 1, 1, 0]);
    }

    async fn a_dry_run_counts_what_the_import_does(db) {
        let app = TestApp::start(db).await;
        // More than one stretch, with the same people again further down, and one twice in the same stretch.
        let row = |number: usize, name: &str| format!("{name}{number},{number}@b.example\n");
        let mut csv = "first_name,email\n".to_owned();
        csv.extend((0..600).map(|number| row(number, "A")));
        csv.extend((0..100).map(|number| row(number, "B")));
        csv += &row(700, "A");
        csv += &row(700, "C");
        let skipping = imported(&app, &csv, &[("dry_run", "true"), ("policy", "skip")]).await;
        assert_eq!(counts(&skipping), [702, 601, 0, 101, 0]);
        for dry_run in ["true", "false"] {
            let import = imported(&app, &csv, &[("dry_run", dry_run)]).await;
            assert_eq!(counts(&import), [702, 601, 101, 0, 0], "dry_run={dry_run}");
        }
        let again = imported(&app, &csv, &[("dry_run", "true"), ("policy", "skip")]).await;
        assert_eq!(counts(&again), [702, 0, 0, 702, 0]);
    }

    async fn columns_of_an_export_are_chosen(db) {
        let app = TestApp::start(db).await;
        app.owner().post("/contacts/", json!({"first_name": "Ada", "phone": "+14155550100", "custom": {"town": "Paris", "n": 2}})).await;
        let get = |query: &str| axum::http::Request::get(format!("/contacts/export/?{query}")).body(axum::body::Body::empty()).unwrap();
        let csv = app.owner().send(get("columns=phone,custom.town,first_name,custom.n,custom.none")).await;
        assert_eq!(String::from_utf8(csv.body).unwrap(),
            "phone,custom.town,first_name,custom.n,custom.none\n+14155550100,Paris,Ada,2,\n");
        let wrong = app.owner().send(get("columns=phone,shoe")).await;
        assert_eq!((wrong.status, wrong.json()["errors"]["columns"].is_array()), (400, true));
    }

    async fn an_export_comes_back_unchanged(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        owner.post("/contacts/", json!({"first_name": "Ada, \"A\"\nL", "tags": ["a b", "c"], "custom": {"n": 1, "l": [2]},
            "telegram_chat_id": 77, "do_not_contact": true, "lead_score": -3, "phone": "+14155550100"})).await;
        owner.post("/contacts/", json!({"first_name": "Bob", "email": "bob@example.com"})).await;
        let before = contacts(&owner).await;
        let request = axum::http::Request::get("/contacts/export/").body(axum::body::Body::empty()).unwrap();
        let csv = String::from_utf8(owner.send(request).await.body).unwrap();
        let import = imported(&app, &csv, &[]).await;
        assert_eq!(counts(&import), [2, 0, 0, 2, 0]);
        assert_eq!(contacts(&owner).await, before);
    }

    async fn an_import_can_be_paused_and_goes_on_where_it_stopped(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let mut csv = String::from("first_name\n");
        for n in 0..1_000 {
            csv += &format!("n{n}\n");
        }
        let import = upload(&owner, &csv, &[]).await.json();
        let importer = Importer(app.app.clone());
        assert!(importer.step().await.unwrap());
        let (_, paused) = owner.post(&path(&import, "pause/"), json!({})).await;
        assert_eq!((&paused["status"], &paused["rows_read"]), (&json!("PAUSED"), &json!(500)));
        assert!(!importer.step().await.unwrap());
        assert_eq!(owner.post(&path(&import, "resume/"), json!({})).await.1["status"], "RUNNING");
        run(&app).await;
        let (_, ended) = owner.get(&path(&import, "")).await;
        assert_eq!((&ended["status"], counts(&ended)), (&json!("COMPLETED"), [1_000, 1_000, 0, 0, 0]));
        assert_eq!(owner.get("/contacts/?count=true&page_size=1").await.1["count"], 1_000);
        assert_eq!(owner.post(&path(&import, "cancel/"), json!({})).await.0, 409);
        let other = upload(&owner, &csv, &[]).await.json();
        assert_eq!(owner.post(&path(&other, "cancel/"), json!({})).await.1["status"], "CANCELLED");
        assert!(!importer.step().await.unwrap());
        assert_eq!(owner.get("/contacts/import/?status=CANCELLED").await.1["results"].as_array().unwrap().len(), 1);
        let name = other["file_name"].as_str().unwrap();
        assert_eq!(owner.get(&format!("/contacts/import/?count=true&search={name}")).await.1["count"], 2);
        assert_eq!(owner.get("/contacts/import/?count=true&search=no_such_file").await.1["count"], 0);
    }

    async fn what_cannot_be_read_is_refused_at_once(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        for (csv, parts, field) in [
            ("", vec![], "file"), ("colour,size\n", vec![], "file"),
            ("phone\n", vec![("mapping", "[1]")], "mapping"), ("phone\n", vec![("mapping", r#"{"x": "phone"}"#)], "mapping"),
            ("phone\n", vec![("policy", "guess")], "policy"), ("phone\n", vec![("separator", "ab")], "separator"),
            ("phone\n", vec![("colour", "red")], "colour"), ("phone\n", vec![("dry_run", "perhaps")], "dry_run"),
        ] {
            let answer = upload(&owner, csv, &parts).await;
            let problem = answer.json();
            assert_eq!((answer.status, problem["errors"][field].is_array()), (400, true), "{csv} {parts:?}: {problem}");
        }
        assert_eq!(owner.post("/contacts/import/", json!({})).await.0, 415);
        let broken = owner.post_with("/contacts/import/", &[("content-type", "multipart/form-data; boundary=b")], "x").await;
        assert_eq!(broken.status, 400);
        let bare = [("content-type", "text/csv")];
        let unread = owner.post_with("/contacts/import/?policy=guess", &bare, "first_name\nAda\n").await;
        assert_eq!((unread.status, unread.json()["errors"]["policy"].is_array()), (400, true));
        assert_eq!(owner.get("/contacts/import/").await.1["results"], json!([]));
        let taken = owner.post_with("/contacts/import/?tags=new", &bare, "first_name\nAda\n").await;
        assert_eq!(taken.status, 202, "{}", taken.json());
        run(&app).await;
        assert_eq!(contacts(&owner).await[0]["tags"], json!(["new"]));
        let binary = imported(&app, "first_name\na\u{0}b\n", &[]).await;
        assert_eq!(counts(&binary), [1, 0, 0, 0, 1]);
    }

    async fn a_draft_is_looked_at_settled_checked_and_started(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        owner.post("/contacts/", json!({"first_name": "Ada", "email": "a@b.example", "phone": "+14155550100"})).await;
        let csv = "Vorname;Mail;Tel;Größe\nAda;a@b.example;+14155550100;1\nBob;b@b.example;+14155550101;2\nEve;a@b.example;12;3\n";
        let answer = upload(&owner, csv, &[("draft", "true")]).await;
        let draft = answer.json();
        assert_eq!((answer.status, &draft["status"], &draft["separator"], &draft["encoding"]), (202, &json!("DRAFT"), &json!(";"), &json!("utf-8")), "{draft}");
        let targets: Vec<_> = draft["columns"].as_array().unwrap().iter().map(|one| (one["target"].clone(), one["type"].clone())).collect();
        assert_eq!(targets, [(json!("first_name"), json!("text")), (json!("email"), json!("email")), (json!("phone"), json!("text")), (json!(null), json!("number"))]);
        assert_eq!(draft["columns"][0]["samples"], json!(["Ada", "Bob", "Eve"]));
        assert!(!Importer(app.app.clone()).step().await.unwrap());
        assert_eq!(owner.post(&path(&draft, "resume/"), json!({})).await.0, 409);

        let settled = json!({"mapping": {"Größe": "custom.size"}, "match_by": "email", "tags": ["x"]});
        let (status, settled) = owner.patch(&path(&draft, ""), settled).await;
        assert_eq!((status, &settled["columns"][3]["target"], &settled["match_by"]), (200, &json!("custom.size"), &json!("email")), "{settled}");
        assert_eq!(owner.patch(&path(&draft, ""), json!({"mapping": {"x": "phone"}})).await.0, 400);
        assert_eq!(owner.post(&path(&draft, "dry_run/"), json!({})).await.1["status"], "RUNNING");
        run(&app).await;
        let (_, checked) = owner.get(&path(&draft, "")).await;
        assert_eq!((&checked["status"], counts(&checked)), (&json!("CHECKED"), [3, 1, 1, 0, 1]));
        assert_eq!(contacts(&owner).await.len(), 1);
        assert_eq!(owner.post(&path(&draft, "start/"), json!({})).await.0, 200);
        assert_eq!(owner.patch(&path(&draft, ""), json!({})).await.0, 409);
        run(&app).await;
        let (_, ended) = owner.get(&path(&draft, "")).await;
        assert_eq!((&ended["status"], counts(&ended)), (&json!("COMPLETED"), [3, 1, 1, 0, 1]));
        let found = contacts(&owner).await;
        assert_eq!((&found[0]["custom"], &found[1]["tags"]), (&json!({"size": "1"}), &json!(["x"])));
        // The mapping is remembered for the next file with this header.
        let again = upload(&owner, csv, &[("draft", "true")]).await.json();
        assert_eq!(again["columns"][3]["target"], "custom.size");
        app.clock.advance(8 * model::DAY_MS);
        Importer(app.app.clone()).give_up_drafts().await.unwrap();
        assert_eq!(owner.get(&path(&again, "")).await.1["status"], "CANCELLED");
    }

    async fn other_encodings_are_read(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let sent = async |bytes: Vec<u8>| {
            let mut body = b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n".to_vec();
            body.extend(bytes);
            body.extend(b"\r\n--b--\r\n");
            let answer = owner.post_with("/contacts/import/", &[("content-type", "multipart/form-data; boundary=b")], body).await;
            assert_eq!(answer.status, 202, "{}", answer.json());
            run(&app).await;
            answer.json()["encoding"].as_str().unwrap().to_owned()
        };
        let utf16 = [0xff, 0xfe].into_iter().chain("first_name\tphone\nÉva\t+14155550100\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(sent(utf16.collect()).await, "utf-16");
        assert_eq!(sent(b"first_name;phone\nJ\xfcrgen;+14155550101\n".to_vec()).await, "windows-1252");
        let mut late = b"first_name\n".to_vec();
        late.extend("Ann\n".repeat(20_000).bytes());
        late.extend(b"Zo\xeb\n");
        assert_eq!(sent(late).await, "us-ascii");
        for name in ["Éva", "Jürgen", "Zoë"] {
            let (_, page) = owner.get(&format!("/contacts/?search={name}")).await;
            assert_eq!(page["results"][0]["first_name"], name);
        }
    }
}
