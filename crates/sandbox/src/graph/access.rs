//! What a call is about, and whether its token may.

use super::{
    error::{GraphError, Result},
    request::Request,
    world::{Token, World},
};

/// What the object in a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Account,
    Number,
    Media,
    Template,
}

/// An object that the token opens.
#[derive(Debug)]
pub struct Opened {
    pub kind: Kind,
    pub waba_id: String,
    pub app_id: String,
}

/// The token of a call. Missing, dead, and unknown ones are refused.
pub fn token<'a>(world: &'a World, request: &Request) -> Result<&'a Token> {
    let token = request.token().ok_or_else(|| GraphError::new(200))?;
    world.tokens.get(token).filter(|token| !token.is_revoked).ok_or_else(|| GraphError::new(190))
}

/// The object of a call, which must be the token's.
pub fn open(world: &World, request: &Request) -> Result<Opened> {
    let token = token(world, request)?;
    let found = locate(world, &request.object).filter(|(_, waba_id)| reaches(token, waba_id));
    let (kind, waba_id) = found.ok_or_else(|| GraphError::no_object(&request.object))?;
    Ok(Opened { kind, waba_id, app_id: token.app_id.clone() })
}

pub fn reaches(token: &Token, waba_id: &str) -> bool {
    token.accounts.as_ref().is_none_or(|accounts| accounts.contains(waba_id))
}

fn locate(world: &World, id: &str) -> Option<(Kind, String)> {
    if world.accounts.contains_key(id) {
        return Some((Kind::Account, id.to_owned()));
    }
    if let Some(number) = world.numbers.get(id) {
        return Some((Kind::Number, number.waba_id.clone()));
    }
    if let Some(template) = world.templates.get(id) {
        return Some((Kind::Template, template.waba_id.clone()));
    }
    let number = world.numbers.get(&world.media.get(id)?.number)?;
    Some((Kind::Media, number.waba_id.clone()))
}
