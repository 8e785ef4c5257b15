//! Segments: rules that say which contacts are meant, joined by and/or, with groups of one level.

use serde_json::{Map, Value, json};

use super::attribute::{self, Attribute, AttributeType};
use crate::{Error, Id, Result, Timestamp, bot::Bot, word::words};

const RULES_MAX: usize = 30;
const LISTED_MAX: usize = 100;
const TEXT_CHARS_MAX: usize = 200;
const DAYS_MAX: i64 = 36_500;

/// Saved rules under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub id: Id<Segment>,
    pub name: String,
    /// As they were given.
    pub rules: Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Rules that were read.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    Text(Field, TextTest),
    Number(Field, NumberTest),
    Truth(Field, bool),
    IsSet(Field),
    Tag(String),
    /// They wrote to, or stand in a chat with, this bot.
    Bot(Id<Bot>),
}

/// How a text is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum TextTest {
    Is(String),
    Contains(String),
    StartsWith(String),
    /// In the order of characters, as days sort.
    Before(String),
    After(String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberTest {
    Is(f64),
    Less(f64),
    More(f64),
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    Own(OwnField),
    Custom(String),
}

words! {
    /// Fields of contacts that rules can ask for.
    pub enum OwnField {
        FirstName = "first_name", LastName = "last_name", Phone = "phone", Email = "email",
        CompanyName = "company_name", TelegramUsername = "telegram_username", LanguageCode = "language_code",
        LeadStatus = "lead_status", TicketStatus = "ticket_status", AssignedToType = "assigned_to_type",
        Source = "source", LeadScore = "lead_score", TelegramChatId = "telegram_chat_id", DoNotContact = "do_not_contact",
        /// Some bot reaches them: an active chat, not opted out.
        Reachable = "reachable",
        /// They said `/stop` to some bot.
        OptedOut = "opted_out",
        LastSeenAt = "last_seen_at", CreatedAt = "created_at", UpdatedAt = "updated_at",
        Tags = "tags", Bot = "bot_app_id",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
    /// A time of ours, in milliseconds.
    Time,
    /// A day as text.
    Day,
    Tags,
    Bot,
    /// An attribute that nobody has described: it takes the operators of texts and numbers.
    Free,
}

impl OwnField {
    const fn kind(self) -> Kind {
        match self {
            Self::LeadScore | Self::TelegramChatId => Kind::Number,
            Self::DoNotContact | Self::Reachable | Self::OptedOut => Kind::Boolean,
            Self::LastSeenAt | Self::CreatedAt | Self::UpdatedAt => Kind::Time,
            Self::Tags => Kind::Tags,
            Self::Bot => Kind::Bot,
            Self::FirstName
            | Self::LastName
            | Self::Phone
            | Self::Email
            | Self::CompanyName
            | Self::TelegramUsername
            | Self::LanguageCode
            | Self::LeadStatus
            | Self::TicketStatus
            | Self::AssignedToType
            | Self::Source => Kind::Text,
        }
    }
}

impl Kind {
    /// What can be asked of it.
    const fn operators(self) -> &'static [&'static str] {
        match self {
            Kind::Text => &["is", "is_not", "in", "contains", "not_contains", "starts_with", "is_set", "is_not_set"],
            Kind::Number => &["is", "is_not", "gt", "gte", "lt", "lte", "is_set", "is_not_set"],
            Kind::Boolean => &["is"],
            Kind::Time => &["before", "after", "within_days", "not_within_days", "is_set", "is_not_set"],
            Kind::Day => &["is", "is_not", "before", "after", "is_set", "is_not_set"],
            Kind::Tags => &["has", "has_not", "is_set", "is_not_set"],
            Kind::Bot => &["is", "is_not"],
            Kind::Free => &[
                "is",
                "is_not",
                "in",
                "contains",
                "not_contains",
                "starts_with",
                "gt",
                "gte",
                "lt",
                "lte",
                "is_set",
                "is_not_set",
            ],
        }
    }
}

/// What rules can be made of, for pages that build them.
pub fn vocabulary(attributes: &[Attribute]) -> Vec<(String, &'static str, &'static [&'static str])> {
    let own = OwnField::ALL.iter().map(|field| (field.to_string(), field.kind()));
    let custom = attributes.iter().map(|one| (format!("custom.{}", one.name), kind_of(one.kind)));
    own.chain(custom).map(|(name, kind)| (name, kind_name(kind), kind.operators())).collect()
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Free => "text",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Time => "time",
        Kind::Day => "date",
        Kind::Tags => "tags",
        Kind::Bot => "bot",
    }
}

const fn kind_of(kind: AttributeType) -> Kind {
    match kind {
        AttributeType::Text | AttributeType::Choice => Kind::Text,
        AttributeType::Number => Kind::Number,
        AttributeType::Boolean => Kind::Boolean,
        AttributeType::Date => Kind::Day,
    }
}

/// Reads `{"match": "all" | "any", "rules": [{field, operator, value} | a group of the same form]}`. `now` is what
/// `within_days` counts back from.
pub fn read(rules: &Value, attributes: &[Attribute], now: Timestamp) -> Result<Rule> {
    let reader = Reader { attributes, now };
    let mut left = RULES_MAX;
    reader.group(rules, true, &mut left).map_err(|error| error.at_field("rules"))
}

struct Reader<'a> {
    attributes: &'a [Attribute],
    now: Timestamp,
}

