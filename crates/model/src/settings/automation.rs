//! Automatic answers and assignments: what a tenant sets, and what follows for one message. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Id, User, bot::Bot, conversation::Priority, word::words};

/// Rules of each kind at most.
pub(super) const RULES_MAX: usize = 100;
/// Telegram's limit of a bot's menu.
pub(super) const COMMANDS_MAX: usize = 100;
pub(super) const TEXT_CHARS_MAX: usize = 4_096;

/// What is done by itself when a contact writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Automation {
    pub greeting: Greeting,
    pub away: AwayMessage,
    /// The first one that fits answers.
    pub keywords: Vec<KeywordRule>,
    /// The menu of every bot of the tenant.
    pub commands: Vec<BotCommand>,
    /// The first one that fits assigns a new conversation.
    pub assignment: Vec<AssignmentRule>,
}

/// Said once, when a contact writes for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Greeting {
    pub is_on: bool,
    /// With the composer's marks, and variables such as `{{first_name}}`.
    #[schema(max_length = 4096)]
    pub text: String,
}

/// Said outside of business hours, once in a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AwayMessage {
    pub is_on: bool,
    #[schema(max_length = 4096)]
    pub text: String,
    /// To one contact not again before so many minutes.
    #[schema(minimum = 1, maximum = 10080)]
    pub every_minutes: i64,
}

impl Default for AwayMessage {
    fn default() -> Self {
        Self { is_on: false, text: String::new(), every_minutes: 240 }
    }
}

words! {
    /// How a keyword is looked for, never minding upper and lower case.
    pub enum KeywordMatch {
        /// The whole message is one of the words.
        Exact = "exact",
        /// One of the words stands in it, as a word.
        Contains = "contains",
        /// The message is one of these commands, with or without the slash.
        Command = "command",
    }
}

/// An answer to words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct KeywordRule {
    pub is_on: bool,
    #[schema(example = json!(["price", "prices"]))]
    pub words: Vec<String>,
    #[serde(rename = "match")]
    pub matching: Option<KeywordMatch>,
    #[schema(max_length = 4096)]
    pub text: String,
    /// Only messages to this bot.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub bot_app_id: Option<Id<Bot>>,
}

/// A line of a bot's menu.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BotCommand {
    /// 1 to 32 of a–z, 0–9 and _, without the slash.
    #[schema(example = "help")]
    pub command: String,
    #[schema(example = "What this bot can do", max_length = 256)]
    pub description: String,
}

/// Who gets a new conversation, and what it gets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AssignmentRule {
    pub is_on: bool,
    /// Only messages to this bot.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub bot_app_id: Option<Id<Bot>>,
    /// Only contacts of this language, such as `de`.
    pub language_code: Option<String>,
    /// Only first messages in which one of these words stands.
    pub words: Vec<String>,
    #[schema(value_type = Option<uuid::Uuid>)]
    pub assignee: Option<Id<User>>,
    pub labels: Vec<String>,
    pub priority: Option<Priority>,
}

/// A message that came in, as far as rules care.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    pub text: &'a str,
    pub bot: Option<Id<Bot>>,
    pub language_code: Option<&'a str>,
    /// Whether it is the first of its conversation.
    pub is_first: bool,
    /// Whether somebody of the team is there now.
    pub is_open: bool,
    /// Minutes since the contact was told that nobody is there.
    pub away_minutes_ago: Option<i64>,
}

/// Which rule answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Greeting,
    Away,
    /// By its index.
    Keyword(usize),
}

/// What follows for one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// In the order in which they are said.
    pub answers: Vec<Answer>,
    /// The index of the rule that assigns.
    pub assignment: Option<usize>,
}

impl Automation {
    /// Whether anything can follow at all.
    pub fn is_idle(&self) -> bool {
        !self.greeting.is_on
            && !self.away.is_on
            && !self.keywords.iter().any(|rule| rule.is_on)
            && !self.assignment.iter().any(|rule| rule.is_on)
    }

    /// What follows for a message: a word is answered for itself; else who is new is greeted, and told when nobody is there.
    pub fn decide(&self, heard: &Heard<'_>) -> Decision {
        let mut answers = Vec::new();
        if let Some(index) = self.keywords.iter().position(|rule| rule.fits(heard)) {
            answers.push(Answer::Keyword(index));
        } else if self.greeting.is_on && heard.is_first {
            answers.push(Answer::Greeting);
        }
        let is_due = heard.away_minutes_ago.is_none_or(|ago| ago >= self.away.every_minutes);
        if self.away.is_on && !heard.is_open && is_due {
            answers.push(Answer::Away);
        }
        let assignment = self.assignment.iter().position(|rule| heard.is_first && rule.fits(heard));
        Decision { answers, assignment }
    }

    /// The text of an answer.
    pub fn text(&self, answer: Answer) -> Option<&str> {
        match answer {
            Answer::Greeting => Some(&self.greeting.text),
            Answer::Away => Some(&self.away.text),
            Answer::Keyword(index) => self.keywords.get(index).map(|rule| rule.text.as_str()),
        }
    }
}

