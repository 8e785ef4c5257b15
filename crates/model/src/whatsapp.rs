//! A WhatsApp number that a tenant registered, its people, and its templates.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Id, Tenant, Timestamp, bot::Bot, message::Status, word::words};

/// A registered number. It sends and receives as a bot does; tokens are not part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    pub bot: Bot,
    /// Meta's id of the number, and of the account that it belongs to: digits.
    pub phone_number_id: String,
    pub waba_id: String,
    pub display_phone_number: String,
    pub verified_name: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`, in Meta's word.
    pub quality_rating: Option<String>,
}

/// The id under which a number stands among the senders: below zero, where Telegram has none. `None`: it is no id of Meta's.
pub fn sender_id(phone_number_id: &str) -> Option<i64> {
    const DIGITS_MAX: usize = 18;
    let is_id =
        (1..=DIGITS_MAX).contains(&phone_number_id.len()) && phone_number_id.bytes().all(|b| b.is_ascii_digit());
    phone_number_id.parse::<i64>().ok().filter(|id| is_id && *id > 0).map(|id| -id)
}

/// A person as WhatsApp names them. One of phone and user id is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WhatsappUser {
    /// The WhatsApp id, digits without a plus sign. Absent for people who hide it.
    pub phone: Option<String>,
    /// The id by which the business knows them.
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

impl WhatsappUser {
    /// What they are called, the phone first.
    pub fn addresses(&self) -> impl Iterator<Item = &str> + Clone {
        self.phone.iter().chain(&self.user_id).map(String::as_str)
    }
}

/// A number for anything that is told from others by words: the order of a person's events goes by it, and names of messages
/// are kept under it.
pub fn key_of(words: &str) -> i64 {
    let digest = Sha256::digest(words);
    i64::from_be_bytes(std::array::from_fn(|index| digest[index]))
}

/// Whether an address is a phone number rather than a user id.
pub fn is_phone(address: &str) -> bool {
    !address.is_empty() && address.len() <= 15 && address.bytes().all(|b| b.is_ascii_digit())
}

words! {
    /// Where a template is at Meta. Only an approved one can be sent.
    pub enum TemplateStatus {
        Pending = "PENDING", Approved = "APPROVED", Rejected = "REJECTED", Paused = "PAUSED", Disabled = "DISABLED",
        InAppeal = "IN_APPEAL", Archived = "ARCHIVED", PendingDeletion = "PENDING_DELETION", Deleted = "DELETED",
        LimitExceeded = "LIMIT_EXCEEDED", Locked = "LOCKED", Unknown = "UNKNOWN",
    }
}

words! {
    pub enum TemplateCategory { Marketing = "MARKETING", Utility = "UTILITY", Authentication = "AUTHENTICATION" }
}

/// A message that Meta approved before: the only thing that may be sent outside of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub id: Id<Template>,
    pub tenant: Id<Tenant>,
    pub waba_id: String,
    /// Meta's id.
    pub provider_id: Option<String>,
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    pub status: TemplateStatus,
    /// In Meta's word.
    pub quality: Option<String>,
    /// Why it was rejected or paused, in Meta's word.
    pub reason: Option<String>,
    /// As Meta has them.
    pub components: serde_json::Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// How far a sent message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receipt {
    Sent,
    Delivered,
    Read,
}

impl Receipt {
    pub const fn as_int(self) -> i64 {
        match self {
            Receipt::Sent => 1,
            Receipt::Delivered => 2,
            Receipt::Read => 3,
        }
    }

    /// The status of a message all parts of which have come so far.
    pub const fn status(of_all: i64) -> Option<Status> {
        match of_all {
            1 => Some(Status::Sent),
            2 => Some(Status::Delivered),
            3.. => Some(Status::Read),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_below_zero_among_the_senders() {
        assert_eq!(sender_id("106540352242922"), Some(-106_540_352_242_922));
        for wrong in ["", "0", "-5", "+5", "1234567890123456789", "12a"] {
            assert_eq!(sender_id(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn phones_are_told_from_user_ids() {
        assert!(is_phone("16505551234"));
        for other in ["US.13491208655302741918", "", "1650555123456789", "+1650"] {
            assert!(!is_phone(other), "{other}");
        }
    }
}