impl Reader<'_> {
    fn group(&self, value: &Value, is_top: bool, left: &mut usize) -> Result<Rule> {
        let group = object(value)?;
        known(group, &["match", "rules"])?;
        let rules = group.get("rules").and_then(Value::as_array);
        let rules = rules.ok_or_else(|| Error::invalid("Enter a list of rules in \"rules\"."))?;
        if rules.is_empty() && !is_top {
            return Err(Error::invalid("A group needs at least one rule."));
        }
        let mut read = Vec::new();
        for one in rules {
            let is_group = one.get("rules").is_some();
            if is_group && !is_top {
                return Err(Error::invalid("A group can't stand within a group."));
            }
            if *left == 0 {
                return Err(Error::invalid(format!("Enter at most {RULES_MAX} rules.")));
            }
            *left -= 1;
            read.push(if is_group { self.group(one, false, left)? } else { self.rule(one)? });
        }
        match group.get("match").map_or(Some("all"), Value::as_str) {
            Some("all") => Ok(Rule::All(read)),
            Some("any") => Ok(Rule::Any(read)),
            _ => Err(Error::invalid("\"match\" is all or any.")),
        }
    }

    fn rule(&self, value: &Value) -> Result<Rule> {
        let rule = object(value)?;
        known(rule, &["field", "operator", "value"])?;
        let text = |name: &str| {
            let text = rule.get(name).and_then(Value::as_str);
            text.ok_or_else(|| Error::invalid(format!("A rule needs a \"{name}\", a text.")))
        };
        let (name, operator) = (text("field")?, text("operator")?);
        let (field, kind) = self.field(name)?;
        if !kind.operators().contains(&operator) {
            let all = kind.operators().join(", ");
            return Err(Error::invalid(format!("{name} has the operators {all}.")));
        }
        let value = rule.get("value").unwrap_or(&Value::Null);
        self.compared(field, kind, operator, value)
            .map_err(|error| Error::invalid(format!("{name} {operator}: {}", error.message())))
    }

    fn field(&self, name: &str) -> Result<(Field, Kind)> {
        if let Some(custom) = name.strip_prefix("custom.").filter(|name| super::change::is_attribute_name(name)) {
            let described = self.attributes.iter().find(|one| one.name == custom);
            let kind = described.map_or(Kind::Free, |one| kind_of(one.kind));
            return Ok((Field::Custom(custom.to_owned()), kind));
        }
        let own: OwnField = name
            .parse()
            .map_err(|error: Error| Error::invalid(format!("{} Attributes are custom.<name>.", error.message())))?;
        Ok((Field::Own(own), own.kind()))
    }

    fn compared(&self, field: Field, kind: Kind, operator: &str, value: &Value) -> Result<Rule> {
        let plain = match operator {
            "is_not" => "is",
            "not_contains" => "contains",
            "has_not" => "has",
            "is_not_set" => "is_set",
            "not_within_days" => "within_days",
            // What is greater or equal is not less; but what is not there is neither.
            "gte" => return self.at_least(field, kind, "gt", value),
            "lte" => return self.at_least(field, kind, "lt", value),
            other => other,
        };
        let rule = self.plain(field, kind, plain, value)?;
        Ok(if plain == operator { rule } else { Rule::Not(Box::new(rule)) })
    }

    fn at_least(&self, field: Field, kind: Kind, operator: &str, value: &Value) -> Result<Rule> {
        let beyond = self.plain(field.clone(), kind, operator, value)?;
        let equal = Rule::Number(field, NumberTest::Is(number(value)?));
        Ok(Rule::Any(vec![beyond, equal]))
    }

    fn plain(&self, field: Field, kind: Kind, operator: &str, value: &Value) -> Result<Rule> {
        if operator == "is_set" {
            return Ok(Rule::IsSet(field));
        }
        Ok(match kind {
            Kind::Boolean => {
                let truth = value.as_bool().ok_or_else(|| Error::invalid("Enter true or false."))?;
                Rule::Truth(field, truth)
            }
            Kind::Tags => Rule::Tag(super::change::tag(text(value)?)?),
            Kind::Bot => Rule::Bot(text(value)?.parse()?),
            Kind::Number => Rule::Number(field, number_test(operator, value)?),
            Kind::Time => self.time(field, operator, value)?,
            Kind::Day => {
                let day = attribute::day(text(value)?).ok_or_else(|| Error::invalid("Enter a day: 2026-11-25."))?;
                Rule::Text(field, text_test(operator, day))
            }
            Kind::Free if value.is_number() || matches!(operator, "gt" | "lt") => {
                Rule::Number(field, number_test(operator, value)?)
            }
            Kind::Text | Kind::Free if operator == "in" => Rule::Any(listed(&field, value)?),
            Kind::Text | Kind::Free => {
                let text = text(value)?;
                let is_phone = field == Field::Own(OwnField::Phone) && operator == "is";
                let text = if is_phone { crate::phone::e164(text)? } else { text.to_owned() };
                Rule::Text(field, text_test(operator, text))
            }
        })
    }

    fn time(&self, field: Field, operator: &str, value: &Value) -> Result<Rule> {
        let test = if operator == "within_days" {
            let days = value.as_i64().filter(|days| (0..=DAYS_MAX).contains(days));
            let days = days.ok_or_else(|| Error::invalid(format!("Enter a number of days from 0 to {DAYS_MAX}.")))?;
            NumberTest::More((self.now - days * crate::DAY_MS).as_ms() as f64)
        } else {
            let at: Timestamp = text(value)?.parse()?;
            let at = at.as_ms() as f64;
            if operator == "before" { NumberTest::Less(at) } else { NumberTest::More(at) }
        };
        Ok(Rule::Number(field, test))
    }
}

