//! What a caller's policies allow.

use causeway_model::ram_group;
use causeway_model::ram_policy::{self, Holder, PolicyType, RamPolicy};
use causeway_model::ram_role::RamRole;
use causeway_model::ram_user::RamUser;
use causeway_model::{Read, Tenant};
use causeway_ram::{Decision, Keys, Policy, Request, evaluate, system};

/// Whose policies decide: by name and id, because another one of the same name is another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Principal {
    /// A user's own policies, and those of the groups the user is in.
    User { name: Box<str>, id: Box<str> },
    /// A role's policies.
    Role { name: Box<str>, id: Box<str> },
}

/// A caller's policies at one revision of the global tenant, and what conditions ask about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rights {
    principal: Principal,
    revision: u64,
    /// None when one cannot be read: it might deny, so nothing is allowed.
    policies: Option<Vec<Policy>>,
    /// The session's own policy, which has to allow as well; the inner one is none when it cannot
    /// be read.
    session: Option<Option<Policy>>,
    /// What conditions can ask about this call.
    pub keys: Keys,
}

impl Rights {
    /// What these principal's policies allow now, within a session's policy if there is one.
    pub fn new(global: &Tenant, principal: Principal, session: Option<&str>, keys: Keys) -> Rights {
        let (revision, policies) = (global.revision(), principal.policies(global));
        let session = session.map(|document| Policy::parse(document).ok());
        Rights { principal, revision, policies, session, keys }
    }

    /// Takes the policies as they are now.
    pub fn refresh(&mut self, global: &Tenant) {
        if self.revision != global.revision() {
            (self.revision, self.policies) = (global.revision(), self.principal.policies(global));
        }
    }

    /// Decides on one action on one resource.
    pub fn decide(&self, action: &str, resource: &str) -> Decision {
        let request = Request { action, resource, keys: &self.keys };
        match (&self.policies, &self.session) {
            (_, Some(None)) => Decision::SessionDeny(None),
            (None, _) => Decision::ImplicitDeny,
            (Some(policies), None) => evaluate(policies, None, &request),
            (Some(policies), Some(Some(within))) => evaluate(policies, Some(within), &request),
        }
    }
}

impl Principal {
    fn policies(&self, global: &Tenant) -> Option<Vec<Policy>> {
        match self {
            Principal::User { name, id } => {
                if global.get::<RamUser>(name).is_none_or(|user| user.id != *id) {
                    return Some(Vec::new());
                }
                let groups = ram_group::of_user(global, name).map(|it| it.key.group.clone());
                let own = Holder::User(name.clone());
                policies(global, std::iter::once(own).chain(groups.map(Holder::Group)))
            }
            Principal::Role { name, id } => {
                if global.get::<RamRole>(name).is_none_or(|role| role.id != *id) {
                    return Some(Vec::new());
                }
                policies(global, std::iter::once(Holder::Role(name.clone())))
            }
        }
    }
}

/// What is attached to these holders; none when one of the policies cannot be read.
fn policies(global: &Tenant, holders: impl Iterator<Item = Holder>) -> Option<Vec<Policy>> {
    let mut all = Vec::new();
    for holder in holders {
        for (policy, _) in ram_policy::attached(global, &holder) {
            all.push(Policy::parse(document(global, policy.kind, &policy.name)?).ok()?);
        }
    }
    Some(all)
}

/// The document of a policy that has effect.
fn document<'a>(global: &'a impl Read, kind: PolicyType, name: &str) -> Option<&'a str> {
    match kind {
        PolicyType::System => Some(system::find(name)?.document),
        PolicyType::Custom => Some(&global.get::<RamPolicy>(&name.into())?.in_effect()?.document),
    }
}

#[cfg(test)]
#[path = "rights_tests.rs"]
mod tests;
