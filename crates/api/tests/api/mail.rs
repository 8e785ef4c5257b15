//! Letters with invitations and new passwords, over a small SMTP server of the test's own.

use std::sync::{Arc, Mutex};

use app::mail::Postman;
use model::Role;
use serde_json::{Value, json};
use testkit::{TestApp, TestDb, db_test};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::session::{Browser, user};

/// Takes letters, unless it was told to answer recipients with something else.
#[derive(Debug, Clone, Default)]
struct Server {
    letters: Arc<Mutex<Vec<String>>>,
    refusals: Arc<Mutex<Vec<&'static str>>>,
}

impl Server {
    async fn start() -> (Self, String) {
        let server = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let this = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(this.clone().talk(stream));
            }
        });
        (server, url)
    }

    async fn talk(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut answer = "220 test".to_owned();
        loop {
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
            let Ok(Some(line)) = lines.next_line().await else { return };
            answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "RCPT" => self.refusals.lock().unwrap().pop().unwrap_or("250 ok").to_owned(),
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.unwrap();
                    let mut letter = String::new();
                    while let Some(line) = lines.next_line().await.unwrap().filter(|line| line != ".") {
                        letter += &format!("{line}\n");
                    }
                    self.letters.lock().unwrap().push(letter);
                    "250 taken".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 ok".to_owned(),
            };
        }
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

async fn start(db: TestDb) -> (TestApp, Server) {
    let (server, url) = Server::start().await;
    (TestApp::start_with(db, |set| set.smtp_url = Some(url)).await, server)
}

async fn bring(app: &TestApp) {
    Postman::of(&app.app).unwrap().run_once().await.unwrap();
}

/// The path of the API behind the link in a letter.
fn link(letter: &str, kind: &str) -> String {
    let start = format!("http://jina.test/app/{kind}/");
    let line = letter.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no link: {letter}"));
    format!("/{kind}s/{}/", line.strip_prefix(&start).unwrap())
}

async fn invite(app: &TestApp) -> Value {
    let (status, made) = app.owner().post("/tenants/invites/", json!({"email": "eve@x.org", "role": "AGENT"})).await;
    assert_eq!(status, 201, "{made}");
    made
}

db_test! {
    async fn an_invitation_goes_out_by_mail_and_its_link_works(db) {
        let (app, server) = start(db).await;
        assert_eq!(invite(&app).await["is_mailed"], true);
        assert_eq!(server.letters(), Vec::<String>::new(), "nothing leaves within the request");
        bring(&app).await;
        bring(&app).await;
        let [letter] = &server.letters()[..] else { panic!("{:?}", server.letters()) };
        for line in ["From: Jina <help@jina.test>", "To: eve@x.org", "Subject: Your invitation to Test"] {
            assert!(letter.contains(line), "{line}: {letter}");
        }
        let (status, seen) = app.anonymous().get(&link(letter, "invite")).await;
        assert_eq!((status, &seen["email"]), (200, &json!("eve@x.org")), "{seen}");
    }

    async fn a_forgotten_password_is_set_by_a_letter_and_strangers_learn_nothing(db) {
        let (app, server) = start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let ask = async |email: &str| app.anonymous().post("/resets/", json!({"email": email})).await.0;
        // Again within minutes: one letter is enough.
        assert_eq!([ask("Ada@example.org").await, ask("ada@example.org").await, ask("eve@x.org").await], [202; 3]);
        bring(&app).await;
        let [letter] = &server.letters()[..] else { panic!("{:?}", server.letters()) };
        let (status, _) = app.anonymous().post(&link(letter, "reset"), json!({"password": "a new password"})).await;
        assert_eq!(status, 204);
        Browser::signed_in(&app, "ada@example.org", "a new password").await;
    }

    async fn an_administrators_reset_goes_to_the_person_alone(db) {
        let (app, server) = start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let (_, people) = app.owner().get("/tenants/members/").await;
        let path = format!("/tenants/members/{}/reset/", people["results"][0]["id"].as_str().unwrap());
        let (status, made) = app.owner().post(&path, json!({})).await;
        assert_eq!((status, &made["url"], &made["is_mailed"]), (201, &Value::Null, &json!(true)), "{made}");
        bring(&app).await;
        assert_eq!(app.anonymous().get(&link(&server.letters()[0], "reset")).await.1["email"], "ada@example.org");
    }

    async fn a_busy_server_is_tried_again_and_a_refused_address_is_given_up(db) {
        let (app, server) = start(db).await;
        server.refusals.lock().unwrap().push("451 later");
        invite(&app).await;
        bring(&app).await;
        bring(&app).await;
        assert_eq!(server.letters().len(), 0, "it waits");
        app.clock.advance(30_000);
        bring(&app).await;
        assert_eq!(server.letters().len(), 1);

        server.refusals.lock().unwrap().push("550 no such person");
        invite(&app).await;
        bring(&app).await;
        app.clock.advance(60 * 60_000);
        bring(&app).await;
        assert_eq!(server.letters().len(), 1, "it is given up");
    }

    async fn without_a_mail_server_links_are_passed_on_by_hand(db) {
        let app = TestApp::start(db).await;
        let made = invite(&app).await;
        assert_eq!((made["is_mailed"].as_bool(), made["url"].is_string()), (Some(false), true), "{made}");
        let (status, refused) = app.anonymous().post("/resets/", json!({"email": "ada@example.org"})).await;
        assert_eq!((status, &refused["code"]), (409, &json!("mail_is_off")), "{refused}");
        assert!(Postman::of(&app.app).is_none());
    }
}
