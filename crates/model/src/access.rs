//! Who asks and what they may do. Authorisation is a value: [`Caller::require`] is the only maker of a [`Scope`] from
//! outside, and every store function that touches a tenant's data takes one.

use std::net::IpAddr;

use crate::{ApiKey, Error, Id, Result, Tenant, User, word::words};

words! {
    /// What a member of a tenant may do, from high to low.
    pub enum Role { Owner = "OWNER", Admin = "ADMIN", Manager = "MANAGER", Agent = "AGENT", Viewer = "VIEWER" }
}

/// One thing that may be allowed. Every endpoint asks for exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Look at everything but keys.
    Read,
    /// Answer, assign and close conversations; send messages; edit contacts.
    Converse,
    /// Create, change and remove contacts in bulk, broadcasts and bots.
    Manage,
    /// API keys, people and settings.
    Administer,
}

impl Permission {
    /// The lowest role that has it.
    pub const fn lowest_role(self) -> Role {
        match self {
            Permission::Read => Role::Viewer,
            Permission::Converse => Role::Agent,
            Permission::Manage => Role::Manager,
            Permission::Administer => Role::Admin,
        }
    }
}

impl Role {
    /// Whether this role may do what `permission` names.
    pub fn allows(self, permission: Permission) -> bool {
        // Declared from high to low, so a smaller role is a higher one.
        self <= permission.lowest_role()
    }
}

/// Who acts, for the timeline and the activity log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    User(Id<User>),
    Key(Id<ApiKey>),
    /// The installation itself: an inbound event, a schedule, the command line.
    System,
}

/// A caller that proved who they are, before it is known what they want.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    pub tenant: Id<Tenant>,
    pub actor: Actor,
    pub role: Role,
    pub origin: Origin,
}

impl Caller {
    /// The permission to act for the caller's tenant, or a refusal that names the role which has it.
    pub fn require(&self, permission: Permission) -> Result<Scope> {
        if self.role.allows(permission) {
            return Ok(Scope { tenant: self.tenant, actor: self.actor, origin: self.origin });
        }
        let lowest = permission.lowest_role();
        Err(Error::forbidden(format!("This needs the role {lowest} or higher; you have {}.", self.role)))
    }
}

/// The right to act within one tenant.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    tenant: Id<Tenant>,
    actor: Actor,
    origin: Origin,
}

/// Over which door somebody came in, for the activity log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From this address, if it is known.
    Http(Option<IpAddr>),
    Mcp(Option<IpAddr>),
    /// The command line, or the installation by itself.
    Internal,
}

impl Scope {
    /// The installation acting for a tenant by itself; never built from a request.
    pub const fn system(tenant: Id<Tenant>) -> Self {
        Self { tenant, actor: Actor::System, origin: Origin::Internal }
    }

    /// The installation going on with what somebody was allowed to begin; never built from a request.
    pub const fn on_behalf_of(tenant: Id<Tenant>, actor: Actor) -> Self {
        Self { tenant, actor, origin: Origin::Internal }
    }

    pub const fn tenant(&self) -> Id<Tenant> {
        self.tenant
    }

    /// The same right, from a door that is known.
    pub const fn through(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    pub const fn origin(&self) -> Origin {
        self.origin
    }

    pub const fn actor(&self) -> Actor {
        self.actor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_may_do_all_that_a_lower_one_may() {
        assert!(Role::Owner.allows(Permission::Administer));
        assert!(Role::Admin.allows(Permission::Administer));
        assert!(!Role::Manager.allows(Permission::Administer));
        assert!(Role::Agent.allows(Permission::Converse));
        assert!(!Role::Viewer.allows(Permission::Converse));
        assert!(Role::Viewer.allows(Permission::Read));
    }
}
