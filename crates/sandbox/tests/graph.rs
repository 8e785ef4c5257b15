//! The Graph API for WhatsApp, as programs and people meet it.

mod support;

use std::time::Duration;

use axum::http::Method;
use sandbox::Options;
use serde_json::{Value, json};
use support::{
    TestClock,
    graph::{ADA, VERIFY, hook, program, willing_hook},
    start, start_with, until,
};

#[tokio::test]
async fn a_persons_message_arrives_signed_and_opens_the_window() {
    let program = program(start().await).await;
    let mut hook = willing_hook().await;
    program.subscribed(&hook).await;
    let refused = program.sends("text", json!({"body": "Hello?"})).await;
    assert_eq!(hook.status().await, ("failed".into(), refused), "nobody may write first but with a template");

    program.ada("send", json!({"text": "Grüße/😀"})).await;
    let call = hook.call().await;
    assert_eq!((&call["object"], &call["entry"][0]["id"]), (&json!("whatsapp_business_account"), &json!(program.waba)));
    let value = &call["entry"][0]["changes"][0]["value"];
    assert_eq!(value["metadata"]["phone_number_id"], program.number.as_str());
    assert_eq!(value["contacts"][0]["profile"]["name"], "Ada");
    assert_eq!(value["contacts"][0]["wa_id"], ADA);
    let message = &value["messages"][0];
    assert_eq!((&message["from"], &message["type"]), (&json!(ADA), &json!("text")));
    assert_eq!(message["text"]["body"], "Grüße/😀");
    assert!(message["timestamp"].is_string() && message["id"].as_str().unwrap().starts_with("wamid."));

    let mut body = program.message("text", json!({"body": "Hello!"}));
    body["biz_opaque_callback_data"] = "ours-1".into();
    body["context"] = json!({"message_id": message["id"]});
    let sent = program.post(&program.messages(), body).await;
    assert_eq!(sent["contacts"][0], json!({"input": format!("+{ADA}"), "wa_id": ADA}));
    for expected in ["sent", "delivered"] {
        let (_, value) = hook.change().await;
        let status = &value["statuses"][0];
        assert_eq!((&status["status"], &status["id"]), (&json!(expected), &sent["messages"][0]["id"]));
        assert_eq!((&status["biz_opaque_callback_data"], &status["recipient_id"]), (&json!("ours-1"), &json!(ADA)));
        assert_eq!(status["pricing"]["category"], "service");
    }
    program.ada("read", json!({})).await;
    assert_eq!(hook.status().await.0, "read");
}

#[tokio::test]
async fn receipts_stay_with_whoever_turned_them_off_or_is_away() {
    let program = program(start().await).await;
    let mut hook = willing_hook().await;
    program.ada("send", json!({"text": "hi"})).await;
    program.subscribed(&hook).await;
    let change = async |body: Value| {
        let path = format!("/sandbox/graph/people/{ADA}");
        program.sandbox.raw(Method::PATCH, &path, "application/json", body.to_string()).await.unwrap().json()
    };
    change(json!({"online": false, "receipts": false})).await;
    let id = program.sends("text", json!({"body": "one"})).await;
    assert_eq!(hook.status().await, ("sent".into(), id.clone()));
    change(json!({"online": true})).await;
    assert_eq!(hook.status().await, ("delivered".into(), id.clone()));
    assert_eq!(program.ada("read", json!({})).await["read"], 0);
    change(json!({"receipts": true})).await;
    assert_eq!(program.ada("read", json!({})).await["read"], 1);
    assert_eq!(hook.status().await, ("read".into(), id));
}

