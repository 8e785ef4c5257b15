//! A delivery taken apart: one may bring many messages and statuses of several numbers and accounts, each of which is
//! stored, told from its repetitions, and processed by itself.

use super::key_of;
use crate::json::{self, Object, Value};

/// What stored pieces are called.
pub const MESSAGE: &str = "WHATSAPP_MESSAGE";
pub const STATUS: &str = "WHATSAPP_STATUS";
/// Whatever else a number's or an account's field tells.
pub const NEWS: &str = "WHATSAPP_NEWS";

/// Whether a stored event came by this channel.
pub fn is_ours(event_type: &str) -> bool {
    event_type.starts_with("WHATSAPP_")
}

/// One thing that a delivery brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub waba_id: String,
    /// The number that it is about; `None`: the account.
    pub phone_number_id: Option<String>,
    pub event_type: &'static str,
    /// The same for the same piece, whenever and in whatever company it comes.
    pub update_id: i64,
    /// Pieces of one person are to be processed in order.
    pub chat_key: i64,
    /// The piece alone, in the form of a delivery's entry.
    pub payload: String,
}

/// The body is no JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADelivery;

/// Takes a delivery apart, in its order. What has no place in it brings nothing.
pub fn split(body: &[u8]) -> Result<Vec<Piece>, NotADelivery> {
    let delivery = json::object(body).ok_or(NotADelivery)?;
    let mut pieces = Vec::new();
    for entry in delivery.objects("entry") {
        let waba_id = words(entry.get("id")).unwrap_or_default();
        for change in entry.objects("changes") {
            Cutter { waba_id: &waba_id, entry, change }.cut(&mut pieces);
        }
    }
    Ok(pieces)
}

/// Ids are strings of digits, and numbers at times.
fn words(value: Option<&Value<'_>>) -> Option<String> {
    match value? {
        Value::Number(digits) => Some((*digits).to_owned()),
        value => value.as_text(),
    }
}

struct Cutter<'d> {
    waba_id: &'d str,
    entry: &'d Object<'d>,
    change: &'d Object<'d>,
}

impl Cutter<'_> {
    fn cut(&self, pieces: &mut Vec<Piece>) {
        let field = self.change.text("field").unwrap_or_default();
        let Some(value) = self.change.object("value") else { return };
        let number = value.object("metadata").and_then(|metadata| words(metadata.get("phone_number_id")));
        let mut has_some = false;
        for message in value.objects("messages") {
            has_some = true;
            pieces.push(self.message(&field, value, number.as_deref(), message));
        }
        for status in value.objects("statuses") {
            has_some = true;
            pieces.push(self.status(&field, value, number.as_deref(), status));
        }
        if !has_some {
            pieces.push(self.news(&field, value, number));
        }
    }

    fn message(&self, field: &str, value: &Object<'_>, number: Option<&str>, message: &Object<'_>) -> Piece {
        let who = [message.text("from_user_id"), message.text("from")];
        let payload = self.payload(field, value, ("messages", message), &who);
        let id = message.text("id").unwrap_or_else(|| payload.clone());
        self.piece(MESSAGE, number, key_of(&format!("message\0{id}")), &who, payload)
    }

    fn status(&self, field: &str, value: &Object<'_>, number: Option<&str>, status: &Object<'_>) -> Piece {
        let who = [status.text("recipient_user_id"), status.text("recipient_id")];
        let payload = self.payload(field, value, ("statuses", status), &who);
        let part = |key| status.text(key).unwrap_or_default();
        // The same status of the same message says nothing new, whatever stands beside it.
        let name = format!("status\0{}\0{}", part("id"), part("status"));
        self.piece(STATUS, number, key_of(&name), &who, payload)
    }

    fn news(&self, field: &str, value: &Object<'_>, number: Option<String>) -> Piece {
        let mut payload = self.head(field);
        value.write(&mut payload);
        payload.push_str("}]}");
        let update_id = key_of(&format!("news\0{payload}"));
        self.piece(NEWS, number.as_deref(), update_id, &[None, None], payload)
    }

    fn piece(
        &self,
        event_type: &'static str,
        number: Option<&str>,
        update_id: i64,
        who: &[Option<String>; 2],
        payload: String,
    ) -> Piece {
        let chat_key = who.iter().flatten().next().map_or(0, |who| key_of(who));
        let phone_number_id = number.map(str::to_owned);
        Piece { waba_id: self.waba_id.to_owned(), phone_number_id, event_type, update_id, chat_key, payload }
    }

    fn head(&self, field: &str) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let time = match self.entry.get("time") {
            Some(Value::Number(digits)) => format!(",\"time\":{digits}"),
            _ => String::new(),
        };
        let (id, field) = (quoted(self.waba_id), quoted(field));
        format!("{{\"id\":{id}{time},\"changes\":[{{\"field\":{field},\"value\":")
    }

    /// One item with what it needs of its surroundings: the number, and the person.
    fn payload(
        &self,
        field: &str,
        value: &Object<'_>,
        (list, item): (&str, &Object<'_>),
        who: &[Option<String>; 2],
    ) -> String {
        let mut payload = self.head(field);
        payload.push('{');
        if let Some(metadata) = value.object("metadata") {
            payload.push_str("\"metadata\":");
            metadata.write(&mut payload);
            payload.push(',');
        }
        if let Some(contact) = person(value, who) {
            payload.push_str("\"contacts\":[");
            contact.write(&mut payload);
            payload.push_str("],");
        }
        payload.push_str(&format!("\"{list}\":["));
        item.write(&mut payload);
        payload.push_str("]}}]}");
        payload
    }
}

