//! What rules mean in SQL. Every piece is listed here, so that the tests prepare it on both engines.

use model::{
    Id,
    bot::Bot,
    contact::segment::{Field, NumberTest, OwnField, Rule, TextTest},
};

use crate::{
    args,
    db::{Condition, Piece, Sql},
};

/// The pieces that texts of one column are compared by.
#[derive(Debug, Clone, Copy)]
struct TextColumn {
    is: Piece,
    like: Piece,
    before: Piece,
    after: Piece,
    is_set: Piece,
}

/// The pieces that numbers of one column are compared by.
#[derive(Debug, Clone, Copy)]
struct NumberColumn {
    is: Piece,
    less: Piece,
    more: Piece,
    is_set: Piece,
}

macro_rules! piece {
    ($title:expr, postgres $postgres:expr, sqlite $sqlite:expr) => {
        Piece {
            condition: crate::sql_by_engine!($title, $postgres, $sqlite),
            whole: crate::sql_by_engine!(
                $title,
                concat!("SELECT 1 FROM contact WHERE ", $postgres),
                concat!("SELECT 1 FROM contact WHERE ", $sqlite)
            ),
        }
    };
    ($title:expr, $text:expr) => {
        piece!($title, postgres $text, sqlite $text)
    };
}

pub(super) use piece;

macro_rules! text_columns {
    ($($name:ident = $column:literal;)*) => {
        $(const $name: TextColumn = TextColumn {
            is: piece!(concat!("segment.", $column, ".is"), concat!("contact.", $column, " = $1")),
            like: piece!(concat!("segment.", $column, ".like"), concat!("LOWER(contact.", $column, ") LIKE $1 ESCAPE '\\'")),
            before: piece!(concat!("segment.", $column, ".before"), concat!("contact.", $column, " < $1")),
            after: piece!(concat!("segment.", $column, ".after"), concat!("contact.", $column, " > $1")),
            is_set: piece!(concat!("segment.", $column, ".is_set"), concat!("contact.", $column, " <> ''")),
        };)*
        const TEXTS: &[TextColumn] = &[$($name),*];
    };
}

macro_rules! number_columns {
    ($($name:ident = $column:literal;)*) => {
        $(const $name: NumberColumn = NumberColumn {
            is: piece!(concat!("segment.", $column, ".is"), concat!("contact.", $column, " = CAST($1 AS DOUBLE PRECISION)")),
            less: piece!(concat!("segment.", $column, ".less"), concat!("contact.", $column, " < CAST($1 AS DOUBLE PRECISION)")),
            more: piece!(concat!("segment.", $column, ".more"), concat!("contact.", $column, " > CAST($1 AS DOUBLE PRECISION)")),
            is_set: piece!(concat!("segment.", $column, ".is_set"), concat!("contact.", $column, " IS NOT NULL")),
        };)*
        const NUMBERS: &[NumberColumn] = &[$($name),*];
    };
}

text_columns! {
    FIRST_NAME = "first_name";
    LAST_NAME = "last_name";
    PHONE = "phone";
    EMAIL = "email";
    COMPANY_NAME = "company_name";
    TELEGRAM_USERNAME = "telegram_username";
    LANGUAGE_CODE = "language_code";
    LEAD_STATUS = "lead_status";
    TICKET_STATUS = "ticket_status";
    ASSIGNED_TO_TYPE = "assigned_to_type";
    SOURCE = "source";
}

number_columns! {
    LEAD_SCORE = "lead_score";
    TELEGRAM_CHAT_ID = "telegram_chat_id";
    LAST_SEEN_AT = "last_seen_at";
    CREATED_AT = "created_at";
    UPDATED_AT = "updated_at";
}

/// An attribute as text: `$1` is its name.
macro_rules! custom_postgres {
    () => {
        "(CAST(contact.custom AS JSONB) ->> CAST($1 AS TEXT))"
    };
}
macro_rules! custom_sqlite {
    () => {
        "CAST(json_extract(contact.custom, '$.\"' || $1 || '\"') AS TEXT)"
    };
}
/// The same as a number; NULL when it is none.
macro_rules! number_postgres {
    () => {
        "CASE WHEN jsonb_typeof(CAST(contact.custom AS JSONB) -> CAST($1 AS TEXT)) = 'number'
            THEN CAST(CAST(contact.custom AS JSONB) ->> CAST($1 AS TEXT) AS DOUBLE PRECISION) END"
    };
}
macro_rules! number_sqlite {
    () => {
        "CASE WHEN json_type(contact.custom, '$.\"' || $1 || '\"') IN ('integer', 'real')
            THEN json_extract(contact.custom, '$.\"' || $1 || '\"') END"
    };
}