impl KeywordRule {
    fn fits(&self, heard: &Heard<'_>) -> bool {
        let is_for_bot = self.bot_app_id.is_none_or(|bot| heard.bot == Some(bot));
        if !self.is_on || !is_for_bot {
            return false;
        }
        match self.matching.unwrap_or(KeywordMatch::Contains) {
            KeywordMatch::Exact => {
                let text = folded(heard.text.trim());
                self.words.iter().any(|word| folded(word.trim()) == text)
            }
            KeywordMatch::Contains => contains(heard.text, &self.words),
            KeywordMatch::Command => {
                let command = command(heard.text);
                self.words.iter().any(|word| Some(folded(word.trim().trim_start_matches('/'))) == command)
            }
        }
    }
}

impl AssignmentRule {
    fn fits(&self, heard: &Heard<'_>) -> bool {
        let speaks = |wanted: &String| {
            heard.language_code.is_some_and(|code| folded(code).split(['-', '_']).next() == Some(&folded(wanted)))
        };
        self.is_on
            && self.bot_app_id.is_none_or(|bot| heard.bot == Some(bot))
            && self.language_code.as_ref().is_none_or(speaks)
            && (self.words.is_empty() || contains(heard.text, &self.words))
    }
}

/// Whether one of the words, which may be several words each, stands in a text and is not part of a longer word.
fn contains(text: &str, words: &[String]) -> bool {
    let text = folded(text);
    words.iter().map(|word| folded(word.trim())).filter(|word| !word.is_empty()).any(|word| {
        text.match_indices(&word).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

/// The command at the beginning of a text: `/help@my_bot now` is `help`.
fn command(text: &str) -> Option<String> {
    let word = text.trim().strip_prefix('/')?.split_whitespace().next()?;
    word.split('@').next().map(folded)
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARD: Heard<'_> = Heard {
        text: "What is the PRICE?",
        bot: None,
        language_code: Some("de-AT"),
        is_first: true,
        is_open: true,
        away_minutes_ago: None,
    };

    fn rule(words: &[&str], matching: KeywordMatch) -> KeywordRule {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        KeywordRule { is_on: true, words, matching: Some(matching), ..KeywordRule::default() }
    }

    #[test]
    fn words_are_found_as_words_and_commands_as_commands() {
        let fits = |text: &str, words: &[&str], matching| rule(words, matching).fits(&Heard { text, ..HEARD });
        assert!(fits("What is the PRICE?", &["price"], KeywordMatch::Contains));
        assert!(!fits("priceless", &["price"], KeywordMatch::Contains));
        assert!(fits("Сколько стоит доставка?", &["ДОСТАВКА"], KeywordMatch::Contains));
        assert!(fits(" Yes ", &["yes"], KeywordMatch::Exact) && !fits("yes please", &["yes"], KeywordMatch::Exact));
        assert!(fits("/help@shop_bot now", &["/help"], KeywordMatch::Command));
        assert!(!fits("help", &["help"], KeywordMatch::Command) && !fits("/helper", &["help"], KeywordMatch::Command));
        assert!(!fits("x", &["", " "], KeywordMatch::Contains));
    }

    #[test]
    fn a_word_is_answered_before_a_greeting_and_nobody_is_told_twice_that_all_are_away() {
        let mut all = Automation::default();
        assert!(all.is_idle());
        all.greeting.is_on = true;
        all.away.is_on = true;
        let closed = Heard { is_open: false, ..HEARD };
        assert_eq!(all.decide(&HEARD).answers, [Answer::Greeting]);
        assert_eq!(all.decide(&closed).answers, [Answer::Greeting, Answer::Away]);
        assert_eq!(all.decide(&Heard { away_minutes_ago: Some(239), is_first: false, ..closed }).answers, []);
        assert_eq!(
            all.decide(&Heard { away_minutes_ago: Some(240), is_first: false, ..closed }).answers,
            [Answer::Away]
        );
        all.keywords = vec![rule(&["price"], KeywordMatch::Contains)];
        assert_eq!(all.decide(&HEARD).answers, [Answer::Keyword(0)]);
    }

    #[test]
    fn the_first_rule_that_fits_assigns_a_new_conversation() {
        let rule = |language: Option<&str>, word: Option<&str>| AssignmentRule {
            is_on: true,
            language_code: language.map(Into::into),
            words: word.into_iter().map(Into::into).collect(),
            ..AssignmentRule::default()
        };
        let assignment = vec![rule(Some("fr"), None), rule(None, Some("refund")), rule(Some("DE"), None)];
        let all = Automation { assignment, ..Automation::default() };
        assert_eq!(all.decide(&HEARD).assignment, Some(2));
        assert_eq!(all.decide(&Heard { text: "A refund, please", ..HEARD }).assignment, Some(1));
        assert_eq!(all.decide(&Heard { is_first: false, ..HEARD }).assignment, None);
    }
}
