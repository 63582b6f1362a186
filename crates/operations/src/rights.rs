//! What a caller's policies allow.

use causeway_model::ram_group;
use causeway_model::ram_policy::{self, FIRST_VERSION, Holder, PolicyRef, PolicyType, RamPolicy};
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

/// What becomes of a call that policies deny.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Enforcement {
    /// It is denied.
    #[default]
    On,
    /// It is allowed, and told: policies are tried out.
    Soft,
    /// It is allowed: policies are not asked.
    Off,
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
    /// What becomes of what they deny.
    pub enforcement: Enforcement,
}

impl Rights {
    /// What these principal's policies allow now, within a session's policy if there is one.
    pub fn new(global: &Tenant, principal: Principal, session: Option<&str>, keys: Keys) -> Rights {
        let (revision, policies) = (global.revision(), principal.policies(global));
        let session = session.map(|document| Policy::parse(document).ok());
        let enforcement = Enforcement::On;
        Rights { principal, revision, policies, session, keys, enforcement }
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
    /// Who holds what counts for it.
    fn holders(&self, global: &Tenant) -> Vec<Holder> {
        match self {
            Principal::User { name, id } => {
                if global.get::<RamUser>(name).is_none_or(|user| user.id != *id) {
                    return Vec::new();
                }
                let groups = ram_group::of_user(global, name).map(|it| it.key.group.clone());
                let own = Holder::User(name.clone());
                std::iter::once(own).chain(groups.map(Holder::Group)).collect()
            }
            Principal::Role { name, id } => {
                if global.get::<RamRole>(name).is_none_or(|role| role.id != *id) {
                    return Vec::new();
                }
                vec![Holder::Role(name.clone())]
            }
        }
    }

    /// The policies that count for it, each with its holder, in the order in which they decide.
    pub fn held(&self, global: &Tenant) -> Vec<(Holder, PolicyRef)> {
        let of = |holder: Holder| {
            let attached = ram_policy::attached(global, &holder);
            let policies: Vec<_> = attached.into_iter().map(|(policy, _)| policy.clone()).collect();
            policies.into_iter().map(move |policy| (holder.clone(), policy))
        };
        self.holders(global).into_iter().flat_map(of).collect()
    }

    /// None when one of the policies cannot be read.
    fn policies(&self, global: &Tenant) -> Option<Vec<Policy>> {
        self.held(global).iter().map(|(_, policy)| read(global, policy)).collect()
    }
}

/// A policy as it has effect; none when it cannot be read.
pub(crate) fn read(global: &Tenant, policy: &PolicyRef) -> Option<Policy> {
    Policy::parse(in_effect(global, policy)?.1).ok()
}

/// The version of a policy that has effect: its number and its document.
pub(crate) fn in_effect<'a>(global: &'a Tenant, policy: &PolicyRef) -> Option<(u32, &'a str)> {
    match policy.kind {
        PolicyType::System => Some((FIRST_VERSION, system::find(&policy.name)?.document)),
        PolicyType::Custom => {
            let version = global.get::<RamPolicy>(&policy.name)?.in_effect()?;
            Some((version.number, &version.document))
        }
    }
}

#[cfg(test)]
#[path = "rights_tests.rs"]
mod tests;
