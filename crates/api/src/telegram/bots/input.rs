//! What clients send about a bot.

use app::{
    accounts::readable_name,
    bots::{Change, Register},
};
use model::{
    Rate, Result,
    bot::{DAILY_LIMIT_DEFAULT, DAILY_LIMIT_MAX, ReceiveMode},
};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::ToSchema;

use crate::extract::{ReadOnly, nullable};

/// A bot to register.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewBotBody {
    /// Telegram's name for the bot when left out.
    #[schema(example = "My Support Bot", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// As BotFather gave it.
    #[schema(value_type = String, example = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11")]
    bot_token: SecretString,
    /// Messages per UTC day.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000000000, default = 1000)]
    daily_limit: Option<DailyLimit>,
    /// `N/s`, `N/min` or `N/h`; the installation's when left out.
    #[schema(value_type = Option<String>, example = "30/s", pattern = "^[0-9]+/(s|min|h)$")]
    rate_limit: Option<RateText>,
    /// `webhook`, unless this installation has no https address and the Bot API is Telegram's own.
    receive_mode: Option<ReceiveMode>,
}

impl NewBotBody {
    pub(super) fn read(self) -> Result<Register> {
        Ok(Register {
            name: self.name.as_deref().map(readable_name).transpose()?,
            token: trimmed(&self.bot_token),
            daily_limit: self.daily_limit.map(|limit| limit.0),
            rate_limit: self.rate_limit.map(|rate| rate.0),
            receive_mode: self.receive_mode,
        })
    }
}

/// A whole bot. Left out, `daily_limit`, `is_active` and `rate_limit` take their defaults; `receive_mode` and `bot_token`
/// stay. Read-only fields of our answers are taken and ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "read-only fields are taken and ignored")]
pub(super) struct WholeBotBody {
    #[schema(example = "My Support Bot", min_length = 1, max_length = 200)]
    name: String,
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000000000, default = 1000)]
    daily_limit: Option<DailyLimit>,
    #[schema(default = true)]
    is_active: Option<bool>,
    #[schema(value_type = Option<String>, example = "30/s", pattern = "^[0-9]+/(s|min|h)$")]
    rate_limit: Option<RateText>,
    receive_mode: Option<ReceiveMode>,
    /// Another token of the same bot. A masked one means unchanged.
    #[schema(value_type = Option<String>, example = "***1234")]
    bot_token: Option<SecretString>,
    #[serde(default)]
    #[schema(ignore)]
    id: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    bot_app_id: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    bot_user_id: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    bot_username: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    messages_sent_today: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    effective_rate_limit: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    webhook_url: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    webhook_status: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    webhook_error: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    created_at: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    updated_at: ReadOnly,
}

impl WholeBotBody {
    pub(super) fn read(self) -> Result<Change> {
        Ok(Change {
            name: Some(readable_name(&self.name)?),
            daily_limit: Some(self.daily_limit.map_or(DAILY_LIMIT_DEFAULT, |limit| limit.0)),
            is_active: Some(self.is_active.unwrap_or(true)),
            rate_limit: Some(self.rate_limit.map(|rate| rate.0)),
            receive_mode: self.receive_mode,
            token: self.bot_token.as_ref().and_then(unmasked),
        })
    }
}

/// Some fields of a bot. Read-only fields of our answers are taken and ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "read-only fields are taken and ignored")]
pub(super) struct PartialBotBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "My Support Bot", min_length = 1, max_length = 200)]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = i64, required = false, minimum = 1, maximum = 1000000000)]
    daily_limit: Option<DailyLimit>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    is_active: Option<bool>,
    /// Null: the installation's from now on.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "30/s", pattern = "^[0-9]+/(s|min|h)$")]
    rate_limit: Option<Option<RateText>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ReceiveMode, required = false)]
    receive_mode: Option<ReceiveMode>,
    /// Another token of the same bot. A masked one means unchanged.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "***1234")]
    bot_token: Option<SecretString>,
    #[serde(default)]
    #[schema(ignore)]
    id: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    bot_app_id: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    bot_user_id: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    bot_username: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    messages_sent_today: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    effective_rate_limit: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    webhook_url: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    webhook_status: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    webhook_error: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    created_at: ReadOnly,
    #[serde(default)]
    #[schema(ignore)]
    updated_at: ReadOnly,
}

impl PartialBotBody {
    pub(super) fn read(self) -> Result<Change> {
        Ok(Change {
            name: self.name.as_deref().map(readable_name).transpose()?,
            daily_limit: self.daily_limit.map(|limit| limit.0),
            is_active: self.is_active,
            rate_limit: self.rate_limit.map(|rate| rate.map(|rate| rate.0)),
            receive_mode: self.receive_mode,
            token: self.bot_token.as_ref().and_then(unmasked),
        })
    }
}

/// For fields that may be left out but not null.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn trimmed(token: &SecretString) -> SecretString {
    use secrecy::ExposeSecret;
    token.expose_secret().trim().into()
}

/// A token that is not one of our masks.
fn unmasked(token: &SecretString) -> Option<SecretString> {
    use secrecy::ExposeSecret;
    let is_masked = token.expose_secret().trim().starts_with("***");
    (!is_masked).then(|| trimmed(token))
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct DailyLimit(pub(crate) i64);

impl<'de> Deserialize<'de> for DailyLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i64::deserialize(deserializer)? {
            limit @ 1..=DAILY_LIMIT_MAX => Ok(Self(limit)),
            _ => Err(D::Error::custom(format_args!("Enter a whole number from 1 to {DAILY_LIMIT_MAX}."))),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct RateText(pub(crate) Rate);

impl<'de> Deserialize<'de> for RateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error: model::Error| D::Error::custom(error.message()))
    }
}
