//! Files on their way up and down, and what Telegram would refuse of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use axum::http::Method;
use serde_json::{Value, json};
use support::{BOT, TOKEN, TestSandbox, start};

/// A picture that the sandbox has drawn itself.
async fn picture(sandbox: &TestSandbox) -> Vec<u8> {
    let sent = sandbox.control("/users/7/send", json!({"bot": BOT, "photo": true})).await;
    let unique_id = sent["photo"].as_array().unwrap().last().unwrap()["file_unique_id"].as_str().unwrap().to_owned();
    let path = format!("/sandbox/files/{unique_id}");
    sandbox.raw(Method::GET, &path, "", "").await.unwrap().bytes.to_vec()
}

/// A multipart call: fields, then files as (part, file name, bytes).
async fn upload(sandbox: &TestSandbox, method: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Value {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, file_name, bytes) in files {
        let head = format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--B--\r\n");
    let path = format!("/bot{TOKEN}/{method}");
    sandbox.raw(Method::POST, &path, "multipart/form-data; boundary=B", body).await.unwrap().json()
}

fn bad(description: &str) -> String {
    format!("Bad Request: {description}")
}

#[tokio::test]
async fn files_go_up_by_name_or_attached_and_come_down_again() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let png = picture(&sandbox).await;
    let direct =
        upload(&sandbox, "sendPhoto", &[("chat_id", "7"), ("caption", "look")], &[("photo", "a.png", &png)]).await;
    assert_eq!(direct["result"]["caption"], "look");
    let sizes = direct["result"]["photo"].as_array().unwrap();
    assert_eq!((&sizes.last().unwrap()["width"], sizes.len()), (&json!(320), 2));
    let document = upload(
        &sandbox,
        "sendDocument",
        &[("chat_id", "7"), ("document", "attach://it")],
        &[("it", "../../etc/a.txt", b"hello")],
    )
    .await;
    let document = &document["result"]["document"];
    assert_eq!(
        (&document["file_name"], &document["mime_type"], &document["file_size"]),
        (&json!("a.txt"), &json!("text/plain"), &json!(5))
    );

    let file = sandbox.ok("getFile", json!({"file_id": document["file_id"]})).await;
    let path = format!("/file/bot{TOKEN}/{}", file["file_path"].as_str().unwrap());
    let reply = sandbox.raw(Method::GET, &path, "", "").await.unwrap();
    assert_eq!(&reply.bytes[..], b"hello");
    assert_eq!(
        sandbox.raw(Method::GET, &format!("/file/bot{TOKEN}/documents/file_999.txt"), "", "").await.unwrap().status,
        404
    );
    assert_eq!(sandbox.fails("getFile", json!({"file_id": "nonsense"})).await, bad("invalid file_id"));

    let again = json!({"chat_id": 7, "document": document["file_id"]});
    assert_eq!(sandbox.ok("sendDocument", again).await["document"]["file_unique_id"], document["file_unique_id"]);
    let as_photo = json!({"chat_id": 7, "photo": document["file_id"]});
    assert_eq!(sandbox.fails("sendPhoto", as_photo).await, bad("can't use file of type Document as Photo"));
    let other_bot =
        sandbox.post("/bot999:x/sendDocument", json!({"chat_id": 7, "document": document["file_id"]})).await;
    assert_eq!(other_bot.json()["description"], bad("wrong file identifier/HTTP URL specified"));
}

#[tokio::test]
async fn media_that_telegram_would_refuse_are_refused() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let photo = async |bytes: &[u8]| {
        upload(&sandbox, "sendPhoto", &[("chat_id", "7")], &[("photo", "a.png", bytes)]).await["description"].clone()
    };
    assert_eq!(photo(b"no picture").await, bad("IMAGE_PROCESS_FAILED"));
    assert_eq!(photo(b"").await, bad("file must be non-empty"));
    assert_eq!(photo(b"GIF89a\x01\x00\xff\x00").await, bad("PHOTO_INVALID_DIMENSIONS"));
    assert_eq!(
        photo(&vec![0; (10 << 20) + 1]).await,
        bad("file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes")
    );
    assert_eq!(sandbox.fails("sendVoice", json!({"chat_id": 7})).await, bad("there is no voice in the request"));
    let caption = json!({"chat_id": 7, "photo": "https://example.com/a.png", "caption": "x".repeat(1025)});
    assert_eq!(sandbox.fails("sendPhoto", caption).await, bad("message caption is too long"));
    let by_url = json!({"chat_id": 7, "document": "https://example.com/a.docx"});
    assert_eq!(sandbox.fails("sendDocument", by_url).await, bad("wrong type of the web page content"));
    sandbox.ok("sendDocument", json!({"chat_id": 7, "document": "https://example.com/a.pdf"})).await;
    let gone = json!({"chat_id": 7, "photo": sandbox.url("/nothing.png")});
    assert_eq!(sandbox.fails("sendPhoto", gone).await, bad("failed to get HTTP URL content"));
    sandbox.control("/users/7/send", json!({"bot": BOT, "document": {"file_size": 20 << 20 | 1}})).await;
    let update = sandbox.take_updates().await.pop().unwrap();
    let id = &update["message"]["document"]["file_id"];
    assert_eq!(sandbox.fails("getFile", json!({"file_id": id})).await, bad("file is too big"));
}

#[tokio::test]
async fn albums_hold_2_to_10_items_of_one_sort() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let item = |kind: &str, name: &str| json!({"type": kind, "media": format!("https://example.com/{name}")});
    let send = async |media: Value| sandbox.call("sendMediaGroup", json!({"chat_id": 7, "media": media})).await;
    let album = send(json!([item("photo", "a.png"), item("video", "b.mp4")])).await;
    let group = &album["result"][0]["media_group_id"];
    assert!(group.is_string() && *group == album["result"][1]["media_group_id"]);
    assert_eq!(send(json!([item("photo", "a.png")])).await["ok"], false);
    let eleven = vec![item("photo", "a.png"); 11];
    assert_eq!(send(json!(eleven)).await["description"], bad("too many messages to send as an album"));
    assert_eq!(
        send(json!([item("document", "a.pdf"), item("photo", "a.png")])).await["description"],
        bad("document can't be mixed with other media types")
    );
    assert_eq!(
        send(json!([item("photo", "a.png"), item("animation", "a.gif")])).await["description"],
        bad(
            "failed to send message #2 with the error message \"can't use the media of the specified type in the album\""
        )
    );
    let png = picture(&sandbox).await;
    let media = r#"[{"type":"photo","media":"attach://one","caption":"<b>c</b>","parse_mode":"HTML"},{"type":"photo","media":"attach://two"}]"#;
    let album = upload(
        &sandbox,
        "sendMediaGroup",
        &[("chat_id", "7"), ("media", media)],
        &[("one", "1.png", &png), ("two", "2.png", &png)],
    )
    .await;
    assert_eq!(album["result"][0]["caption_entities"], json!([{"offset": 0, "length": 1, "type": "bold"}]));
    let calls = sandbox.get("/sandbox/stats").await;
    assert_eq!(calls["bots"][BOT.to_string()]["chats"]["7"]["messages"], 2 + 1 + 11 + 2 + 2 + 2);
}