fn listed(field: &Field, value: &Value) -> Result<Vec<Rule>> {
    let list = value.as_array().filter(|list| (1..=LISTED_MAX).contains(&list.len()));
    let list = list.ok_or_else(|| Error::invalid(format!("Enter a list of 1 to {LISTED_MAX} texts.")))?;
    list.iter().map(|one| Ok(Rule::Text(field.clone(), TextTest::Is(text(one)?.to_owned())))).collect()
}

fn text_test(operator: &str, text: String) -> TextTest {
    match operator {
        "contains" => TextTest::Contains(text),
        "starts_with" => TextTest::StartsWith(text),
        "before" => TextTest::Before(text),
        "after" => TextTest::After(text),
        _ => TextTest::Is(text),
    }
}

fn number_test(operator: &str, value: &Value) -> Result<NumberTest> {
    let number = number(value)?;
    Ok(match operator {
        "gt" => NumberTest::More(number),
        "lt" => NumberTest::Less(number),
        _ => NumberTest::Is(number),
    })
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| Error::invalid("Enter a number."))
}

fn text(value: &Value) -> Result<&str> {
    let text = value.as_str().filter(|text| (1..=TEXT_CHARS_MAX).contains(&text.chars().count()));
    let text = text.filter(|text| !text.contains('\0'));
    text.ok_or_else(|| Error::invalid(format!("Enter a text of 1 to {TEXT_CHARS_MAX} characters.")))
}

