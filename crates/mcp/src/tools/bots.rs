//! `list_bots` and `get_bot_health`.

use app::{App, bots as use_case};
use model::{
    ErrorKind, Id, Permission, Result, Timestamp,
    bot::{Bot, ReceiveMode, WebhookStatus},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::bots::{self, BOTS, Filter, Overview};

use crate::{
    caller::Call,
    cursor,
    schema::{Moment, Uuid, Word},
    tool::{About, Effect, Tool},
};

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::new(LIST, list), Tool::new(HEALTH, health)]
}

const LIST: About = About {
    name: "list_bots",
    title: "List bots",
    description: "Lists the Telegram bots that can send, newest first, with what they have sent today and what they may \
        send. Give a bot's id as bot_app_id to send_message when it matters which bot writes.",
    needs: Permission::Read,
    effect: Effect::Look,
};

const HEALTH: About = About {
    name: "get_bot_health",
    title: "Check a bot",
    description: "Checks one bot, also by asking Telegram: whether its token is good, its messages arrive here and it may \
        still send today. The answer lists every problem in a sentence; none means that all is well.",
    needs: Permission::Read,
    effect: Effect::Ask,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListArguments {
    /// A part of the name or username.
    query: Option<String>,
    /// How many to show, at most 100; 20 when absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// next_cursor of the answer before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HealthArguments {
    /// The bot's id, as list_bots gives it.
    #[schemars(with = "Uuid")]
    bot_app_id: Id<Bot>,
}

/// A registered bot.
#[derive(Debug, Serialize, JsonSchema)]
struct BotView {
    #[schemars(with = "Uuid")]
    id: Id<Bot>,
    /// The same as id.
    #[schemars(with = "Uuid")]
    bot_app_id: Id<Bot>,
    name: String,
    bot_username: String,
    /// Where people find it.
    link: String,
    is_active: bool,
    /// Messages per UTC day.
    daily_limit: i64,
    messages_sent_today: i64,
    /// For example 30/min.
    effective_rate_limit: String,
    #[schemars(with = "Word<ReceiveMode>")]
    receive_mode: ReceiveMode,
    #[schemars(with = "Word<WebhookStatus>")]
    webhook_status: WebhookStatus,
    /// Trouble with receiving or with the token, in Telegram's words.
    webhook_error: Option<String>,
    #[schemars(with = "Moment")]
    created_at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Bots {
    bots: Vec<BotView>,
    /// For the next call; null when there are no more.
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Health {
    bot: BotView,
    is_healthy: bool,
    /// What is wrong and what to do about it.
    problems: Vec<String>,
    /// Whether Telegram answered.
    telegram_reachable: bool,
    /// Updates that wait at Telegram; null when it did not answer.
    pending_update_count: Option<i64>,
    /// The last delivery to us that failed, in Telegram's words. It may be long over.
    last_error_message: Option<String>,
    #[schemars(with = "Option<Moment>")]
    last_error_at: Option<Timestamp>,
}

async fn list(call: Call, arguments: ListArguments) -> Result<Bots> {
    let request = cursor::request(&BOTS, arguments.limit, arguments.cursor.as_deref())?;
    let filter = Filter { search: super::contacts::words("query", arguments.query)?, ..Filter::default() };
    let (scope, now) = (call.scope, call.app.clock.now());
    let page = call.app.db.read(move |tx| bots::list(tx, &scope, &filter, now, &request)).await?;
    let next_cursor = page.next.as_ref().map(cursor::after);
    let rows = page.rows.into_iter().filter(|found| call.limits.allows_bot(found.bot.id));
    Ok(Bots { bots: rows.map(|bot| view(&call.app, bot)).collect(), next_cursor })
}

async fn health(call: Call, HealthArguments { bot_app_id }: HealthArguments) -> Result<Health> {
    call.check_bot(bot_app_id)?;
    let Call { app, scope, .. } = &call;
    let overview = use_case::get(app, scope, bot_app_id).await?;
    let mut problems = own_problems(&overview);
    let mut health = Health {
        bot: view(app, overview),
        is_healthy: false,
        problems: Vec::new(),
        telegram_reachable: true,
        pending_update_count: None,
        last_error_message: None,
        last_error_at: None,
    };
    match use_case::webhook_info(app, scope, bot_app_id).await {
        Ok(info) => {
            let wanted = match health.bot.receive_mode {
                ReceiveMode::Webhook => app.settings.webhook_url(bot_app_id),
                ReceiveMode::Polling => String::new(),
            };
            if info.url != wanted {
                problems.push(
                    "Telegram delivers to another address than ours. It is set again by itself within minutes.".into(),
                );
            }
            health.pending_update_count = Some(info.pending_update_count);
            health.last_error_message = info.last_error_message;
            health.last_error_at = info.last_error_date.map(Timestamp::from_seconds);
        }
        Err(error) => match error.kind() {
            ErrorKind::Conflict => problems.push(error.message().to_owned()),
            ErrorKind::UpstreamBad | ErrorKind::UpstreamTimeout => {
                health.telegram_reachable = false;
                problems.push(error.message().to_owned());
            }
            _ => return Err(error),
        },
    }
    health.is_healthy = problems.is_empty();
    health.problems = problems;
    Ok(health)
}

/// What can be told without asking Telegram.
fn own_problems(Overview { bot, sent_today }: &Overview) -> Vec<String> {
    let mut problems = Vec::new();
    if !bot.is_active {
        problems.push("The bot is deactivated: it neither sends nor takes messages in. Activate it.".to_owned());
    }
    if *sent_today >= bot.daily_limit {
        problems.push(format!("The daily limit of {} messages is used up. It goes on at 00:00 UTC.", bot.daily_limit));
    }
    if bot.webhook_status == WebhookStatus::Failed {
        let words = bot.webhook_error.as_deref().unwrap_or("the reason is not known");
        problems.push(format!("The bot can't receive: {words}. It is tried again by itself."));
    }
    problems
}

fn view(app: &App, Overview { bot, sent_today }: Overview) -> BotView {
    BotView {
        id: bot.id,
        bot_app_id: bot.id,
        name: bot.name,
        link: format!("https://t.me/{}", bot.username),
        bot_username: bot.username,
        is_active: bot.is_active,
        daily_limit: bot.daily_limit,
        messages_sent_today: sent_today,
        effective_rate_limit: bot.rate_limit.unwrap_or(app.settings.bot_rate).to_string(),
        receive_mode: bot.receive_mode,
        webhook_status: bot.webhook_status,
        webhook_error: bot.webhook_error,
        created_at: bot.created_at,
    }
}
