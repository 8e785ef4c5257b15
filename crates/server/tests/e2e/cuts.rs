//! A client whose connection is cut again and again ends up knowing exactly what a client without a cut knows.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use testkit::db_test;
use tokio::time::timeout;

use super::{
    service::Service,
    world::{PATIENCE, World, until},
};

const CHANGES: usize = 5_000;
const CUTS: usize = 50;
/// People who change things at the same time.
const HANDS: usize = 8;

/// A stream of server-sent events over a real connection, which is cut when it is dropped.
struct Listener {
    answer: Response,
    text: String,
}

impl Listener {
    /// From a place in the feed on.
    async fn from(service: &Service, place: i64) -> Self {
        Self::open(service, Some(place)).await.0
    }

    /// Where the feed ends now.
    async fn end(service: &Service) -> i64 {
        Self::open(service, None).await.1
    }

    /// The stream, and the place at which its greeting says that it begins.
    async fn open(service: &Service, place: Option<i64>) -> (Self, i64) {
        let mut request = service.request(Method::GET, "/team-inbox/api/stream/").timeout(Duration::from_secs(600));
        if let Some(place) = place {
            request = request.header("last-event-id", place.to_string());
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut listener = Self { answer, text: String::new() };
        let hello = listener.next().await;
        assert_eq!(hello["type"], "hello");
        (listener, hello["sequence"].as_i64().unwrap())
    }

    /// What the next event carries.
    async fn next(&mut self) -> Value {
        loop {
            if let Some((piece, rest)) = self.text.split_once("\n\n") {
                let data = piece.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                self.text = rest.to_owned();
                match data {
                    Some(data) => return serde_json::from_str(&data).unwrap(),
                    None => continue,
                }
            }
            let piece = timeout(PATIENCE, self.answer.chunk()).await.expect("the stream says something in time");
            let piece = piece.unwrap().expect("the stream goes on");
            self.text.push_str(str::from_utf8(&piece).expect("events are text"));
        }
    }
}

/// What a client knows after it applied events, and where it stands.
#[derive(Default)]
struct Known {
    objects: BTreeMap<String, Value>,
    place: i64,
}

impl Known {
    fn apply(&mut self, event: &Value) {
        let sequence = event["sequence"].as_i64().unwrap_or_else(|| panic!("an event without a place: {event}"));
        assert!(sequence > self.place, "{sequence} came after {}", self.place);
        self.place = sequence;
        for (id, object) in [("contact_id", "contact"), ("message_id", "message"), ("conversation_id", "conversation")]
        {
            let Some(id) = event[id].as_str() else { continue };
            match &event[object] {
                Value::Null => self.objects.remove(id),
                shown => self.objects.insert(id.to_owned(), shown.clone()),
            };
        }
    }

    async fn hear(&mut self, listener: &mut Listener, until: i64) {
        while self.place < until {
            let event = listener.next().await;
            self.apply(&event);
        }
    }
}

/// One of those who change things: contacts come, change and go, and notes are written in the conversation.
async fn change(service: Arc<Service>, conversation: Arc<str>, hand: usize) {
    let mut mine: Vec<String> = Vec::new();
    for number in 0..CHANGES / HANDS {
        let name = format!("{hand}-{number}");
        let (method, path, body) = match number % 6 {
            0 | 1 => (Method::POST, "/contacts/".to_owned(), Some(json!({"first_name": name}))),
            4 => (Method::POST, format!("{conversation}messages/"), Some(json!({"type": "note", "text": name}))),
            5 => (Method::DELETE, format!("/contacts/{}/", mine.remove(number % mine.len())), None),
            _ => (Method::PATCH, format!("/contacts/{}/", mine[number % mine.len()]), Some(json!({"last_name": name}))),
        };
        let is_new = path == "/contacts/";
        let (status, answer) = service.call(method, &path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        if is_new {
            mine.push(answer["id"].as_str().unwrap().to_owned());
        }
    }
}

/// Somewhere between nothing and twice the average, the same in every run.
fn some(round: usize) -> usize {
    (round * 7_919 + 13) % (2 * CHANGES / CUTS)
}

db_test! {
    async fn fifty_cuts_in_five_thousand_changes_lose_and_double_nothing(db) {
        let world = World::start().await;
        let service = Arc::new(Service::start(&db, &world, &[]).await);
        let bot = service.bot(4_600, None, 1_000).await;
        world.person("Ada", 4_600).await;
        let list = format!("/team-inbox/api/conversations/?bot={bot}");
        until("somebody has written", || async { service.count(&list).await == 1 }).await;
        let found = service.get(&list).await;
        let id = found["results"][0]["id"].as_str().unwrap();
        let conversation: Arc<str> = format!("/team-inbox/api/conversations/{id}/").into();
        let (mut whole, mut cut) = (Known::default(), Known::default());
        let mut steady = Listener::from(&service, 0).await;
        let begin = Listener::end(&service).await;
        let changes = (0..HANDS).map(|hand| tokio::spawn(change(service.clone(), conversation.clone(), hand)));
        let changes: Vec<_> = changes.collect();
        let goal = begin + i64::try_from(CHANGES).unwrap();
        let hearing = tokio::spawn(async move {
            whole.hear(&mut steady, goal).await;
            (whole, steady)
        });
        for round in 0..CUTS {
            let mut listener = Listener::from(&service, cut.place).await;
            for _ in 0..some(round) {
                if cut.place >= goal {
                    break;
                }
                cut.apply(&listener.next().await);
            }
        }
        for one in changes {
            one.await.unwrap();
        }
        let (mut whole, mut steady) = hearing.await.unwrap();
        let mut listener = Listener::from(&service, cut.place).await;
        let end = Listener::end(&service).await;
        whole.hear(&mut steady, end).await;
        cut.hear(&mut listener, end).await;
        assert_eq!(cut.objects, whole.objects);
        let contacts = service.count("/contacts/").await;
        let heard = whole.objects.values().filter(|object| object.get("identities").is_some()).count();
        assert_eq!(i64::try_from(heard).unwrap(), contacts, "and it is what there is");
    }
}
