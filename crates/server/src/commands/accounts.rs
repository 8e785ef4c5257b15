//! `tenant`, `user`, `key`: who may do what.

use std::io::Read;

use app::accounts::{self, NewKey, NewUser};
use model::{Error, Permission, Result, key_limits::KeyLimits};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Context, id};
use crate::cli::{KeyCmd, TenantCmd, UserCmd};

pub async fn tenant(context: &Context, command: TenantCmd) -> Result<()> {
    match command {
        TenantCmd::Create { name } => {
            let (tenant, key) = accounts::create_tenant(&context.app, &name).await?;
            let api_key = key.key.expose_secret();
            let document = json!({
                "tenant_id": tenant.id, "name": tenant.name, "api_key": api_key, "api_key_id": key.row.id,
                "role": key.row.role, "created_at": tenant.created_at,
            });
            context.output.done(&document, || {
                vec![
                    format!("Tenant {} is {}.", tenant.name, tenant.id),
                    "Its API key is shown only now; keep it safe:".into(),
                    format!("export JINA_API_KEY={api_key}"),
                ]
            })
        }
        TenantCmd::List => {
            let tenants = accounts::tenants(&context.app).await?;
            let row =
                |t: &store::tenants::TenantRow| json!({"tenant_id": t.id, "name": t.name, "created_at": t.created_at});
            let rows: Vec<Value> = tenants.iter().map(row).collect();
            let line = |t: &Value| format!("{}  {}  {}", word(t, "tenant_id"), word(t, "created_at"), word(t, "name"));
            context.output.list(&rows, line, "There is no tenant yet. Make one: jina-connect tenant create --name Acme")
        }
    }
}

pub async fn user(context: &Context, command: UserCmd) -> Result<()> {
    match command {
        UserCmd::Create { tenant, email, name, role } => {
            let tenant = context.caller(&tenant).await?.tenant;
            let name = if name.is_empty() { email.clone() } else { name };
            let new = NewUser { email, name, password: password()?, tenant, role };
            let user = accounts::create_user(&context.app, new).await?;
            let document =
                json!({"id": user.id, "email": user.email, "name": user.name, "role": role, "tenant_id": tenant});
            context.output.done(&document, || vec![format!("{} can sign in as {role}.", user.email)])
        }
        UserCmd::List { tenant } => {
            let tenant = context.caller(&tenant).await?.tenant;
            let members = accounts::members(&context.app, tenant).await?;
            let row = |m: &store::tenants::Member| json!({"id": m.user, "email": m.email, "name": m.name, "role": m.role, "is_active": m.is_active});
            let rows: Vec<Value> = members.iter().map(row).collect();
            let line = |m: &Value| {
                format!("{}  {:<8} {}  {}", word(m, "id"), word(m, "role"), word(m, "email"), word(m, "name"))
            };
            context.output.list(&rows, line, "Nobody yet. Let somebody in: jina-connect user create --help")
        }
        UserCmd::Passwd { email } => {
            accounts::set_password(&context.app, &email, &password()?).await?;
            let said = format!("{email} has a new password and is signed out everywhere.");
            context.output.done(&json!({"email": email}), || vec![said])
        }
    }
}

pub async fn key(context: &Context, command: KeyCmd) -> Result<()> {
    match command {
        KeyCmd::Create { tenant, name, role, tools, bots, chats } => {
            let caller = context.caller(&tenant).await?;
            let limits = limits(tools, &bots, chats)?;
            let new = NewKey { name, role: Some(role), expires_at: None, limits };
            let made = accounts::create_key(&context.app, &caller, new).await?;
            let api_key = made.key.expose_secret();
            let document = json!({
                "id": made.row.id, "name": made.row.name, "key": api_key, "prefix": made.row.prefix,
                "role": made.row.role, "tenant_id": caller.tenant, "created_at": made.row.created_at,
                "limits": made.row.limits,
            });
            context.output.done(&document, || {
                vec!["The key is shown only now; keep it safe:".into(), format!("export JINA_API_KEY={api_key}")]
            })
        }
        KeyCmd::List { tenant } => {
            let scope = context.caller(&tenant).await?.require(Permission::Administer)?;
            let keys = context.app.db.read(move |tx| store::keys::all(tx, &scope)).await?;
            let row = |k: &store::keys::KeyRow| {
                json!({"id": k.id, "name": k.name, "prefix": k.prefix, "role": k.role, "created_at": k.created_at,
                    "expires_at": k.expires_at, "last_used_at": k.last_used_at, "limits": k.limits})
            };
            let rows: Vec<Value> = keys.iter().map(row).collect();
            let line = |k: &Value| {
                format!("{}  {:<8} {}…  {}", word(k, "id"), word(k, "role"), word(k, "prefix"), word(k, "name"))
            };
            context.output.list(&rows, line, "There are no keys. Make one: jina-connect key create --help")
        }
        KeyCmd::Revoke { tenant, id: text } => {
            let caller = context.caller(&tenant).await?;
            let scope = caller.require(Permission::Administer)?;
            accounts::revoke_key(&context.app, &scope, caller.role, id(&text)?).await?;
            context.output.done(&json!({"id": text}), || vec![format!("The key {text} is revoked.")])
        }
    }
}

/// What a key for an agent is limited to; nothing said is no limit.
fn limits(tools: Vec<String>, bots: &[String], chats: Vec<i64>) -> Result<Option<KeyLimits>> {
    let bots = bots.iter().map(|text| id(text)).collect::<Result<Vec<_>>>()?;
    let (tools, bots, chats) = (some(tools), some(bots), some(chats));
    let is_limited = tools.is_some() || bots.is_some() || chats.is_some();
    Ok(is_limited.then_some(KeyLimits { tools, bots, chats }))
}

fn some<T>(named: Vec<T>) -> Option<Vec<T>> {
    Some(named).filter(|named| !named.is_empty())
}

fn word<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

/// A password from standard input, so that it stands in no process list and no history.
fn password() -> Result<SecretString> {
    let mut text = String::new();
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut text)
        .map_err(|e| Error::invalid("The password could not be read from standard input.").with_source(e))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Error::invalid("Give the password on standard input: printf %s \"$PASSWORD\" | jina-connect …"));
    }
    Ok(password.into())
}
