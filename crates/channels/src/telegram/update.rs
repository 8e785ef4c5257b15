//! Updates: [`envelope()`] reads just enough to store one safely, [`decode()`] says what it means for us.
//!
//! Tolerant by construction: every field may be missing or of another type, and unknown kinds and fields pass, because a
//! strict mirror of today's Bot API loses tomorrow's messages. It decides nothing.

mod content;
mod decode;
mod envelope;
mod extras;
mod facts;
mod media;
mod membership;
mod message;
mod others;
mod parts;
mod people;
mod press;
mod reactions;
mod service;
mod unsupported;

pub use decode::decode;
pub use envelope::{ALLOWED_UPDATES, Envelope, KINDS, NotAnUpdate, envelope};
pub use facts::{
    ButtonPressed, ChatFacts, Deleted, Fact, Incoming, MemberStatus, MyChatMember, Origin, Other, Reactions, Sender,
    Topic, Update,
};