fn object(value: &Value) -> Result<&Map<String, Value>> {
    value.as_object().ok_or_else(|| Error::invalid("Rules and groups are objects."))
}

fn known(object: &Map<String, Value>, names: &[&str]) -> Result<()> {
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let shown: String = name.chars().take(40).collect();
            Err(Error::invalid(format!("\"{shown}\" is not known here; it takes {}.", names.join(", "))))
        }
    }
}

/// An example for descriptions.
pub fn example() -> Value {
    json!({"match": "all", "rules": [
        {"field": "tags", "operator": "has", "value": "vip"},
        {"match": "any", "rules": [
            {"field": "language_code", "operator": "is", "value": "en"},
            {"field": "last_seen_at", "operator": "within_days", "value": 30}]}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(rules: Value) -> Result<Rule> {
        let attribute = Attribute {
            id: Id::from_bytes([1; 16]),
            name: "size".into(),
            kind: AttributeType::Number,
            choices: Vec::new(),
            created_at: Timestamp::from_ms(0),
            updated_at: Timestamp::from_ms(0),
        };
        read(&rules, &[attribute], Timestamp::from_ms(crate::DAY_MS * 10))
    }

    fn one(field: &str, operator: &str, value: Value) -> Result<Rule> {
        rules(json!({"rules": [{"field": field, "operator": operator, "value": value}]}))
    }

    #[test]
    fn rules_are_read_by_the_type_of_their_field() {
        assert!(read(&example(), &[], Timestamp::from_ms(0)).is_ok());
        assert_eq!(rules(json!({"rules": []})).unwrap(), Rule::All(Vec::new()));
        let seen = Rule::Number(Field::Own(OwnField::LastSeenAt), NumberTest::More((crate::DAY_MS * 7) as f64));
        assert_eq!(one("last_seen_at", "within_days", json!(3)).unwrap(), Rule::All(vec![seen]));
        let phone = Rule::Text(Field::Own(OwnField::Phone), TextTest::Is("+14155550100".into()));
        let not = Rule::Not(Box::new(phone));
        assert_eq!(one("phone", "is_not", json!("+1 415 555 0100")).unwrap(), Rule::All(vec![not]));
        assert!(one("custom.size", "gte", json!(4)).is_ok());
        assert!(one("custom.colour", "contains", json!("re")).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (field, operator, value) in [
            ("colour", "is", json!("red")),
            ("first_name", "gt", json!("a")),
            ("first_name", "is", json!(5)),
            ("lead_score", "is", json!("5")),
            ("do_not_contact", "is", json!("yes")),
            ("tags", "has", json!("")),
            ("custom.size", "contains", json!("4")),
            ("created_at", "after", json!("yesterday")),
            ("created_at", "within_days", json!(-1)),
            ("first_name", "in", json!([])),
            ("custom.a b", "is", json!("x")),
            ("bot_app_id", "is", json!("x")),
            ("first_name", "is", json!("a\u{0}")),
        ] {
            assert!(one(field, operator, value.clone()).is_err(), "{field} {operator} {value}");
        }
        let leaf = json!({"field": "tags", "operator": "is_set"});
        assert!(rules(json!({"rules": [leaf], "match": "none"})).is_err());
        assert!(rules(json!({"rules": [leaf], "colour": 1})).is_err());
        assert!(rules(json!({"rules": [{"rules": []}]})).is_err());
        assert!(rules(json!({"rules": [{"rules": [{"rules": [leaf]}]}]})).is_err());
        assert!(rules(json!({"rules": vec![leaf.clone(); RULES_MAX + 1]})).is_err());
        assert!(rules(json!([])).is_err());
    }
}
