//! Which attributes a tenant's contacts have: the names that variables of a text may take.

use model::{Result, Scope, contact::Custom};

use crate::{args, columns, contacts::attributes, db::Tx};

crate::statements! {
    hot WITH_ATTRIBUTE = "broadcast.with_attribute", "
        SELECT custom FROM contact WHERE tenant_id = $1 AND custom LIKE $2 ESCAPE '\\' LIMIT 100";
}

/// Whether the tenant describes an attribute of this name, or some contact has one.
pub fn has_attribute(tx: &mut Tx, scope: &Scope, name: &str) -> Result<bool> {
    if attributes::all(tx, scope)?.iter().any(|attribute| attribute.name == name) {
        return Ok(true);
    }
    let mut pattern = String::from("%\"");
    for character in name.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push_str("\":%");
    // The text of a value may look like a name, so the names themselves decide.
    let found: Vec<Custom> = tx.query(WITH_ATTRIBUTE, &args![scope.tenant(), pattern], |row| columns::json(row, 0))?;
    Ok(found.iter().any(|custom| custom.contains_key(name)))
}
