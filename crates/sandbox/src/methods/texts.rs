//! What a bot says of itself: names, descriptions, commands, menu buttons.

use serde_json::{Value, json};

use super::{Ctx, target};
use crate::{
    answer::{Answer, ApiError, Result},
    entities::units,
};

const COMMANDS_MAX: usize = 100;

/// A text about the bot, by language.
#[derive(Clone, Copy, Debug)]
pub struct About {
    field: &'static str,
    units_max: usize,
}

pub const NAME: About = About { field: "name", units_max: 64 };
pub const DESCRIPTION: About = About { field: "description", units_max: 512 };
pub const SHORT_DESCRIPTION: About = About { field: "short_description", units_max: 120 };

fn language(ctx: &Ctx<'_>) -> Result<String> {
    let code = ctx.params.text("language_code").unwrap_or_default().into_owned();
    let is_valid = code.is_empty() || (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()));
    if is_valid { Ok(code) } else { Err(ApiError::bad("invalid language code specified")) }
}

pub fn set(ctx: &Ctx<'_>, about: About) -> Result<Answer> {
    let text = ctx.params.text(about.field).unwrap_or_default().trim().to_owned();
    if units(&text) > about.units_max {
        return Err(ApiError::bad(format!("{} is too long", about.field.replace('_', " "))));
    }
    let language = language(ctx)?;
    if about.field == "name" && language.is_empty() && !text.is_empty() {
        ctx.bot.change(|profile| profile.first_name.clone_from(&text));
    }
    ctx.bot.desk().texts.insert((about.field, language), text);
    Ok(Answer::yes())
}

/// The text in a language, else the default one.
pub fn get(ctx: &Ctx<'_>, about: About) -> Result<Answer> {
    let language = language(ctx)?;
    let desk = ctx.bot.desk();
    let text = |language: String| desk.texts.get(&(about.field, language)).filter(|text| !text.is_empty()).cloned();
    let text = text(language).or_else(|| text(String::new()));
    let default = || if about.field == "name" { ctx.bot.profile().first_name } else { String::new() };
    Ok(Answer::new(&json!({about.field: text.unwrap_or_else(default)})))
}

fn scope(ctx: &Ctx<'_>) -> Result<String> {
    let Some(scope) = ctx.params.json("scope") else { return Ok("default".into()) };
    let bad = || ApiError::bad("can't parse BotCommandScope: unsupported type specified");
    let scope = scope.map_err(|()| bad())?;
    let kind = scope["type"].as_str().ok_or_else(bad)?;
    match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => Ok(kind.to_owned()),
        "chat" | "chat_administrators" => Ok(format!("{kind} {}", scope["chat_id"])),
        "chat_member" => Ok(format!("{kind} {} {}", scope["chat_id"], scope["user_id"])),
        _ => Err(bad()),
    }
}

pub fn set_commands(ctx: &Ctx<'_>) -> Result<Answer> {
    let bad = |what: &str| ApiError::bad(format!("can't parse list of commands: {what}"));
    let list = ctx.params.json("commands").unwrap_or_else(|| Ok(std::borrow::Cow::Owned(json!([]))));
    let list = list.map_err(|()| bad("invalid JSON"))?;
    let list = list.as_array().ok_or_else(|| bad("expected an Array of BotCommand"))?;
    if list.len() > COMMANDS_MAX {
        return Err(ApiError::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    let commands = list.iter().map(command).collect::<Result<Vec<Value>>>()?;
    let key = (scope(ctx)?, language(ctx)?);
    ctx.bot.desk().commands.insert(key, json!(commands));
    Ok(Answer::yes())
}

fn command(item: &Value) -> Result<Value> {
    let name = item["command"].as_str().unwrap_or_default().trim_start_matches('/').to_owned();
    let description = item["description"].as_str().unwrap_or_default().trim().to_owned();
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !(1..=32).contains(&name.len()) || !name.bytes().all(is_name) {
        return Err(ApiError::bad("BOT_COMMAND_INVALID"));
    }
    if !(1..=256).contains(&units(&description)) {
        return Err(ApiError::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(json!({"command": name, "description": description}))
}

pub fn get_commands(ctx: &Ctx<'_>) -> Result<Answer> {
    let key = (scope(ctx)?, language(ctx)?);
    let commands = ctx.bot.desk().commands.get(&key).cloned();
    Ok(Answer::new(&commands.unwrap_or_else(|| json!([]))))
}

pub fn delete_commands(ctx: &Ctx<'_>) -> Result<Answer> {
    let key = (scope(ctx)?, language(ctx)?);
    ctx.bot.desk().commands.remove(&key);
    Ok(Answer::yes())
}

/// The chat whose menu button is meant, 0 for the default one.
fn menu_chat(ctx: &Ctx<'_>) -> Result<i64> {
    if ctx.params.filled("chat_id").is_none() { Ok(0) } else { Ok(target::find(ctx, "chat_id")?.chat_id()) }
}

pub fn set_menu_button(ctx: &Ctx<'_>) -> Result<Answer> {
    let chat = menu_chat(ctx)?;
    let button: Value = ctx.params.read_json("menu_button").unwrap_or_else(|| json!({"type": "default"}));
    match button["type"].as_str() {
        Some("default" | "commands" | "web_app") => {}
        _ => return Err(ApiError::bad("MenuButton has unsupported type")),
    }
    ctx.bot.desk().menu_buttons.insert(chat, button);
    Ok(Answer::yes())
}

pub fn get_menu_button(ctx: &Ctx<'_>) -> Result<Answer> {
    let chat = menu_chat(ctx)?;
    let desk = ctx.bot.desk();
    let button = desk.menu_buttons.get(&chat).or_else(|| desk.menu_buttons.get(&0)).cloned();
    Ok(Answer::new(&button.unwrap_or_else(|| json!({"type": "commands"}))))
}