const CUSTOM: TextColumn = TextColumn {
    is: piece!("segment.custom.is", postgres concat!(custom_postgres!(), " = $2"), sqlite concat!(custom_sqlite!(), " = $2")),
    like: piece!("segment.custom.like",
        postgres concat!("LOWER(", custom_postgres!(), ") LIKE $2 ESCAPE '\\'"),
        sqlite concat!("LOWER(", custom_sqlite!(), ") LIKE $2 ESCAPE '\\'")),
    before: piece!("segment.custom.before",
        postgres concat!(custom_postgres!(), " COLLATE \"C\" < $2"), sqlite concat!(custom_sqlite!(), " < $2")),
    after: piece!("segment.custom.after",
        postgres concat!(custom_postgres!(), " COLLATE \"C\" > $2"), sqlite concat!(custom_sqlite!(), " > $2")),
    is_set: piece!("segment.custom.is_set",
        postgres concat!(custom_postgres!(), " IS NOT NULL"), sqlite concat!(custom_sqlite!(), " IS NOT NULL")),
};

const CUSTOM_NUMBER: NumberColumn = NumberColumn {
    is: piece!("segment.custom_number.is",
        postgres concat!(number_postgres!(), " = $2"), sqlite concat!(number_sqlite!(), " = $2")),
    less: piece!("segment.custom_number.less",
        postgres concat!(number_postgres!(), " < $2"), sqlite concat!(number_sqlite!(), " < $2")),
    more: piece!("segment.custom_number.more",
        postgres concat!(number_postgres!(), " > $2"), sqlite concat!(number_sqlite!(), " > $2")),
    is_set: piece!("segment.custom_number.is_set",
        postgres concat!(number_postgres!(), " IS NOT NULL"), sqlite concat!(number_sqlite!(), " IS NOT NULL")),
};

const CUSTOM_TRUTH: Piece = piece!("segment.custom.truth",
    postgres "CAST(contact.custom AS JSONB) -> CAST($1 AS TEXT) = CAST(CAST($2 AS TEXT) AS JSONB)",
    sqlite "json_type(contact.custom, '$.\"' || $1 || '\"') = $2");
const DO_NOT_CONTACT: Piece = piece!("segment.do_not_contact", "contact.do_not_contact = $1");
const TAG: Piece = piece!(
    "segment.tag",
    "EXISTS (SELECT 1 FROM contact_tag AS tagged
    WHERE tagged.tenant_id = contact.tenant_id AND tagged.tag = $1 AND tagged.contact_id = contact.id)"
);
const TAGGED: Piece = piece!(
    "segment.tagged",
    "EXISTS (SELECT 1 FROM contact_tag AS tagged
    WHERE tagged.contact_id = contact.id)"
);
const REACHABLE: Piece = piece!(
    "segment.reachable",
    "NOT contact.do_not_contact AND EXISTS (SELECT 1 FROM chat
    WHERE chat.tenant_id = contact.tenant_id AND chat.contact_id = contact.id AND chat.state = 'ACTIVE'
        AND chat.opted_out_at IS NULL)"
);
const OPTED_OUT: Piece = piece!(
    "segment.opted_out",
    "EXISTS (SELECT 1 FROM chat
    WHERE chat.tenant_id = contact.tenant_id AND chat.contact_id = contact.id AND chat.opted_out_at IS NOT NULL)"
);
const BOT: Piece = piece!(
    "segment.bot",
    "EXISTS (SELECT 1 FROM chat
    WHERE chat.tenant_id = contact.tenant_id AND chat.contact_id = contact.id AND chat.bot_id = $1)"
);

/// What rules mean for rows of `contact`.
pub(super) fn condition(rule: &Rule) -> Condition {
    match rule {
        Rule::All(rules) => Condition::All(rules.iter().map(condition).collect()),
        Rule::Any(rules) => Condition::Any(rules.iter().map(condition).collect()),
        Rule::Not(rule) => condition(rule).negated(),
        Rule::Text(Field::Own(field), test) => match Column::of(*field) {
            Column::Text(column) => text(&column, &[], test),
            Column::Number(_) | Column::Other => nothing(),
        },
        Rule::Text(Field::Custom(name), test) => text(&CUSTOM, &[name], test),
        Rule::Number(Field::Own(field), test) => match Column::of(*field) {
            Column::Number(column) => number(&column, &[], *test),
            Column::Text(_) | Column::Other => nothing(),
        },
        Rule::Number(Field::Custom(name), test) => number(&CUSTOM_NUMBER, &[name], *test),
        Rule::Truth(field, value) => truth(field, *value),
        Rule::IsSet(field) => is_set(field),
        Rule::Tag(tag) => Condition::Is(TAG, args![tag].into()),
        Rule::Bot(bot) => of_bot(*bot),
    }
}