/// The contact that an item is about: by any of its ids, or the only one.
fn person<'v>(value: &'v Object<'v>, who: &[Option<String>; 2]) -> Option<&'v Object<'v>> {
    let is_it = |contact: &&Object<'_>| {
        let ids = [contact.text("user_id"), contact.text("wa_id")];
        who.iter().zip(&ids).any(|(who, id)| who.is_some() && who == id)
    };
    let mut all = value.objects("contacts");
    match (value.objects("contacts").find(is_it), all.next(), all.next()) {
        (Some(found), ..) => Some(found),
        (None, Some(only), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BATCH: &str = r#"{"object":"whatsapp_business_account","entry":[
        {"id":"11","time":5,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"77"},
            "contacts":[{"wa_id":"1","user_id":"US.1","profile":{"name":"A"}},{"wa_id":"2","profile":{"name":"B"}}],
            "messages":[{"from":"2","id":"wamid.B","text":{"body":"\ud83d\u0000"}},{"from":"1","from_user_id":"US.1","id":"wamid.A"}],
            "statuses":[{"id":"wamid.C","status":"read","recipient_id":"1"}]}}]},
        {"id":12,"changes":[{"field":"message_template_status_update","value":{"event":"APPROVED"}},{"field":"x"}]}]}"#;

    #[test]
    fn a_batch_is_taken_apart() {
        let pieces = split(BATCH.as_bytes()).unwrap();
        let kinds: Vec<_> =
            pieces.iter().map(|p| (p.event_type, p.waba_id.as_str(), p.phone_number_id.as_deref())).collect();
        assert_eq!(
            kinds,
            [(MESSAGE, "11", Some("77")), (MESSAGE, "11", Some("77")), (STATUS, "11", Some("77")), (NEWS, "12", None)]
        );
        assert!(pieces[0].payload.contains("\"B\"") && !pieces[0].payload.contains("\"A\""), "{}", pieces[0].payload);
        assert!(pieces[0].payload.contains(r"\ud83d\u0000"), "it stays as it came");
        for piece in &pieces {
            assert!(json::object(piece.payload.as_bytes()).is_some(), "{}", piece.payload);
        }
    }

    #[test]
    fn a_piece_is_known_again_in_other_company() {
        let alone = BATCH.replace(r#"{"from":"2","id":"wamid.B","text":{"body":"\ud83d\u0000"}},"#, "");
        let (all, alone) = (split(BATCH.as_bytes()).unwrap(), split(alone.as_bytes()).unwrap());
        assert_eq!((all[1].update_id, all[2].update_id), (alone[0].update_id, alone[1].update_id));
        let ids: std::collections::BTreeSet<i64> = all.iter().map(|piece| piece.update_id).collect();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn what_is_no_delivery_brings_nothing() {
        for body in ["", "[]", "null", "{"] {
            assert_eq!(split(body.as_bytes()), Err(NotADelivery), "{body}");
        }
        for body in ["{}", r#"{"entry":5}"#, r#"{"entry":[{"changes":[5,{"field":"messages","value":[]}]}]}"#] {
            assert_eq!(split(body.as_bytes()), Ok(Vec::new()), "{body}");
        }
    }
}
