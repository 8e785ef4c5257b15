//! The nouns: apps with their tokens, accounts, numbers, people, media. Ids are digit strings, as Meta's are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{templates::Template, threads::Thread};
use crate::random::{Random, mix};

/// Ids that nobody chose start here.
const FIRST_ID: u64 = 100_000_000_000_001;

/// Everything, under one lock that is never held over an await.
#[derive(Debug, Default)]
pub struct World {
    pub apps: BTreeMap<String, App>,
    pub tokens: HashMap<String, Token>,
    pub accounts: BTreeMap<String, Account>,
    pub numbers: BTreeMap<String, Number>,
    /// By `wa_id`.
    pub people: BTreeMap<String, Person>,
    /// By number and `wa_id`.
    pub threads: HashMap<(String, String), Thread>,
    /// Where a message stands, by its id.
    pub places: HashMap<String, (String, String)>,
    pub media: HashMap<String, Media>,
    pub templates: BTreeMap<String, Template>,
    pub settings: Settings,
    last_id: u64,
}

/// A Meta app: its secret signs webhooks, its own callback gets what no override takes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct App {
    pub id: String,
    pub secret: String,
    pub callback: Option<Callback>,
}

/// Where webhooks go, and the word that proves the receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    pub url: String,
    pub verify_token: String,
}

/// What an access token opens.
#[derive(Clone, Debug)]
pub struct Token {
    pub app_id: String,
    /// No list: every account.
    pub accounts: Option<BTreeSet<String>>,
    pub is_revoked: bool,
}

/// A WhatsApp Business Account.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Account {
    pub id: String,
    pub name: String,
    /// Apps that get this account's webhooks, with the override of each.
    pub subscribed: BTreeMap<String, Option<Callback>>,
}

/// A business phone number.
#[derive(Clone, Debug, Serialize)]
pub struct Number {
    pub id: String,
    pub waba_id: String,
    pub display_phone_number: String,
    pub verified_name: String,
    pub quality_rating: String,
    pub status: String,
    pub pin: Option<String>,
    pub is_registered: bool,
    pub messages_per_second: u32,
    pub callback: Option<Callback>,
    #[serde(skip)]
    pub registered_ms: Vec<i64>,
    #[serde(skip)]
    pub sent_ms: std::collections::VecDeque<i64>,
}

impl Number {
    pub fn digits(&self) -> String {
        digits(&self.display_phone_number)
    }

    /// What stands before the first space: `+49 30 …` is in 49.
    pub fn country_code(&self) -> String {
        digits(self.display_phone_number.split([' ', '-']).next().unwrap_or_default())
    }
}

/// Somebody with WhatsApp on their phone.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    pub wa_id: String,
    pub name: String,
    /// The business-scoped user id.
    pub user_id: String,
    pub username: Option<String>,
    /// With a username, the phone number may stay hidden.
    pub hides_phone: bool,
    /// Off, nobody learns that this person read something.
    pub receipts: bool,
    /// Reads at once whatever is delivered.
    pub auto_read: bool,
    /// Off, messages are sent but not delivered until it is on again.
    pub online: bool,
}

/// A file, as uploaded or as sent by somebody.
#[derive(Clone, Debug)]
pub struct Media {
    pub number: String,
    pub mime_type: String,
    pub bytes: Bytes,
    pub expires_ms: i64,
    /// The download address in force: its ticket, and when it ends.
    pub ticket: Option<(String, i64)>,
}

/// How this WhatsApp behaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What becomes of a new template: `approve`, `reject`, or `hold` until the control API decides.
    pub template_review: Review,
    /// Where a closed window is told: in the `answer`, or as WhatsApp mostly does, later as a `status`.
    pub window_refusal: Refusal,
    /// Each webhook call comes so many more times.
    pub webhook_duplicates: u32,
    /// Off, a number and a person may have any number of messages between them.
    pub pair_rate: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            template_review: Review::Approve,
            window_refusal: Refusal::Status,
            webhook_duplicates: 0,
            pair_rate: true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    Approve,
    Reject,
    Hold,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    Answer,
    Status,
}

impl World {
    pub fn next_id(&mut self) -> String {
        self.last_id += 1;
        (FIRST_ID + self.last_id).to_string()
    }

    /// A message id: opaque, and as long as theirs.
    pub fn next_wamid(&mut self, wa_id: &str, random: &Random) -> String {
        self.last_id += 1;
        let inside =
            format!("\u{1c}\u{18}\u{b}{wa_id}\u{15}\u{2}\u{11}\u{18}{:016X}{:08X}", random.next(), self.last_id);
        format!("wamid.{}", BASE64_STANDARD.encode(inside))
    }

    /// The thread between a number and a person, which is there once somebody asks.
    pub fn thread(&mut self, number: &str, wa_id: &str) -> &mut Thread {
        self.threads.entry((number.to_owned(), wa_id.to_owned())).or_default()
    }

    /// Somebody by `wa_id`, by phone number, or by business-scoped id.
    pub fn person(&self, name: &str) -> Option<&Person> {
        let by_phone = self.people.get(&digits(name)).filter(|_| !name.contains('.'));
        by_phone.or_else(|| self.people.values().find(|person| person.user_id == name))
    }

    /// Makes a person with that phone, or finds them.
    pub fn ensure_person(&mut self, wa_id: &str) -> &mut Person {
        self.people.entry(wa_id.to_owned()).or_insert_with(|| Person {
            wa_id: wa_id.to_owned(),
            name: format!("Person {wa_id}"),
            user_id: user_id(wa_id, 0),
            username: None,
            hides_phone: false,
            receipts: true,
            auto_read: false,
            online: true,
        })
    }
}

/// A business-scoped id; another one for each generation of the same phone.
pub fn user_id(wa_id: &str, generation: u64) -> String {
    let country = if wa_id.starts_with('1') { "US" } else { "DE" };
    let seed = wa_id.bytes().fold(generation, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    format!("{country}.{:019}", mix(seed) >> 1)
}

pub fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}
