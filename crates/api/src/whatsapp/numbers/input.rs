//! What clients send about a number.

use app::{
    accounts::readable_name,
    whatsapp::{Change, Register},
};
use model::{Result, bot::DAILY_LIMIT_DEFAULT};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    extract::{ReadOnly, nullable},
    telegram::bots::{DailyLimit, RateText, given},
};

/// A number to register.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewNumberBody {
    /// The verified name when left out.
    #[schema(example = "Support", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Meta's id of the number, from WhatsApp Manager.
    #[schema(example = "106540352242922", pattern = "^[0-9]{1,18}$")]
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business account.
    #[schema(example = "102290129340398", pattern = "^[0-9]{1,18}$")]
    waba_id: String,
    /// A system user's token with `whatsapp_business_messaging` and `whatsapp_business_management`.
    #[schema(value_type = String)]
    access_token: SecretString,
    /// The secret of the Meta application, which signs what it delivers.
    #[schema(value_type = String)]
    app_secret: SecretString,
    /// What Meta shows to prove itself at the callback; made when left out.
    #[schema(value_type = Option<String>, min_length = 8, max_length = 200)]
    verify_token: Option<SecretString>,
    /// Messages per UTC day.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000000000, default = 1000)]
    daily_limit: Option<DailyLimit>,
    /// `N/s`, `N/min` or `N/h`; 80/s when left out.
    #[schema(value_type = Option<String>, example = "80/s", pattern = "^[0-9]+/(s|min|h)$")]
    rate_limit: Option<RateText>,
}

impl NewNumberBody {
    pub(super) fn read(self) -> Result<Register> {
        Ok(Register {
            name: self.name.as_deref().map(readable_name).transpose()?,
            phone_number_id: self.phone_number_id.trim().to_owned(),
            waba_id: self.waba_id.trim().to_owned(),
            token: trimmed(&self.access_token),
            app_secret: trimmed(&self.app_secret),
            verify_token: self.verify_token,
            daily_limit: self.daily_limit.map(|limit| limit.0),
            rate_limit: self.rate_limit.map(|rate| rate.0),
        })
    }
}

fn trimmed(secret: &SecretString) -> SecretString {
    secret.expose_secret().trim().into()
}

/// A secret that is not one of our masks.
fn unmasked(secret: &SecretString) -> Option<SecretString> {
    let is_masked = secret.expose_secret().trim().starts_with("***");
    (!is_masked).then(|| trimmed(secret))
}

macro_rules! number_body {
    ($(#[$meta:meta])* $name:ident { $($fields:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[expect(dead_code, reason = "read-only fields are taken and ignored")]
        pub(super) struct $name {
            $($fields)*
            /// Another token with access to the number. A masked one means unchanged.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = String, required = false)]
            access_token: Option<SecretString>,
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = String, required = false)]
            app_secret: Option<SecretString>,
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = String, required = false, min_length = 8, max_length = 200)]
            verify_token: Option<SecretString>,
            #[serde(default)]
            #[schema(ignore)]
            id: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            phone_number_id: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            waba_id: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            display_phone_number: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            verified_name: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            quality_rating: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            messages_sent_today: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            effective_rate_limit: ReadOnly,
            #[serde(default)]
            #[schema(ignore)]
            window_hours: ReadOnly,
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
    };
}

number_body! {
    /// A whole number. Left out, `daily_limit`, `is_active` and `rate_limit` take their defaults; the secrets stay.
    WholeNumberBody {
        #[schema(example = "Support", min_length = 1, max_length = 200)]
        name: String,
        #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000000000, default = 1000)]
        daily_limit: Option<DailyLimit>,
        #[schema(default = true)]
        is_active: Option<bool>,
        #[schema(value_type = Option<String>, example = "80/s", pattern = "^[0-9]+/(s|min|h)$")]
        rate_limit: Option<RateText>,
    }
}

number_body! {
    /// Some fields of a number.
    PartialNumberBody {
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = String, required = false, example = "Support", min_length = 1, max_length = 200)]
        name: Option<String>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = i64, required = false, minimum = 1, maximum = 1000000000)]
        daily_limit: Option<DailyLimit>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = bool, required = false)]
        is_active: Option<bool>,
        /// Null: the channel's from now on.
        #[serde(default, deserialize_with = "nullable")]
        #[schema(value_type = Option<String>, example = "80/s", pattern = "^[0-9]+/(s|min|h)$")]
        rate_limit: Option<Option<RateText>>,
    }
}

impl WholeNumberBody {
    pub(super) fn read(self) -> Result<Change> {
        Ok(Change {
            name: Some(readable_name(&self.name)?),
            daily_limit: Some(self.daily_limit.map_or(DAILY_LIMIT_DEFAULT, |limit| limit.0)),
            is_active: Some(self.is_active.unwrap_or(true)),
            rate_limit: Some(self.rate_limit.map(|rate| rate.0)),
            token: self.access_token.as_ref().and_then(unmasked),
            app_secret: self.app_secret.as_ref().map(trimmed),
            verify_token: self.verify_token,
        })
    }
}

impl PartialNumberBody {
    pub(super) fn read(self) -> Result<Change> {
        Ok(Change {
            name: self.name.as_deref().map(readable_name).transpose()?,
            daily_limit: self.daily_limit.map(|limit| limit.0),
            is_active: self.is_active,
            rate_limit: self.rate_limit.map(|rate| rate.map(|rate| rate.0)),
            token: self.access_token.as_ref().and_then(unmasked),
            app_secret: self.app_secret.as_ref().map(trimmed),
            verify_token: self.verify_token,
        })
    }
}
