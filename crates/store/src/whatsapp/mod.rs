//! WhatsApp: what numbers have beside being senders, what people are called there, how far messages came, templates.

mod addresses;
mod numbers;
mod receipts;
mod templates;

pub use addresses::{address_of, chat_of, chat_of_many, give_address, take_address};
pub(crate) use addresses::{addresses, forget_chat};
pub use numbers::{
    NUMBERS, NewNumber, NumberOverview, SetUp, Wanted, all, by_account, by_verify_token, confirm, fail, get, insert,
    list, look, phone_number_id, replace_secrets, seal_app_secret, set_up, verify_token,
};
pub use receipts::{Told, What, lost, open_again, told};
pub use templates::{
    News, TEMPLATES, TemplateFilter, approved, delete as delete_template, find as find_template,
    find_any as find_any_template, get as get_template, list as list_templates, news, put as put_template,
};

use crate::db::Sql;

/// What the verify token is encrypted for.
pub(crate) const VERIFY_TOKEN: &str = "verify-token";

/// Every statement of this module.
pub fn statements() -> Vec<Sql> {
    [
        addresses::STATEMENTS,
        numbers::STATEMENTS,
        &NUMBERS.statements(),
        receipts::STATEMENTS,
        templates::STATEMENTS,
        &TEMPLATES.statements(),
    ]
    .concat()
}
