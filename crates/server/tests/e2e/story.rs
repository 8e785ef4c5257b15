//! A newcomer's story, from a file of people to the erasure of one of them, through two nodes on one PostgreSQL.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use reqwest::Method;
use serde_json::{Value, json};
use store::db::postgres_commands;
use testkit::TestDb;

use super::{
    service::Service,
    world::{World, until},
};

const BOT: i64 = 7_000;
/// Telegram's ids are long, so that they are not found by chance.
const FIRST_ID: i64 = 7_700_123_000;
const ROWS: usize = 100_000;
/// Every so-manieth row has a number that is none.
const BAD_EVERY: usize = 100;
const BAD: usize = ROWS / BAD_EVERY;
/// Those who live in the segment's town.
const TOWNSPEOPLE: usize = 15;

/// What the erased person was called, reached by, and said: none of it may be left anywhere.
const TRACES: [&str; 6] =
    ["Zephyrine", "Quillfeather", "14155550001", "quill@feather.example", "vermilion", "cobblestones"];

/// Our own record of somebody in the file, by its row.
fn phone(row: usize) -> String {
    format!("+1415{:07}", 5_550_000 + row)
}

/// The file as an old program writes it: semicolons, and one byte for each umlaut.
fn file() -> Vec<u8> {
    let mut file = b"Vorname;Nachname;Telefon;E-Mail;Stadt;Gr\xf6\xdfe\r\n".to_vec();
    for row in 0..ROWS {
        let (first, last, mail) = match row {
            1 => ("Zephyrine".to_owned(), "Quillfeather", "quill@feather.example"),
            _ => (format!("Person{row}"), "Imported", ""),
        };
        let phone = if row % BAD_EVERY == BAD_EVERY - 1 { "12".to_owned() } else { phone(row) };
        let town = if row < TOWNSPEOPLE { "Reykjavik" } else { "Elsewhere" };
        file.extend(format!("{first};{last};{phone};{mail};{town};{}\r\n", row % 50).bytes());
    }
    file
}

struct Story {
    db: TestDb,
    world: World,
    here: Service,
    there: Service,
    bot: String,
}

/// What a stream has told so far.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<String>>);

impl Heard {
    async fn from(node: &Service) -> Self {
        let heard = Self::default();
        let mut stream = node.request(Method::GET, "/team-inbox/api/stream/").send().await.unwrap();
        let told = heard.clone();
        tokio::spawn(async move {
            while let Ok(Some(piece)) = stream.chunk().await {
                told.0.lock().unwrap().push_str(&String::from_utf8_lossy(&piece));
            }
        });
        until("the stream is open", || async { heard.has("event: hello") }).await;
        heard
    }

    fn has(&self, words: &str) -> bool {
        self.0.lock().unwrap().contains(words)
    }
}

impl Story {
    async fn begin() -> Self {
        let db = TestDb::postgres().await;
        let world = World::start().await;
        let here = Service::start(&db, &world, &[("TELEGRAM_CHAT_RATE_LIMIT", "20/s")]).await;
        let there = here.another().await;
        let bot = here.bot(BOT, Some("100/s"), 10_000).await;
        Self { db, world, here, there, bot }
    }

    /// The contact who has this number.
    async fn contact(&self, row: usize) -> Value {
        let number = phone(row);
        let found = self.there.get(&format!("/contacts/?phone={}", number.replace('+', "%2B"))).await;
        found["results"][0].clone()
    }

    async fn id(&self, row: usize) -> String {
        self.contact(row).await["id"].as_str().unwrap().to_owned()
    }

    async fn done(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.here.post(path, body).await;
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer
    }

    async fn import(&self) {
        let draft = self.here.upload("/contacts/import/", "people.csv", file(), &[("draft", "true")]).await;
        assert_eq!((&draft["encoding"], &draft["separator"]), (&json!("windows-1252"), &json!(";")), "{draft}");
        let path = format!("/contacts/import/{}/", draft["id"].as_str().unwrap());
        let mapping = json!({"mapping": {"Stadt": "custom.town", "Größe": "custom.size"}, "match_by": "phone"});
        let (status, settled) = self.here.call(Method::PATCH, &path, Some(mapping)).await;
        assert_eq!((status, &settled["columns"][2]["target"]), (200, &json!("phone")), "{settled}");
        self.done(&format!("{path}start/"), json!({})).await;
        until("the file is read", || async { self.there.get(&path).await["status"] == "COMPLETED" }).await;
        let ended = self.there.get(&path).await;
        let counts =
            ["rows_read", "created", "updated", "unchanged", "failed"].map(|name| ended[name].as_u64().unwrap());
        assert_eq!(counts.map(|count| usize::try_from(count).unwrap()), [ROWS, ROWS - BAD, 0, 0, BAD], "{ended}");
        let refused = self.there.text(&format!("{path}errors/")).await;
        assert_eq!(refused.lines().count(), BAD + 1);
        let first = format!("{},\"phone: ", BAD_EVERY + 1);
        assert!(refused.lines().nth(1).unwrap().starts_with(&first), "{}", &refused[..500]);
    }

