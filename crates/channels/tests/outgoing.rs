//! Every message of ours as the call of the Bot API that it becomes.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use channels::telegram::{
    outgoing::{Body, PartValue, Request, encode, management},
    update::ALLOWED_UPDATES,
};
use model::{
    chat::BusinessChat,
    content::{Button, ButtonAction, ContactCard, Entity, Location, Media, MediaKind, MediaSource, Poll, PollOption},
    outgoing::{Op, Options, Outgoing},
};
use serde_json::{Value, json};

fn media(kind: MediaKind, source: MediaSource) -> Media {
    Media {
        url: None,
        kind,
        file_name: Some("a \"b\".bin".into()),
        mime_type: Some("application/pdf".into()),
        size: Some(5),
        width: Some(640),
        height: Some(480),
        duration: Some(3),
        source: Some(source),
    }
}

fn url() -> MediaSource {
    MediaSource::Url("https://example.com/f".into())
}

fn call(op: Op) -> Request {
    encode(&Outgoing::new(op), 7).unwrap()
}

/// The method and its JSON parameters.
fn shown(request: Request) -> (&'static str, Value) {
    match request.body {
        Body::Json(bytes) => (request.method, serde_json::from_slice(&bytes).unwrap()),
        Body::Multipart(parts) => panic!("{} is multipart: {parts:?}", request.method),
    }
}

fn text(text: &str) -> Op {
    Op::Text { text: text.into(), entities: Vec::new() }
}