#[tokio::test]
async fn only_approved_templates_cross_a_closed_window_and_their_parameters_must_fit() {
    let program = program(start().await).await;
    let (mut hook, mut own) = (willing_hook().await, willing_hook().await);
    program.subscribed(&hook).await;
    program.app_callback(&own).await;
    let templates = format!("{}/message_templates", program.waba);
    program.sandbox.raw(Method::PUT, "/sandbox/graph/settings", "", r#"{"template_review":"hold"}"#).await.unwrap();
    let template = json!({"name": "order_ready", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hello {{1}}, order {{2}} is ready.", "example": {"body_text": [["Ada", "7"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]}]});
    let made = program.post(&templates, template.clone()).await;
    assert_eq!(made["status"], "PENDING");
    assert_eq!(program.refused(&templates, template).await, 100, "the name is taken in this language");

    let content = |parameters: Value| {
        json!({"name": "order_ready", "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": parameters}]})
    };
    let text = |text: &str| json!({"type": "text", "text": text});
    let send = async |parameters: Value| {
        program.refused(&program.messages(), program.message("template", content(parameters))).await
    };
    assert_eq!(send(json!([text("Ada"), text("7")])).await, 132_001, "it is not approved");
    let path = format!("/sandbox/graph/templates/{}", made["id"].as_str().unwrap());
    program.sandbox.raw(Method::PATCH, &path, "", r#"{"status":"APPROVED"}"#).await.unwrap();
    let (field, value) = own.change().await;
    assert_eq!((field.as_str(), &value["event"]), ("message_template_status_update", &json!("APPROVED")));
    assert_eq!(value["message_template_language"], "en-US");

    assert_eq!(send(json!([text("Ada")])).await, 132_000);
    assert_eq!(send(json!([text("Ada"), {"type": "currency"}])).await, 132_012);
    let id = program.sends("template", content(json!([text("Ada"), text("7")]))).await;
    assert_eq!(hook.status().await, ("sent".into(), id.clone()));
    assert_eq!(program.thread().await["messages"][0]["shown"]["body"], "Hello Ada, order 7 is ready.");
    hook.status().await;
    program.ada("press", json!({"message_id": id, "index": 0})).await;
    assert_eq!(hook.status().await.0, "read", "whoever answers has read");
    let (_, value) = hook.change().await;
    let message = &value["messages"][0];
    assert_eq!((&message["type"], &message["context"]["id"]), (&json!("button"), &json!(id)));
    assert_eq!(message["button"], json!({"payload": "Thanks", "text": "Thanks"}));
    program.sandbox.raw(Method::PATCH, &path, "", r#"{"status":"PAUSED"}"#).await.unwrap();
    assert_eq!(send(json!([text("Ada"), text("7")])).await, 132_015);
}

#[tokio::test]
async fn templates_are_listed_page_by_page_and_deleted_by_name() {
    let program = program(start().await).await;
    let path = format!("{}/message_templates", program.waba);
    for (name, language) in [("hello", "en_US"), ("hello", "de"), ("bye", "de")] {
        let body = json!({"name": name, "language": language, "category": "MARKETING",
            "components": [{"type": "BODY", "text": "Well."}]});
        program.post(&path, body).await;
    }
    let first = program.get(&format!("{path}?fields=name,status,language,quality_score&limit=2")).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&first["data"][0]["status"], &first["data"][0]["quality_score"]["score"]),
        (&json!("APPROVED"), &json!("UNKNOWN"))
    );
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let rest = program.get(&format!("{path}?limit=2&after={after}")).await;
    assert_eq!((rest["data"].as_array().unwrap().len(), rest["paging"]["next"].is_null()), (1, true));
    program.call(Method::DELETE, &format!("{path}?name=hello"), None).await;
    assert_eq!(program.get(&path).await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn buttons_and_lists_are_answered_by_messages() {
    let program = program(start().await).await;
    program.ada("send", json!({"text": "hi"})).await;
    let mut hook = willing_hook().await;
    program.subscribed(&hook).await;
    let list = json!({"type": "list", "body": {"text": "Which?"}, "action": {"button": "Open", "sections":
        [{"title": "All", "rows": [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "description": "second"}]}]}});
    let id = program.sends("interactive", list).await;
    program.ada("press", json!({"message_id": id, "id": "b"})).await;
    let answer = loop {
        let (_, value) = hook.change().await;
        if value["messages"].is_array() {
            break value;
        }
    };
    let message = &answer["messages"][0];
    assert_eq!(message["interactive"]["list_reply"], json!({"id": "b", "title": "B", "description": "second"}));
    assert_eq!(message["context"]["id"], id);
}

#[tokio::test]
async fn media_goes_in_two_steps_with_the_token_and_for_five_minutes() {
    let clock = TestClock::new();
    let program = program(start_with(Options { clock: clock.clone(), ..Options::default() }).await).await;
    let mut hook = willing_hook().await;
    program.subscribed(&hook).await;
    program.ada("send", json!({"image": {"caption": "look"}})).await;
    let (_, value) = hook.change().await;
    let image = &value["messages"][0]["image"];
    assert_eq!((&image["caption"], &image["mime_type"]), (&json!("look"), &json!("image/png")));
    let info = program.get(image["id"].as_str().unwrap()).await;
    let url = info["url"].as_str().unwrap();
    let file = program.call(Method::GET, url, None).await;
    assert_eq!(
        (file.status.as_u16(), file.bytes.len()),
        (200, usize::try_from(info["file_size"].as_u64().unwrap()).unwrap())
    );
    let path = url.split_once("/graph/").unwrap().1;
    let bare = program.sandbox.raw(Method::GET, &format!("/graph/{path}"), "", "").await.unwrap();
    assert_eq!(bare.status, 403, "not without the token");
    clock.advance(Duration::from_secs(301));
    assert_eq!(program.call(Method::GET, url, None).await.status, 404);

    let part = |name: &str, more: &str, value: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let upload = async |mime_type: &str| {
        let file = part("file", "; filename=\"a.bin\"", "some bytes");
        let body = part("messaging_product", "", "whatsapp") + &part("type", "", mime_type) + &file + "--x--\r\n";
        let path = format!("{}/media", program.number);
        program.raw(Method::POST, &path, "multipart/form-data; boundary=x", body).await.unwrap()
    };
    assert_eq!(upload("image/gif").await.json()["error"]["code"], 100);
    let id = upload("application/pdf").await.json()["id"].clone();
    assert_eq!(program.refused(&program.messages(), program.message("image", json!({"id": id}))).await, 131_053);
    program.sends("document", json!({"id": id, "filename": "a.pdf"})).await;
}

#[tokio::test]
async fn a_pair_has_forty_five_at_once_and_a_number_its_throughput() {
    let program = program(start().await).await;
    program.ada("send", json!({"text": "hi"})).await;
    for _ in 0..45 {
        program.sends("text", json!({"body": "x"})).await;
    }
    assert_eq!(program.refused(&program.messages(), program.message("text", json!({"body": "x"}))).await, 131_056);
    let path = format!("/sandbox/graph/numbers/{}", program.number);
    program.sandbox.raw(Method::PATCH, &path, "", r#"{"messages_per_second":0}"#).await.unwrap();
    assert_eq!(program.refused(&program.messages(), program.message("text", json!({"body": "x"}))).await, 130_429);
}

#[tokio::test]
async fn webhooks_come_again_together_twice_and_in_disorder() {
    let program = program(start_with(Options { time_scale: 0.01, ..Options::default() }).await).await;
    let mut failures = [500, 202].into_iter();
    let mut hook = hook(Box::new(move || failures.next().unwrap_or(200))).await;
    program.subscribed(&hook).await;
    program.ada("send", json!({"text": "again"})).await;
    let first = hook.call().await;
    assert_eq!((hook.call().await, hook.call().await), (first.clone(), first), "anything but 200 is a failure");

    program.sandbox.control("/graph/webhooks/hold", json!({})).await;
    for text in ["one", "two"] {
        program.ada("send", json!({"text": text})).await;
    }
    program.sends("text", json!({"body": "answer"})).await;
    let how = json!({"batch": 10, "reverse": true, "duplicates": 1});
    assert_eq!(program.sandbox.control("/graph/webhooks/release", how).await["released"], 4);
    let call = hook.call().await;
    assert_eq!(hook.call().await, call);
    let value = &call["entry"][0]["changes"][0]["value"];
    let names: Vec<_> = value["statuses"].as_array().unwrap().iter().map(|status| status["status"].clone()).collect();
    assert_eq!(names, ["delivered", "sent"]);
    assert_eq!(value["messages"][0]["text"]["body"], "two");
    until(async || program.sandbox.get("/sandbox/graph/webhooks").await["pending"] == 0).await;
}

#[tokio::test]
async fn an_override_is_proven_first_and_a_numbers_goes_before_an_accounts() {
    let program = program(start().await).await;
    let (mut of_account, mut of_number) = (willing_hook().await, willing_hook().await);
    let apps = format!("{}/subscribed_apps", program.waba);
    let wrong = json!({"override_callback_uri": of_account.url, "verify_token": "something else"});
    assert_eq!(program.refused(&apps, wrong).await, 2200);
    program.subscribed(&of_account).await;
    assert_eq!(program.get(&apps).await["data"][0]["override_callback_uri"], of_account.url.as_str());
    let own = json!({"override_callback_uri": of_number.url, "verify_token": VERIFY});
    program.post(&program.number, json!({"webhook_configuration": own})).await;
    program.ada("send", json!({"text": "to the number's"})).await;
    assert_eq!(of_number.change().await.0, "messages");
    let none = json!({"override_callback_uri": "", "verify_token": ""});
    program.post(&program.number, json!({"webhook_configuration": none})).await;
    program.ada("send", json!({"text": "to the account's"})).await;
    assert_eq!(of_account.change().await.0, "messages");
    let shown = program.get(&format!("{}?fields=webhook_configuration,status", program.number)).await;
    assert_eq!(shown["webhook_configuration"]["whatsapp_business_account"], of_account.url.as_str());
}

#[tokio::test]
async fn a_person_changes_the_number_hides_it_and_stops_marketing() {
    let program = program(start().await).await;
    let mut hook = willing_hook().await;
    program.ada("send", json!({"text": "hi"})).await;
    program.subscribed(&hook).await;
    program.app_callback(&hook).await;
    program.ada("marketing", json!({"value": "stop"})).await;
    let (field, value) = hook.change().await;
    assert_eq!((field.as_str(), &value["user_preferences"][0]["value"]), ("user_preferences", &json!("stop")));

    let moved =
        program.sandbox.control(&format!("/graph/people/{ADA}/change_number"), json!({"to": "+4915550002"})).await;
    let (_, value) = hook.change().await;
    assert!(value["contacts"].is_null());
    let system = &value["messages"][0]["system"];
    assert_eq!((&system["type"], &system["wa_id"]), (&json!("user_changed_number"), &json!("4915550002")));
    assert_eq!(hook.change().await.0, "user_id_update");

    let hides = r#"{"username":"ada","hides_phone":true}"#;
    program.sandbox.raw(Method::PATCH, "/sandbox/graph/people/4915550002", "", hides).await.unwrap();
    let path = "/graph/people/4915550002/send";
    program.sandbox.control(path, json!({"number": program.number, "text": "who am I?"})).await;
    let (_, value) = hook.change().await;
    assert!(value["messages"][0].get("from").is_none() && value["contacts"][0].get("wa_id").is_none());
    let user_id = moved["user_id"].clone();
    assert_eq!(value["messages"][0]["from_user_id"], user_id);
    let body = json!({"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "Ada"}});
    let sent = program.post(&program.messages(), body).await;
    assert_eq!(sent["contacts"][0], json!({"input": user_id, "user_id": user_id}));
}

#[tokio::test]
async fn faults_refuse_lose_and_fail_later() {
    let program = program(start().await).await;
    let mut hook = willing_hook().await;
    program.ada("send", json!({"text": "hi"})).await;
    program.subscribed(&hook).await;
    let fault = async |rule: Value| program.sandbox.control("/graph/faults", rule).await;
    let text = || program.message("text", json!({"body": "x"}));
    fault(json!({"kind": "error", "code": 131_048, "edge": "messages", "times": 1})).await;
    assert_eq!(program.refused(&program.messages(), text()).await, 131_048);
    fault(json!({"kind": "status", "status": 502, "times": 1})).await;
    let reply = program.call(Method::POST, &program.messages(), Some(text())).await;
    assert!(reply.status == 502 && serde_json::from_slice::<Value>(&reply.bytes).is_err());
    fault(json!({"kind": "failed", "code": 131_049, "to": ADA, "times": 1})).await;
    let id = program.sends("text", json!({"body": "x"})).await;
    let (_, value) = hook.change().await;
    assert_eq!(
        (&value["statuses"][0]["id"], &value["statuses"][0]["errors"][0]["code"]),
        (&json!(id), &json!(131_049))
    );
    fault(json!({"kind": "lost_answer", "times": 1})).await;
    let lost = program.raw(Method::POST, &program.messages(), "application/json", text().to_string()).await;
    assert!(lost.is_err());
    assert_eq!(hook.status().await.0, "sent", "it was acted upon");
    let calls = program.sandbox.get("/sandbox/graph/calls").await;
    assert_eq!(calls["calls"].as_array().unwrap().last().unwrap()["fault"], "lost_answer");
}

#[tokio::test]
async fn tokens_open_their_own_account_only() {
    let program = program(start().await).await;
    let other = program.sandbox.control("/graph/numbers", json!({})).await;
    let path = format!("{}/messages", other["phone_number_id"].as_str().unwrap());
    let reply = program.call(Method::POST, &path, Some(program.message("text", json!({"body": "x"})))).await.json();
    assert_eq!((&reply["error"]["code"], &reply["error"]["error_subcode"]), (&json!(100), &json!(33)));
    program.sandbox.control("/graph/tokens/revoke", json!({"access_token": program.token})).await;
    assert_eq!(program.refused(&program.messages(), program.message("text", json!({"body": "x"}))).await, 190);
    let bare = program.sandbox.post(&format!("/graph/v25.0/{}", program.number), json!({})).await;
    assert_eq!(bare.json()["error"]["code"], 200);
    assert_eq!(program.sandbox.get("/graph/v3.0/1").await["error"]["code"], 2500);
}

#[tokio::test]
async fn a_number_is_registered_with_its_pin() {
    let program = program(start().await).await;
    let made = program
        .sandbox
        .control(
            "/graph/numbers",
            json!({"is_registered": false, "waba_id": program.waba,
        "app_id": program.app, "access_token": program.token}),
        )
        .await;
    let number = made["phone_number_id"].as_str().unwrap();
    let messages = format!("{number}/messages");
    assert_eq!(program.refused(&messages, program.message("text", json!({"body": "x"}))).await, 133_010);
    let register = |pin: &str| json!({"messaging_product": "whatsapp", "pin": pin});
    program.post(&format!("{number}/register"), register("123456")).await;
    assert_eq!(program.refused(&format!("{number}/register"), register("654321")).await, 133_005);
    let numbers = program.get(&format!("{}/phone_numbers?fields=id,status", program.waba)).await;
    assert_eq!(numbers["data"].as_array().unwrap().len(), 2);
}