    /// Somebody at Telegram, who has not written yet.
    async fn somebody(&self, row: usize, name: &str, phone: Option<&str>) -> i64 {
        let id = FIRST_ID + i64::try_from(row).unwrap();
        let (first, last) = name.split_once(' ').unwrap_or((name, "Imported"));
        self.world.post("users", json!({"id": id, "first_name": first, "last_name": last, "phone": phone})).await;
        id
    }

    /// Opens the start link of a record.
    async fn comes_by_link(&self, row: usize, name: &str) -> i64 {
        let id = self.id(row).await;
        let link = self.done(&format!("/contacts/{id}/link/"), json!({"bot_app_id": self.bot})).await;
        let token = link["url"].as_str().unwrap().split("start=").nth(1).unwrap().to_owned();
        let user = self.somebody(row, name, None).await;
        self.world.post(&format!("users/{user}/start"), json!({"bot": BOT, "payload": token})).await;
        self.is_known(row, user).await;
        user
    }

    /// Writes first, and then shares the number that a record has.
    async fn comes_by_phone(&self, row: usize, name: &str) -> i64 {
        let user = self.somebody(row, name, Some(phone(row).trim_start_matches('+'))).await;
        self.world.post(&format!("users/{user}/start"), json!({"bot": BOT})).await;
        self.world.post(&format!("users/{user}/share_phone"), json!({"bot": BOT})).await;
        self.is_known(row, user).await;
        user
    }

    async fn is_known(&self, row: usize, user: i64) {
        until("the record is the person's", || async { self.contact(row).await["telegram_chat_id"] == user }).await;
        assert_eq!(self.contact(row).await["custom"]["town"], "Reykjavik");
    }

    async fn conversation(&self, row: usize) -> String {
        let id = self.id(row).await;
        let list = self.there.get(&format!("/team-inbox/api/conversations/?contact_id={id}")).await;
        let conversation = list["results"][0]["id"].as_str().unwrap_or_else(|| panic!("{list}"));
        format!("/team-inbox/api/conversations/{conversation}/")
    }
}

#[test]
fn a_newcomer_imports_writes_answers_finds_and_forgets() {
    testkit::run(async {
        let story = Story::begin().await;
        story.import().await;
        let ada = story.comes_by_link(1, "Zephyrine Quillfeather").await;
        let bob = story.comes_by_phone(2, "Bob").await;
        let people = i64::try_from(ROWS - BAD).unwrap();
        assert_eq!(story.there.count("/contacts/").await, people, "both are one person with their record");

        // Some who must not get it, each for a reason of their own.
        let (stopped, away) = (story.comes_by_link(3, "Stopped").await, story.comes_by_link(4, "Away").await);
        story.comes_by_link(5, "Private").await;
        story.comes_by_link(6, "Colleague").await;
        story.world.says(stopped, BOT, "/stop").await;
        story.world.post(&format!("users/{away}/block"), json!({"bot": BOT})).await;
        let (private, colleague) = (story.id(5).await, story.id(6).await);
        for (id, change) in [(private, json!({"do_not_contact": true})), (colleague, json!({"tags": ["staff"]}))] {
            story.here.call(Method::PATCH, &format!("/contacts/{id}/"), Some(change)).await;
        }
        let rules = json!({"rules": [{"field": "custom.town", "operator": "is", "value": "Reykjavik"}]});
        let segment = story.done("/contacts/segments/", json!({"name": "Town", "rules": rules})).await;
        let counted = story.there.get(&format!("/contacts/segments/{}/count/", segment["id"].as_str().unwrap())).await;
        assert_eq!(counted["count"], TOWNSPEOPLE);
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "segment": segment["id"], "exclude_tags": ["staff"],
            "message_text": "Hello {{first_name}} in {{town}}"});
        let left = TOWNSPEOPLE - 6;
        let reasons = json!({"no_chat": left, "opted_out": 1, "blocked": 1, "do_not_contact": 1});
        until("everybody's standing is known", || async {
            let run = story.there.post("/broadcast/?dry_run=true", body.clone()).await.1;
            run["exclusions"] == reasons
        })
        .await;
        let run = story.done("/broadcast/?dry_run=true", body.clone()).await;
        assert_eq!((&run["recipients"], &run["excluded_by"]), (&json!(2), &json!({"exclude_tags": 1})), "{run}");
        assert_eq!(run["left_out"].as_array().unwrap().len(), left + 4, "everybody is named");

        let (heard_here, heard_there) = (Heard::from(&story.here).await, Heard::from(&story.there).await);
        let made = story.done("/broadcast/", body).await;
        let broadcast = format!("/broadcast/{}/", made["id"].as_str().unwrap());
        until("it is sent", || async { story.there.get(&broadcast).await["status"] == "SENT" }).await;
        let received = story.world.received().await;
        assert_eq!((received.get(&ada), received.get(&bob), received.get(&stopped)), (Some(&1), Some(&1), None));

        for (user, words) in [(ada, "Any vermilion umbrellas left?"), (bob, "Count me in")] {
            story.world.says(user, BOT, words).await;
            for heard in [&heard_here, &heard_there] {
                until("both nodes tell of the reply", || async { heard.has(words) }).await;
            }
        }
        answers(&story).await;
        finds_and_forgets(&story, ada).await;
    });
}