fn of_bot(bot: Id<Bot>) -> Condition {
    Condition::Is(BOT, args![bot].into())
}

/// For what reading the rules has ruled out.
fn nothing() -> Condition {
    Condition::Any(Vec::new())
}

fn text(column: &TextColumn, name: &[&String], test: &TextTest) -> Condition {
    let (piece, value) = match test {
        TextTest::Is(text) => (column.is, text.clone()),
        TextTest::Contains(text) => (column.like, format!("%{}%", escaped(text))),
        TextTest::StartsWith(text) => (column.like, format!("{}%", escaped(text))),
        TextTest::Before(text) => (column.before, text.clone()),
        TextTest::After(text) => (column.after, text.clone()),
    };
    Condition::Is(piece, name.iter().map(|name| (*name).into()).chain(args![value]).collect())
}

fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

fn number(column: &NumberColumn, name: &[&String], test: NumberTest) -> Condition {
    let (piece, value) = match test {
        NumberTest::Is(value) => (column.is, value),
        NumberTest::Less(value) => (column.less, value),
        NumberTest::More(value) => (column.more, value),
    };
    Condition::Is(piece, name.iter().map(|name| (*name).into()).chain(args![value]).collect())
}

fn truth(field: &Field, value: bool) -> Condition {
    let piece = match field {
        Field::Custom(name) => {
            let word = if value { "true" } else { "false" };
            return Condition::Is(CUSTOM_TRUTH, args![name, word].into());
        }
        Field::Own(OwnField::DoNotContact) => return Condition::Is(DO_NOT_CONTACT, args![value].into()),
        Field::Own(OwnField::Reachable) => REACHABLE,
        Field::Own(OwnField::OptedOut) => OPTED_OUT,
        Field::Own(_) => return nothing(),
    };
    let is_so = Condition::Is(piece, Vec::new());
    if value { is_so } else { is_so.negated() }
}

fn is_set(field: &Field) -> Condition {
    match field {
        Field::Custom(name) => Condition::Is(CUSTOM.is_set, args![name].into()),
        Field::Own(OwnField::Tags) => Condition::Is(TAGGED, Vec::new()),
        Field::Own(field) => match Column::of(*field) {
            Column::Text(column) => Condition::Is(column.is_set, Vec::new()),
            Column::Number(column) => Condition::Is(column.is_set, Vec::new()),
            Column::Other => nothing(),
        },
    }
}

enum Column {
    Text(TextColumn),
    Number(NumberColumn),
    Other,
}

impl Column {
    fn of(field: OwnField) -> Self {
        match field {
            OwnField::FirstName => Column::Text(FIRST_NAME),
            OwnField::LastName => Column::Text(LAST_NAME),
            OwnField::Phone => Column::Text(PHONE),
            OwnField::Email => Column::Text(EMAIL),
            OwnField::CompanyName => Column::Text(COMPANY_NAME),
            OwnField::TelegramUsername => Column::Text(TELEGRAM_USERNAME),
            OwnField::LanguageCode => Column::Text(LANGUAGE_CODE),
            OwnField::LeadStatus => Column::Text(LEAD_STATUS),
            OwnField::TicketStatus => Column::Text(TICKET_STATUS),
            OwnField::AssignedToType => Column::Text(ASSIGNED_TO_TYPE),
            OwnField::Source => Column::Text(SOURCE),
            OwnField::LeadScore => Column::Number(LEAD_SCORE),
            OwnField::TelegramChatId => Column::Number(TELEGRAM_CHAT_ID),
            OwnField::LastSeenAt => Column::Number(LAST_SEEN_AT),
            OwnField::CreatedAt => Column::Number(CREATED_AT),
            OwnField::UpdatedAt => Column::Number(UPDATED_AT),
            OwnField::DoNotContact | OwnField::Reachable | OwnField::OptedOut | OwnField::Tags | OwnField::Bot => {
                Column::Other
            }
        }
    }
}

/// Every piece within a statement.
pub(super) fn statements() -> Vec<Sql> {
    let texts = TEXTS.iter().chain([&CUSTOM]).flat_map(|one| [one.is, one.like, one.before, one.after, one.is_set]);
    let numbers = NUMBERS.iter().chain([&CUSTOM_NUMBER]).flat_map(|one| [one.is, one.less, one.more, one.is_set]);
    let others = [CUSTOM_TRUTH, DO_NOT_CONTACT, TAG, TAGGED, REACHABLE, OPTED_OUT, BOT];
    texts.chain(numbers).chain(others).map(|piece| piece.whole).collect()
}
