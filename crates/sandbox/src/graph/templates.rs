//! Message templates: made, reviewed, edited, deleted. Only approved ones can be sent.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    access,
    error::{GraphError, Result},
    hooks::{self, Change},
    numbers::picked,
    object::Object,
    request::Request,
    template_rules,
    world::{Review, World},
};
use crate::state::Shared;

const PER_ACCOUNT_MAX: usize = 250;
const PAGE_DEFAULT: usize = 25;
const PAGE_MAX: usize = 1000;

/// A template in one language. The name alone is not unique.
#[derive(Clone, Debug, Serialize)]
pub struct Template {
    pub id: String,
    #[serde(skip)]
    pub waba_id: String,
    pub name: String,
    pub language: String,
    pub category: String,
    pub parameter_format: String,
    pub status: String,
    pub components: Vec<Value>,
    pub quality_score: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_reason: Option<String>,
}

impl Template {
    pub fn is_named(&self) -> bool {
        self.parameter_format == "NAMED"
    }

    /// The first component of a type.
    pub fn component(&self, kind: &str) -> Option<&Value> {
        self.components.iter().find(|one| one["type"].as_str().is_some_and(|of| of.eq_ignore_ascii_case(kind)))
    }
}

/// `POST /{account}/message_templates`
pub fn create(state: &Shared, request: &Request) -> Result<Value> {
    let known = [
        "name",
        "language",
        "category",
        "parameter_format",
        "components",
        "allow_category_change",
        "message_send_ttl_seconds",
    ];
    let body = Object::read(&request.body, "", &known)?;
    let draft = template_rules::read(&body)?;
    let mut world = state.graph.world();
    let waba_id = access::open(&world, request)?.waba_id;
    let mut mine = world.templates.values().filter(|template| template.waba_id == waba_id);
    if mine.clone().any(|known| known.name == draft.name && known.language == draft.language) {
        let details = format!("Content in this language already exists: there is a {} one.", draft.language);
        return Err(GraphError::template(2_388_024, details));
    }
    if mine.by_ref().count() >= PER_ACCOUNT_MAX {
        return Err(GraphError::template(2_388_019, "You have reached the limit of message templates."));
    }
    let id = world.next_id();
    let template = Template { id: id.clone(), waba_id, ..draft };
    let category = template.category.clone();
    world.templates.insert(id.clone(), template);
    review(state, &mut world, &id);
    Ok(json!({"id": id, "status": "PENDING", "category": category}))
}

/// `POST /{template}`: all components are replaced, and reviewed anew.
pub fn edit(state: &Shared, request: &Request) -> Result<Value> {
    let body = Object::read(&request.body, "", &["components", "category", "parameter_format"])?;
    let mut world = state.graph.world();
    let known = world.templates.get(&request.object).ok_or_else(|| GraphError::no_object(&request.object))?;
    if !["APPROVED", "REJECTED", "PAUSED"].contains(&known.status.as_str()) {
        return Err(GraphError::template(2_388_045, "Only an approved, rejected or paused template can be edited."));
    }
    let mut changed = known.clone();
    if let Some(category) = body.optional_text("category", 40)? {
        if known.status == "APPROVED" && category != known.category {
            return Err(GraphError::template(2_388_045, "The category of an approved template can't be changed."));
        }
        changed.category = template_rules::category(category)?;
    }
    if let Some(components) = body.get("components") {
        changed.components = template_rules::components(components, changed.is_named())?;
    }
    changed.status = "PENDING".into();
    world.templates.insert(request.object.clone(), changed);
    review(state, &mut world, &request.object);
    Ok(json!({"success": true}))
}

/// What becomes of a template that waits for its review.
fn review(state: &Shared, world: &mut World, id: &str) {
    match world.settings.template_review {
        Review::Approve => set_status(state, world, id, "APPROVED", None),
        Review::Reject => set_status(state, world, id, "REJECTED", Some("INVALID_FORMAT")),
        Review::Hold => {}
    }
}

/// Sets a template's status and tells it.
pub fn set_status(state: &Shared, world: &mut World, id: &str, status: &str, reason: Option<&str>) {
    let Some(template) = world.templates.get_mut(id) else { return };
    status.clone_into(&mut template.status);
    template.rejected_reason = reason.filter(|_| status == "REJECTED").map(str::to_owned);
    let mut value = named(template);
    value["event"] = status.into();
    value["reason"] = json!(reason.unwrap_or("NONE"));
    value["message_template_category"] = template.category.clone().into();
    tell(state, world, id, "message_template_status_update", value);
}