#[test]
fn a_text_goes_with_all_its_options() {
    let entities = vec![
        Entity::new("bold", 0, 2),
        Entity { url: Some("http://a.b/".into()), ..Entity::new("text_link", 0, 1) },
        Entity { language: Some("rust".into()), ..Entity::new("pre", 1, 1) },
        Entity { user_id: Some(5), ..Entity::new("text_mention", 0, 1) },
        Entity { custom_emoji_id: Some("9".into()), ..Entity::new("custom_emoji", 0, 1) },
        Entity { unix_time: Some(1), date_time_format: Some("r".into()), ..Entity::new("date_time", 0, 1) },
    ];
    let button = |text: &str, action| Button { text: text.into(), action };
    let options = Options {
        buttons: vec![
            vec![
                button("Open", ButtonAction::Url { url: "https://example.com".into() }),
                button("Yes", ButtonAction::QuickReply { callback_data: "yes".into() }),
            ],
            vec![button("Copy", ButtonAction::CopyCode { code: "42".into() })],
        ],
        reply_to: Some(11),
        reply_to_name: None,
        topic_id: Some(12),
        business: None,
        disable_notification: true,
        protect_content: true,
        link_preview: Some(false),
        allow_paid_broadcast: true,
    };
    let op = Op::Text { text: "hi".into(), entities };
    let request = encode(&Outgoing { options, ..Outgoing::new(op) }, -100).unwrap();
    let expected = json!({
        "chat_id": -100,
        "text": "hi",
        "entities": [
            {"type": "bold", "offset": 0, "length": 2},
            {"type": "text_link", "offset": 0, "length": 1, "url": "http://a.b/"},
            {"type": "pre", "offset": 1, "length": 1, "language": "rust"},
            {"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 5, "is_bot": false, "first_name": ""}},
            {"type": "custom_emoji", "offset": 0, "length": 1, "custom_emoji_id": "9"},
            {"type": "date_time", "offset": 0, "length": 1, "unix_time": 1, "date_time_format": "r"},
        ],
        "link_preview_options": {"is_disabled": true},
        "message_thread_id": 12,
        "reply_parameters": {"message_id": 11, "allow_sending_without_reply": true},
        "disable_notification": true,
        "protect_content": true,
        "allow_paid_broadcast": true,
        "reply_markup": {"inline_keyboard": [
            [{"text": "Open", "url": "https://example.com"}, {"text": "Yes", "callback_data": "yes"}],
            [{"text": "Copy", "copy_text": {"text": "42"}}],
        ]},
    });
    assert_eq!(shown(request), ("sendMessage", expected));
}

#[test]
fn what_is_not_set_is_not_sent() {
    assert_eq!(shown(call(text("hi"))), ("sendMessage", json!({"chat_id": 7, "text": "hi"})));
    let general = Options { topic_id: Some(1), ..Options::default() };
    let request = encode(&Outgoing { options: general, ..Outgoing::new(text("hi")) }, 7).unwrap();
    assert_eq!(shown(request).1, json!({"chat_id": 7, "text": "hi"}), "Telegram refuses the General topic's id");
}

#[test]
fn what_is_sent_for_a_business_account_names_it() {
    let business = Some(BusinessChat { connection_id: "bc1".into(), chat_id: 77 });
    let ask = |op| {
        let options = Options { business: business.clone(), ..Options::default() };
        encode(&Outgoing { options, ..Outgoing::new(op) }, 1 << 60)
    };
    let (method, parameters) = shown(ask(text("hi")).unwrap());
    assert_eq!(
        (method, parameters),
        ("sendMessage", json!({"chat_id": 77, "business_connection_id": "bc1", "text": "hi"}))
    );
    let edit = Op::EditText { provider_message_id: 5, text: "ho".into(), entities: Vec::new(), is_caption: false };
    let expected = json!({"chat_id": 77, "business_connection_id": "bc1", "message_id": 5, "text": "ho"});
    assert_eq!(shown(ask(edit).unwrap()), ("editMessageText", expected));
    let expected = json!({"business_connection_id": "bc1", "message_ids": [5]});
    assert_eq!(shown(ask(Op::Delete { provider_message_ids: vec![5] }).unwrap()), ("deleteBusinessMessages", expected));
    assert!(ask(Op::React { provider_message_id: 5, name: None, emoji: None, by: None }).is_err());
}

#[test]
fn each_kind_of_media_has_its_method() {
    let methods = [
        (MediaKind::Photo, "sendPhoto", "photo"),
        (MediaKind::Video, "sendVideo", "video"),
        (MediaKind::Animation, "sendAnimation", "animation"),
        (MediaKind::Audio, "sendAudio", "audio"),
        (MediaKind::Voice, "sendVoice", "voice"),
        (MediaKind::VideoNote, "sendVideoNote", "video_note"),
        (MediaKind::Sticker, "sendSticker", "sticker"),
        (MediaKind::Document, "sendDocument", "document"),
    ];
    for (kind, method, field) in methods {
        let op = |source| Op::Media { media: media(kind, source), caption: String::new(), entities: Vec::new() };
        let by_url = json!({"chat_id": 7, field: "https://example.com/f"});
        assert_eq!(shown(call(op(url()))), (method, by_url));
        let by_id = json!({"chat_id": 7, field: "F-1"});
        assert_eq!(shown(call(op(MediaSource::FileId("F-1".into())))), (method, by_id));
    }
    let bold = vec![Entity::new("bold", 0, 1)];
    let op = |kind| Op::Media { media: media(kind, url()), caption: "c".into(), entities: bold.clone() };
    let (_, parameters) = shown(call(op(MediaKind::Photo)));
    assert_eq!(parameters["caption"], "c");
    assert_eq!(parameters["caption_entities"], json!([{"type": "bold", "offset": 0, "length": 1}]));
    assert!(encode(&Outgoing::new(op(MediaKind::Sticker)), 7).is_err(), "a caption is never dropped silently");
}

#[test]
fn an_upload_is_a_part_that_the_parameter_names() {
    let op = Op::Media {
        media: media(MediaKind::Video, MediaSource::Stored("2026/ab".into())),
        caption: "c".into(),
        entities: vec![Entity::new("bold", 0, 1)],
    };
    let request = call(op);
    let Body::Multipart(parts) = request.body else { panic!("an upload is multipart") };
    let shown: Vec<String> = parts
        .iter()
        .map(|part| match &part.value {
            PartValue::Text(text) => format!("{}={text}", part.name),
            PartValue::File { storage_key, file_name, mime_type } => {
                format!("{}:{storage_key} {file_name} {}", part.name, mime_type.as_deref().unwrap())
            }
        })
        .collect();
    let expected = [
        "chat_id=7",
        "video=attach://file0",
        "width=640",
        "height=480",
        "duration=3",
        "caption=c",
        "caption_entities=[{\"type\":\"bold\",\"offset\":0,\"length\":1}]",
        "file0:2026/ab a b.bin application/pdf",
    ];
    assert_eq!((request.method, shown), ("sendVideo", expected.map(str::to_owned).to_vec()));
}

#[test]
fn an_album_is_one_call() {
    let stored = media(MediaKind::Photo, MediaSource::Stored("k".into()));
    let op = |items: Vec<Media>| Op::Album { items, caption: "c".into(), entities: Vec::new() };
    let (method, parameters) =
        shown(call(op(vec![media(MediaKind::Photo, url()), media(MediaKind::Video, MediaSource::FileId("F".into()))])));
    assert_eq!(method, "sendMediaGroup");
    let expected = json!([
        {"type": "photo", "media": "https://example.com/f", "caption": "c"},
        {"type": "video", "media": "F"},
    ]);
    assert_eq!(parameters["media"], expected);
    let Body::Multipart(parts) = call(op(vec![stored.clone(), stored.clone()])).body else {
        panic!("uploads are multipart")
    };
    assert_eq!(parts.iter().filter(|part| matches!(part.value, PartValue::File { .. })).count(), 2);

    for items in [vec![stored.clone()], vec![stored.clone(); 11], vec![media(MediaKind::Sticker, url()), stored]] {
        assert!(encode(&Outgoing::new(op(items)), 7).is_err());
    }
}

#[test]
fn places_cards_and_polls() {
    let location = Location { latitude: 1.5, longitude: -2.5, title: None, address: None };
    let expected = json!({"chat_id": 7, "latitude": 1.5, "longitude": -2.5});
    assert_eq!(shown(call(Op::Location { location: location.clone() })), ("sendLocation", expected));
    let venue = Location { title: Some("T".into()), address: Some("A".into()), ..location };
    let expected = json!({"chat_id": 7, "latitude": 1.5, "longitude": -2.5, "title": "T", "address": "A"});
    assert_eq!(shown(call(Op::Location { location: venue })), ("sendVenue", expected));

    let contact =
        ContactCard { phone_number: "+14155550100".into(), first_name: "Ada".into(), last_name: None, user_id: None };
    let expected = json!({"chat_id": 7, "phone_number": "+14155550100", "first_name": "Ada"});
    assert_eq!(shown(call(Op::Contact { contact })), ("sendContact", expected));

    let option = |text: &str| PollOption { text: text.into(), voter_count: 0 };
    let poll = Poll {
        question: "?".into(),
        options: vec![option("a"), option("b")],
        is_anonymous: false,
        allows_multiple_answers: false,
        kind: "quiz".into(),
        correct_option_id: Some(1),
        is_closed: false,
    };
    let expected = json!({
        "chat_id": 7, "question": "?", "options": [{"text": "a"}, {"text": "b"}], "is_anonymous": false, "type": "quiz",
        "allows_multiple_answers": false, "correct_option_id": 1, "correct_option_ids": [1],
    });
    assert_eq!(shown(call(Op::Poll { poll })), ("sendPoll", expected));
}

#[test]
fn edits_keep_the_buttons() {
    let op = |is_caption| Op::EditText { provider_message_id: 3, text: "new".into(), entities: Vec::new(), is_caption };
    let button = Button { text: "x".into(), action: ButtonAction::QuickReply { callback_data: "x".into() } };
    let options = Options { buttons: vec![vec![button]], disable_notification: true, ..Options::default() };
    let outgoing = Outgoing { options, ..Outgoing::new(op(false)) };
    let markup = json!({"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]});
    let expected = json!({"chat_id": 7, "message_id": 3, "text": "new", "reply_markup": markup});
    assert_eq!(shown(encode(&outgoing, 7).unwrap()), ("editMessageText", expected));
    let expected = json!({"chat_id": 7, "message_id": 3, "caption": "new"});
    assert_eq!(shown(call(op(true))), ("editMessageCaption", expected));
    let expected = json!({"chat_id": 7, "message_id": 3});
    assert_eq!(shown(call(Op::Delete { provider_message_ids: vec![3] })), ("deleteMessage", expected));
    let expected = json!({"chat_id": 7, "message_ids": [3, 4]});
    assert_eq!(shown(call(Op::Delete { provider_message_ids: vec![3, 4] })), ("deleteMessages", expected));
}

#[test]
fn calls_of_management() {
    let webhook = management::Webhook {
        url: "https://example.com/hook/",
        secret_token: "s3cret",
        max_connections: Some(40),
        drop_pending_updates: false,
    };
    let expected = json!({
        "url": "https://example.com/hook/", "secret_token": "s3cret", "max_connections": 40, "allowed_updates": ALLOWED_UPDATES,
    });
    assert_eq!(shown(management::set_webhook(&webhook)), ("setWebhook", expected));
    let expected = json!({"offset": 5, "limit": 100, "timeout": 50, "allowed_updates": ALLOWED_UPDATES});
    assert_eq!(shown(management::get_updates(Some(5), 100, 50)), ("getUpdates", expected));
    assert_eq!(shown(management::get_me()), ("getMe", json!({})));
    assert_eq!(shown(management::get_file("F")), ("getFile", json!({"file_id": "F"})));
    let expected = json!({"callback_query_id": "q"});
    assert_eq!(shown(management::answer_callback_query("q", None)), ("answerCallbackQuery", expected));
    let expected = json!({"chat_id": 7, "message_id": 3, "reaction": []});
    assert_eq!(shown(management::set_message_reaction(7, 3, None)), ("setMessageReaction", expected));
    for kind in ["message_reaction", "chat_member", "message_reaction_count", "my_chat_member"] {
        assert!(ALLOWED_UPDATES.contains(&kind));
    }
}
