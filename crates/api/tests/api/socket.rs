//! The WebSocket: the same feed, requests the other way, and whose socket it is.

use std::net::SocketAddr;

use axum::serve;
use futures::{SinkExt, StreamExt};
use model::{Clock, Role, content::Content};
use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test, user};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn say(&mut self, frame: impl Into<Message>) {
        self.0.send(frame.into()).await.unwrap();
    }

    /// The next text; pings are answered on the way.
    async fn next(&mut self) -> Value {
        loop {
            let frame = tokio::time::timeout(std::time::Duration::from_secs(20), self.0.next()).await;
            match frame.expect("the socket says something in time").expect("the socket is open").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let told = self.next().await;
            if told["type"] == kind {
                return told;
            }
        }
    }

    /// What a request is answered, whatever is told meanwhile.
    async fn ask(&mut self, request: Value) -> Value {
        let id = request["id"].clone();
        self.say(request.to_string()).await;
        loop {
            let told = self.next().await;
            if told["type"] == "ack" || told["type"] == "error" {
                assert_eq!(told["id"], id, "{told}");
                return told;
            }
        }
    }
}

/// Serves the app on a free port.
pub async fn listening(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.router.clone();
    tokio::spawn(async move { serve(listener, router).await.unwrap() });
    address
}

async fn address(app: &TestApp) -> String {
    format!("ws://{}/ws/team-inbox/", listening(app).await)
}

/// Opens a socket, or tells the status of the refusal.
async fn open(address: &str, client: Option<&Client>) -> Result<Socket, u16> {
    let mut request = address.into_client_request().unwrap();
    if let Some(client) = client {
        request.headers_mut().insert("authorization", format!("Bearer {}", client.token()).parse().unwrap());
    }
    match connect_async(request).await {
        Ok((stream, _)) => Ok(Socket(stream)),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

db_test! {
    async fn a_socket_tells_and_does(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), app.clock.now()).await;
        let address = format!("{}{}/", address(&app).await, app.tenant);
        let agent = app.as_role(Role::Agent).await;
        let mut socket = open(&address, Some(&agent)).await.ok().unwrap();
        let hello = socket.next().await;
        assert_eq!((&hello["type"], &hello["tenant_id"]), (&json!("hello"), &json!(app.tenant)));

        let conversation = said.conversation;
        let sent = socket.ask(json!({"type": "send_message", "id": "m1", "conversation_id": conversation, "text": "hello"})).await;
        assert_eq!((&sent["type"], &sent["message"]["status"]), (&json!("ack"), &json!("PENDING")), "{sent}");
        let mut second = open(&format!("{address}?since={}", hello["sequence"]), Some(&agent)).await.ok().unwrap();
        let told = second.next_of("new_message").await;
        assert_eq!((&told["message"]["id"], &told["message"]["author"]["type"]), (&sent["message"]["id"], &json!("API")));
        let read = socket.ask(json!({"type": "mark_read", "id": 2, "conversation_id": conversation})).await;
        assert_eq!((&read["request"], &read["conversation"]["unread_count"]), (&json!("mark_read"), &json!(0)), "{read}");
        let given = socket.ask(json!({"type": "assign", "id": 3, "conversation_id": conversation, "assignee": null})).await;
        assert_eq!(given["type"], "ack", "{given}");
        let typing = socket.ask(json!({"type": "typing", "id": 4, "conversation_id": conversation})).await;
        assert_eq!(typing["type"], "ack", "{typing}");
        assert_eq!(second.next_of("typing_indicator").await["is_typing"], true);
    }

    async fn what_is_wrong_is_answered_and_ends_nothing(db) {
        let app = TestApp::start(db).await;
        let address = format!("{}{}/", address(&app).await, app.tenant);
        let mut socket = open(&address, Some(&app.owner())).await.ok().unwrap();
        let nothing = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f";
        for (request, code) in [
            (json!({"type": "dance", "id": "a"}), "unknown_request"),
            (json!({"id": "b"}), "unknown_request"),
            (json!({"type": "mark_read", "id": "c"}), "invalid_input"),
            (json!({"type": "mark_read", "id": "d", "conversation_id": nothing}), "not_found"),
            (json!({"type": "mark_read", "id": "e", "conversation_id": 5}), "not_found"),
            (json!({"type": "mark_read", "id": "f", "conversation_id": nothing, "x": 1}), "invalid_input"),
            (json!({"type": "assign", "id": "g", "conversation_id": nothing}), "invalid_input"),
            (json!({"type": "send_message", "id": "h", "conversation_id": nothing, "text": "a\u{0}b"}), "invalid_input"),
        ] {
            let answer = socket.ask(request.clone()).await;
            assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!(code)), "{request}: {answer}");
        }
        for malformed in ["", "{", "[]", "null", r#"{"type":"typing","type":"typing"}"#] {
            socket.say(malformed).await;
            assert_eq!(socket.next_of("error").await["id"], Value::Null, "{malformed}");
        }
        socket.say(Message::Binary(vec![0, 159].into())).await;
        assert_eq!(socket.next_of("error").await["code"], "malformed_frame");
        app.owner().post("/contacts/", json!({"first_name": "Ada"})).await;
        assert_eq!(socket.next_of("contact_changed").await["contact"]["first_name"], "Ada", "it is still open");
        let viewer = app.as_role(Role::Viewer).await;
        let mut looks = open(&address, Some(&viewer)).await.ok().unwrap();
        let refused = looks.ask(json!({"type": "typing", "id": 1, "conversation_id": nothing})).await;
        assert_eq!((&refused["status"], &refused["code"]), (&json!(403), &json!("forbidden")));
    }

    async fn a_socket_is_for_its_tenant_only(db) {
        let app = TestApp::start(db).await;
        let address = address(&app).await;
        let (own, other) = (format!("{address}{}/", app.tenant), app.other_tenant().await);
        assert_eq!(open(&own, None).await.err(), Some(401));
        assert_eq!(open(&own, Some(&other)).await.err(), Some(404));
        assert_eq!(open(&own, Some(&app.with_token("jc_wrong"))).await.err(), Some(401));
        assert_eq!(open(&format!("{address}x/"), Some(&app.owner())).await.err(), Some(404));
        let (_, made) = app.owner().post("/team-inbox/api/ticket/", json!({})).await;
        let ticket = format!("{own}?token={}", made["ticket"].as_str().unwrap());
        assert_eq!(open(&ticket, None).await.ok().unwrap().next().await["type"], "hello");
        assert_eq!(open(&ticket, None).await.err(), Some(401), "a ticket is good once");
        let (_, theirs) = other.post("/team-inbox/api/ticket/", json!({})).await;
        let ticket = format!("{own}?token={}", theirs["ticket"].as_str().unwrap());
        assert_eq!(open(&ticket, None).await.err(), Some(404));
        let plain = app.owner().get(&format!("/ws/team-inbox/{}/", app.tenant)).await;
        assert_eq!((plain.0, &plain.1["code"]), (400, &json!("invalid_input")), "{}", plain.1);
    }
}
