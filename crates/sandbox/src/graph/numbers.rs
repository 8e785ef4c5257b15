//! Numbers and accounts: looking at them, and registering a number with its PIN.

use serde_json::{Map, Value, json};

use super::{
    access,
    error::{GraphError, Result},
    object::Object,
    request::Request,
    world::{Number, World},
};
use crate::state::Shared;

const REGISTERS_MAX: usize = 10;
const REGISTERS_MS: i64 = 72 * 3600 * 1000;

/// `GET /{number}?fields=`
pub fn show(state: &Shared, request: &Request) -> Result<Value> {
    let world = state.graph.world();
    let opened = access::open(&world, request)?;
    let number = world.numbers.get(&request.object).ok_or_else(|| GraphError::no_object(&request.object))?;
    let whole = describe(&world, number, &opened.app_id);
    let usual = ["verified_name", "code_verification_status", "display_phone_number", "quality_rating"];
    picked(&whole, &request.fields().unwrap_or_else(|| usual.to_vec()))
}

/// `GET /{account}/phone_numbers`
pub fn list(state: &Shared, request: &Request) -> Result<Value> {
    let world = state.graph.world();
    let opened = access::open(&world, request)?;
    let fields = request.fields();
    let usual = ["verified_name", "display_phone_number", "quality_rating", "status"];
    let fields = fields.unwrap_or_else(|| usual.to_vec());
    let numbers = world.numbers.values().filter(|number| number.waba_id == opened.waba_id);
    let shown: Result<Vec<_>> =
        numbers.map(|number| picked(&describe(&world, number, &opened.app_id), &fields)).collect();
    Ok(json!({"data": shown?, "paging": {"cursors": {"before": "MA", "after": "MA"}}}))
}

/// `GET /{account}`
pub fn show_account(state: &Shared, request: &Request) -> Result<Value> {
    let world = state.graph.world();
    let opened = access::open(&world, request)?;
    let account = world.accounts.get(&opened.waba_id).ok_or_else(|| GraphError::no_object(&request.object))?;
    let whole = json!({"id": account.id, "name": account.name, "timezone_id": "1", "currency": "USD",
        "message_template_namespace": format!("ns_{}", account.id), "account_review_status": "APPROVED"});
    picked(&whole, &request.fields().unwrap_or_else(|| vec!["name", "timezone_id", "message_template_namespace"]))
}

fn describe(world: &World, number: &Number, app_id: &str) -> Value {
    let of_account = world.accounts.get(&number.waba_id).and_then(|account| account.subscribed.get(app_id));
    let mut webhooks = json!({});
    if let Some(callback) = &number.callback {
        webhooks["phone_number"] = callback.url.clone().into();
    }
    if let Some(Some(callback)) = of_account {
        webhooks["whatsapp_business_account"] = callback.url.clone().into();
    }
    if let Some(callback) = world.apps.get(app_id).and_then(|app| app.callback.as_ref()) {
        webhooks["application"] = callback.url.clone().into();
    }
    let level = if number.messages_per_second > 80 { "HIGH" } else { "STANDARD" };
    json!({"id": number.id, "verified_name": number.verified_name, "display_phone_number": number.display_phone_number,
        "quality_rating": number.quality_rating, "status": number.status, "throughput": {"level": level},
        "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API", "account_mode": "LIVE",
        "name_status": "APPROVED", "webhook_configuration": webhooks, "messaging_limit_tier": "TIER_1K",
        "whatsapp_business_manager_messaging_limit": "TIER_2K", "is_official_business_account": false,
        "is_pin_enabled": number.pin.is_some()})
}

/// The named fields and the id; a field that nobody knows is refused.
pub fn picked(whole: &Value, fields: &[&str]) -> Result<Value> {
    let mut shown = Map::new();
    for field in fields {
        let name = field.split(['.', '{']).next().unwrap_or_default();
        let value = whole.get(name);
        let value = value.ok_or_else(|| GraphError::invalid(format!("Tried accessing nonexisting field ({name})")))?;
        shown.insert(name.to_owned(), value.clone());
    }
    shown.insert("id".into(), whole["id"].clone());
    Ok(Value::Object(shown))
}

/// `POST /{number}/register`. A PIN that was set before must be given again.
pub fn register(state: &Shared, request: &Request) -> Result<Value> {
    let body = Object::read(&request.body, "", &["messaging_product", "pin", "data_localization_region"])?;
    whatsapp(&body)?;
    let pin = body.text("pin", 6)?;
    if pin.len() != 6 || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(GraphError::invalid("Param pin must be 6 digits."));
    }
    let mut world = state.graph.world();
    let number = world.numbers.get_mut(&request.object).ok_or_else(|| GraphError::no_object(&request.object))?;
    count_register(number, state.now_ms())?;
    if number.pin.as_ref().is_some_and(|known| known != pin) {
        return Err(GraphError::new(133_005));
    }
    number.pin = Some(pin.to_owned());
    number.is_registered = true;
    number.status = "CONNECTED".into();
    Ok(json!({"success": true}))
}

/// `POST /{number}/deregister`
pub fn deregister(state: &Shared, request: &Request) -> Result<Value> {
    let mut world = state.graph.world();
    let number = world.numbers.get_mut(&request.object).ok_or_else(|| GraphError::no_object(&request.object))?;
    count_register(number, state.now_ms())?;
    number.is_registered = false;
    number.status = "DISCONNECTED".into();
    Ok(json!({"success": true}))
}

fn count_register(number: &mut Number, now_ms: i64) -> Result<()> {
    number.registered_ms.retain(|at| now_ms - at < REGISTERS_MS);
    if number.registered_ms.len() >= REGISTERS_MAX {
        return Err(GraphError::new(133_016));
    }
    number.registered_ms.push(now_ms);
    Ok(())
}

/// Every body of WhatsApp's says so.
pub fn whatsapp(body: &Object<'_>) -> Result<()> {
    match body.text("messaging_product", 100)? {
        "whatsapp" => Ok(()),
        _ => Err(GraphError::invalid("Param messaging_product must be one of {WHATSAPP}")),
    }
}
