//! Templates as Meta has them, for choosing one without asking.

use model::{
    Id, Result, Scope, Timestamp,
    whatsapp::{Template, TemplateStatus},
};

use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

macro_rules! template_columns {
    () => {
        "whatsapp_template.id, whatsapp_template.tenant_id, whatsapp_template.waba_id, whatsapp_template.provider_id, \
         whatsapp_template.name, whatsapp_template.language, whatsapp_template.category, whatsapp_template.status, \
         whatsapp_template.quality, whatsapp_template.reason, whatsapp_template.components, \
         whatsapp_template.created_at, whatsapp_template.updated_at"
    };
}

crate::pages! {
    /// The templates of a tenant.
    TEMPLATES = "whatsapp_templates.list",
    select "whatsapp_template.id, whatsapp_template.tenant_id, whatsapp_template.waba_id, whatsapp_template.provider_id,
        whatsapp_template.name, whatsapp_template.language, whatsapp_template.category, whatsapp_template.status,
        whatsapp_template.quality, whatsapp_template.reason, whatsapp_template.components,
        whatsapp_template.created_at, whatsapp_template.updated_at",
    from concat!("whatsapp_template
        WHERE whatsapp_template.tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR whatsapp_template.status = $5)
        AND (CAST($6 AS TEXT) IS NULL OR whatsapp_template.waba_id = $6)
        AND (CAST($7 AS TEXT) IS NULL OR whatsapp_template.name = $7)
        AND (CAST($8 AS TEXT) IS NULL OR whatsapp_template.category = $8)",
        search::words_are_in!(("whatsapp_template.name") 9 10 11 12 13 14)),
    unique Id "whatsapp_template.id",
    sorts { "created_at" => Unique, "updated_at" => Int("whatsapp_template.updated_at") }
}

crate::statements! {
    hot GET = "whatsapp_templates.get", concat!("SELECT ", template_columns!(), " FROM whatsapp_template
        WHERE id = $1 AND tenant_id = $2");
    hot FIND = "whatsapp_templates.find", concat!("SELECT ", template_columns!(), " FROM whatsapp_template
        WHERE tenant_id = $1 AND waba_id = $2 AND name = $3 AND language = $4");
    hot FIND_ANY = "whatsapp_templates.find_any", concat!("SELECT ", template_columns!(), " FROM whatsapp_template
        WHERE tenant_id = $1 AND name = $2 AND language = $3
        ORDER BY CASE WHEN status = 'APPROVED' THEN 0 ELSE 1 END, id LIMIT 1");
    hot APPROVED = "whatsapp_templates.approved", "SELECT name FROM whatsapp_template
        WHERE tenant_id = $1 AND waba_id = $2 AND status = 'APPROVED' ORDER BY name LIMIT $3";
    PUT = "whatsapp_templates.put", "
        INSERT INTO whatsapp_template (id, tenant_id, waba_id, provider_id, name, language, category, status, quality,
            reason, components, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (tenant_id, waba_id, name, language) DO UPDATE SET provider_id = excluded.provider_id,
            category = excluded.category, status = excluded.status,
            quality = COALESCE(excluded.quality, whatsapp_template.quality),
            reason = COALESCE(excluded.reason, whatsapp_template.reason), components = excluded.components,
            updated_at = excluded.updated_at";
    hot NEWS = "whatsapp_templates.news", "
        UPDATE whatsapp_template SET status = COALESCE($1, status), quality = COALESCE($2, quality), reason = $3,
            category = COALESCE($4, category), updated_at = $5
        WHERE tenant_id = $6 AND waba_id = $7 AND name = $8 AND language = $9
        RETURNING id";
    hot DELETE = "whatsapp_templates.delete", "DELETE FROM whatsapp_template WHERE id = $1 AND tenant_id = $2";
}

/// Which templates are wanted; `None` means all.
#[derive(Debug, Clone, Default)]
pub struct TemplateFilter {
    pub status: Option<TemplateStatus>,
    pub waba_id: Option<String>,
    pub name: Option<String>,
    pub category: Option<model::whatsapp::TemplateCategory>,
    /// Words of the name.
    pub search: Option<String>,
}

/// One page of the tenant's templates.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &TemplateFilter, request: &Request) -> Result<Page<Template>> {
    let filters = args![
        scope.tenant(),
        filter.status.map(TemplateStatus::as_str),
        filter.waba_id.as_deref(),
        filter.name.as_deref(),
        filter.category.map(|category| category.as_str()),
    ];
    TEMPLATES.page(tx, request, &search::with_words(&filters, filter.search.as_deref()), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Template>) -> Result<Option<Template>> {
    tx.query_opt(GET, &args![id, scope.tenant()], read)
}

/// The template of this name and language.
pub fn find(tx: &mut Tx, scope: &Scope, waba_id: &str, name: &str, language: &str) -> Result<Option<Template>> {
    tx.query_opt(FIND, &args![scope.tenant(), waba_id, name, language], read)
}

/// A template of this name and language in any account of the tenant, best one that may be sent.
pub fn find_any(tx: &mut Tx, scope: &Scope, name: &str, language: &str) -> Result<Option<Template>> {
    tx.query_opt(FIND_ANY, &args![scope.tenant(), name, language], read)
}

/// Names of templates that may be sent, in order, `limit` at most.
pub fn approved(tx: &mut Tx, scope: &Scope, waba_id: &str, limit: i64) -> Result<Vec<String>> {
    tx.query(APPROVED, &args![scope.tenant(), waba_id, limit], |row| row.get(0))
}

/// Writes a template as Meta has it now; the row of its name and language keeps its id.
pub fn put(tx: &mut Tx, scope: &Scope, template: &Template) -> Result<()> {
    let args = args![
        template.id,
        scope.tenant(),
        template.waba_id.as_str(),
        template.provider_id.as_deref(),
        template.name.as_str(),
        template.language.as_str(),
        template.category.as_str(),
        template.status.as_str(),
        template.quality.as_deref(),
        template.reason.as_deref(),
        columns::to_json(&template.components)?,
        template.created_at,
        template.updated_at,
    ];
    tx.execute(PUT, &args).map(drop)
}

/// What Meta told of a template by itself; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct News {
    pub waba_id: String,
    pub name: String,
    pub language: String,
    pub status: Option<TemplateStatus>,
    pub quality: Option<String>,
    pub reason: Option<String>,
    pub category: Option<model::whatsapp::TemplateCategory>,
}

/// Notes news of a template; `None` when we have no such template.
pub fn news(tx: &mut Tx, scope: &Scope, news: &News, now: Timestamp) -> Result<Option<Id<Template>>> {
    let args = args![
        news.status.map(TemplateStatus::as_str),
        news.quality.as_deref(),
        news.reason.as_deref(),
        news.category.map(|category| category.as_str()),
        now,
        scope.tenant(),
        news.waba_id.as_str(),
        news.name.as_str(),
        news.language.as_str(),
    ];
    tx.query_opt(NEWS, &args, |row| row.get(0))
}

/// Forgets a template; `false` when there is no such.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<Template>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![id, scope.tenant()])? > 0)
}

fn read(row: &Row<'_>) -> Result<Template> {
    Ok(Template {
        id: row.get(0)?,
        tenant: row.get(1)?,
        waba_id: row.get(2)?,
        provider_id: row.get(3)?,
        name: row.get(4)?,
        language: row.get(5)?,
        category: columns::word(row, 6)?,
        status: columns::word(row, 7)?,
        quality: row.get(8)?,
        reason: row.get(9)?,
        components: columns::json(row, 10)?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
    })
}