/// Snooze, note with a mention, canned reply, close.
async fn answers(story: &Story) {
    let conversation = story.conversation(1).await;
    let act = |name: &str| format!("{conversation}{name}/");
    let snoozed = story.done(&act("snooze"), json!({"preset": "tomorrow"})).await;
    assert_eq!(snoozed["status"], "SNOOZED");
    let grace = ["user", "create", "--email", "grace@example.com", "--name", "Grace"];
    let colleague = story.here.fed(&grace, "a password of some length\n");
    let note = json!({"type": "note", "text": "Look behind the cobblestones", "mentions": [colleague["id"]]});
    story.done(&act("messages"), note).await;
    let canned = json!({"shortcut": "stock", "text": "Yes {{first_name}}, we have some."});
    let canned = story.done("/team-inbox/api/canned-responses/", canned).await;
    let render = format!("/team-inbox/api/canned-responses/{}/render/", canned["id"].as_str().unwrap());
    let conversation_id = conversation.split('/').rev().nth(1).unwrap();
    let filled = story.done(&render, json!({"conversation_id": conversation_id})).await;
    assert_eq!(filled["text"], "Yes Zephyrine, we have some.");
    let reply = json!({"text": filled["text"], "canned_response_id": canned["id"]});
    let sent = story.done(&act("messages"), reply).await;
    let path = format!("/telegram/v1/messages/{}/", sent["id"].as_str().unwrap());
    until("the answer is sent", || async { story.there.get(&path).await["status"] == "SENT" }).await;
    let closed = story.done(&act("close"), json!({})).await;
    assert_eq!(closed["status"], "CLOSED");
    let calls = story.world.calls("sendMessage").await;
    assert!(!json!(calls).to_string().contains("cobblestones"), "a note left the house");
}

/// Search, export, erasure, and then a look into every corner.
async fn finds_and_forgets(story: &Story, ada: i64) {
    for words in ["vermil", "cobblestones", "we+have+some"] {
        let found = story.there.get(&format!("/team-inbox/api/search/?q={words}")).await;
        assert_eq!(found["results"][0]["contact"]["name"], "Zephyrine Quillfeather", "{words}: {found}");
    }
    let id = story.id(1).await;
    let export = story.there.text(&format!("/contacts/{id}/data-export/")).await;
    for trace in TRACES {
        assert!(export.contains(trace), "{trace} is missing in {export}");
    }
    let erased = story.done(&format!("/contacts/{id}/erase/"), json!({})).await;
    assert_eq!(erased["pseudonym"], id.as_str());
    assert_eq!(story.there.call(Method::GET, &format!("/contacts/{id}/"), None).await.0, 404);
    let log = story.there.get(&format!("/activity/?object_id={id}")).await;
    assert!(log["results"].as_array().unwrap().iter().any(|row| row["action"] == "contact.erased"), "{log}");
    let mut traces: Vec<String> = TRACES.iter().map(|trace| (*trace).to_owned()).collect();
    traces.push(ada.to_string());
    until("no table says it", || async { is_clean(story, &traces).await }).await;
    let mut files = Vec::new();
    collect(&story.here.path(""), &mut files);
    assert!(files.iter().any(|file| file.ends_with("serve.log")), "{files:?}");
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        let left: Vec<_> = traces.iter().filter(|trace| text.contains(trace.as_str())).collect();
        assert!(left.is_empty(), "{left:?} in {}", file.display());
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Whether no table has any of these words, as text or as bytes.
async fn is_clean(story: &Story, words: &[String]) -> bool {
    let tests = words.iter().map(|word| {
        let bytes: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("strpos(cell, '{word}') > 0 OR strpos(cell, '{bytes}') > 0")
    });
    let tests = tests.collect::<Vec<_>>().join(" OR ");
    let search = format!(
        "DO $$ DECLARE place record; found bigint; BEGIN
            FOR place IN SELECT table_name, column_name FROM information_schema.columns
                    WHERE table_schema = 'public' LOOP
                EXECUTE format('SELECT count(*) FROM (SELECT CAST(%I AS text) AS cell FROM %I) AS cells WHERE {}',
                    place.column_name, place.table_name) INTO found;
                IF found > 0 THEN RAISE EXCEPTION '% of %.% say it', found, place.table_name, place.column_name; END IF;
            END LOOP; END $$",
        tests.replace('\'', "''")
    );
    match postgres_commands(story.db.url(), &[search]).await {
        Ok(()) => true,
        Err(error) => {
            assert!(format!("{error:?}").contains("say it"), "{error:?}");
            story.seen(&format!("{error:?}"));
            false
        }
    }
}

impl Story {
    /// Kept in the log, which a failed test shows.
    #[expect(clippy::print_stderr, reason = "a failed test shows where something was left")]
    fn seen(&self, words: &str) {
        eprintln!("not clean yet: {words}");
    }
}