/// Sets a template's quality and tells it.
pub fn set_quality(state: &Shared, world: &mut World, id: &str, score: &str) {
    let Some(template) = world.templates.get_mut(id) else { return };
    let mut value = named(template);
    value["previous_quality_score"] = template.quality_score["score"].clone();
    value["new_quality_score"] = score.into();
    template.quality_score = json!({"score": score, "date": state.now()});
    tell(state, world, id, "message_template_quality_update", value);
}

/// Puts a template into another category, as Meta may, and tells it.
pub fn set_category(state: &Shared, world: &mut World, id: &str, category: &str) {
    let Some(template) = world.templates.get_mut(id) else { return };
    let mut value = named(template);
    value["previous_category"] = template.category.clone().into();
    value["new_category"] = category.into();
    category.clone_into(&mut template.category);
    tell(state, world, id, "template_category_update", value);
}

/// Webhooks write the language with a hyphen, and the id as a number.
fn named(template: &Template) -> Value {
    json!({"message_template_id": template.id.parse::<u64>().unwrap_or_default(),
        "message_template_name": template.name,
        "message_template_language": template.language.replace('_', "-")})
}

fn tell(state: &Shared, world: &World, id: &str, field: &str, value: Value) {
    let waba_id = world.templates.get(id).map(|template| template.waba_id.clone()).unwrap_or_default();
    let change = Change { waba_id, number: None, lane: id.to_owned(), field: field.to_owned(), value };
    hooks::tell(state, world, &change);
    state.events.tell(|| json!({"type": "graph_template", "id": id}));
}

/// `GET /{template}`
pub fn show(state: &Shared, request: &Request) -> Result<Value> {
    let world = state.graph.world();
    let template = world.templates.get(&request.object).ok_or_else(|| GraphError::no_object(&request.object))?;
    described(template, request)
}

fn described(template: &Template, request: &Request) -> Result<Value> {
    let mut whole = json!(template);
    whole["rejected_reason"] = json!(template.rejected_reason.as_deref().unwrap_or("NONE"));
    let usual = ["name", "parameter_format", "components", "language", "status", "category"];
    picked(&whole, &request.fields().unwrap_or_else(|| usual.to_vec()))
}

/// `GET /{account}/message_templates?fields=&limit=&after=&name=&status=&language=&category=`
pub fn list(state: &Shared, request: &Request) -> Result<Value> {
    let world = state.graph.world();
    let waba_id = access::open(&world, request)?.waba_id;
    let query = |name: &str| request.query.get(name).map(String::as_str);
    let limit = match query("limit").map(str::parse::<usize>) {
        None => PAGE_DEFAULT,
        Some(Ok(limit)) if (1..=PAGE_MAX).contains(&limit) => limit,
        Some(_) => return Err(GraphError::invalid("Param limit must be between 1 and 1000")),
    };
    let holds = |wanted: Option<&str>, of: &str| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(of));
    let matching = world.templates.values().filter(|template| {
        template.waba_id == waba_id
            && query("name").is_none_or(|name| template.name.contains(name))
            && holds(query("status"), &template.status)
            && holds(query("language"), &template.language)
            && holds(query("category"), &template.category)
            && query("after").is_none_or(|after| template.id.as_str() > after)
    });
    let found: Vec<_> = matching.take(limit + 1).collect();
    let page = &found[..found.len().min(limit)];
    let shown: Result<Vec<_>> = page.iter().map(|template| described(template, request)).collect();
    let mut answer = json!({"data": shown?});
    if let (Some(first), Some(last)) = (page.first(), page.last()) {
        answer["paging"] = json!({"cursors": {"before": first.id, "after": last.id}});
        if found.len() > limit {
            let next = format!("https://graph.facebook.com/{}/{waba_id}/message_templates", request.version);
            answer["paging"]["next"] = format!("{next}?limit={limit}&after={}", last.id).into();
        }
    }
    Ok(answer)
}

/// `DELETE /{account}/message_templates?name=`: all languages, or with `hsm_id` the one.
pub fn delete(state: &Shared, request: &Request) -> Result<Value> {
    let mut world = state.graph.world();
    let waba_id = access::open(&world, request)?.waba_id;
    let name = request.query.get("name").ok_or_else(|| GraphError::missing("name"))?;
    let id = request.query.get("hsm_id");
    let is_meant = |template: &Template| {
        template.waba_id == waba_id && template.name == *name && id.is_none_or(|id| *id == template.id)
    };
    let meant: Vec<_> = world.templates.values().filter(|template| is_meant(template)).cloned().collect();
    if meant.is_empty() {
        return Err(GraphError::template(2_593_002, format!("There is no message template {name}.")));
    }
    if meant.iter().any(|template| template.status == "DISABLED") {
        return Err(GraphError::template(2_388_045, "A disabled template can't be deleted."));
    }
    meant.iter().for_each(|template| drop(world.templates.remove(&template.id)));
    Ok(json!({"success": true}))
}
