//! Who calls, and the proof that they may.

use crate::denial;
use causeway_model::ram_group;
use causeway_model::ram_policy::{self, Holder, PolicyType, RamPolicy};
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_ram::{Decision, Keys, Policy, evaluate, system};
use causeway_spec::{Declaration, Refusal};
use causeway_types::Timestamp;
use std::net::IpAddr;

/// Who calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Caller {
    /// The account itself: its root key may do everything within the account.
    Root,
    /// A RAM user: what its policies allow.
    User(Box<User>),
}

/// A RAM user who calls.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    name: Box<str>,
    id: Box<str>,
    grants: Grants,
    /// What conditions can ask about this call.
    keys: Keys,
}

/// The policies of a user at one revision of the global tenant.
#[derive(Clone, Debug, PartialEq)]
struct Grants {
    revision: u64,
    /// None when one cannot be read: it might deny, so nothing is allowed.
    policies: Option<Vec<Policy>>,
}

/// Where a call comes from, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The client's address.
    pub address: IpAddr,
    /// Whether it came over TLS.
    pub secure: bool,
    /// When it arrived.
    pub at: Timestamp,
}

/// A request whose caller may do what it asks. Only [`Caller::authorize`] makes one, and `run`
/// takes nothing else, so no operation can be reached around authorization.
#[derive(Debug)]
pub struct Authorized<'a, R> {
    request: &'a R,
    caller: &'a Caller,
}

impl<R> Authorized<'_, R> {
    /// Who asks.
    pub fn caller(&self) -> &Caller {
        self.caller
    }
}

impl<R> std::ops::Deref for Authorized<'_, R> {
    type Target = R;
    fn deref(&self) -> &R {
        self.request
    }
}

impl Caller {
    /// A user of the account whose global tenant this is.
    pub fn user(global: &Tenant, account: &str, user: &RamUser, origin: &Origin) -> Caller {
        let (name, id) = (user.name.clone(), user.id.clone());
        let mut keys = Keys::default();
        keys.set("acs:SourceIp", origin.address.to_string());
        keys.set("acs:CurrentTime", origin.at.to_string());
        keys.set("acs:SecureTransport", origin.secure.to_string());
        keys.set("acs:PrincipalARN", user_arn(account, &name));
        let grants = Grants::of(global, &name, &id);
        Caller::User(Box::new(User { name, id, grants, keys }))
    }

    /// Takes the policies as they are in the global tenant now.
    pub fn refresh(&mut self, global: &Tenant) {
        if let Caller::User(user) = self
            && user.grants.revision != global.revision()
        {
            user.grants = Grants::of(global, &user.name, &user.id);
        }
    }

    /// Decides whether the caller may make this request of this operation, on all `resources`:
    /// relative ones, as in a declaration, with their parameters filled in.
    ///
    /// It is decided before anything is looked up, so a denied caller gets the same answer whether
    /// or not a resource exists (against semantics.md 2.1, where existence comes first).
    pub fn authorize<'a, R>(
        &'a self,
        operation: &Declaration,
        resources: &[String],
        context: &Context,
        request: &'a R,
    ) -> Result<Authorized<'a, R>, Refusal> {
        if let Caller::User(user) = self {
            for resource in resources {
                user.check(operation, resource, context)?;
            }
        }
        Ok(Authorized { request, caller: self })
    }
}

impl User {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn check(&self, of: &Declaration, relative: &str, context: &Context) -> Result<(), Refusal> {
        let service = of.product.ram_code();
        let action = format!("{service}:{}", of.name);
        let region = if of.product.is_global() { "" } else { &context.region.id };
        let resource = format!("acs:{service}:{region}:{}:{relative}", context.account);
        let request =
            causeway_ram::Request { action: &action, resource: &resource, keys: &self.keys };
        let decision = match &self.grants.policies {
            Some(policies) => evaluate(policies, None, &request),
            None => Decision::ImplicitDeny,
        };
        match decision {
            Decision::Allowed(_) => Ok(()),
            denied => Err(denial::refusal(of, &context.account, &self.id, denied)),
        }
    }
}

impl Grants {
    fn of(global: &Tenant, name: &str, id: &str) -> Grants {
        let user = global.get::<RamUser>(&name.into());
        let policies = match user.filter(|user| *user.id == *id) {
            Some(_) => {
                let groups = ram_group::of_user(global, name).map(|it| it.key.group.clone());
                let own = Holder::User(name.into());
                policies(global, std::iter::once(own).chain(groups.map(Holder::Group)))
            }
            None => Some(Vec::new()),
        };
        Grants { revision: global.revision(), policies }
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

/// The ARN of a role.
pub(crate) fn role_arn(account: &str, name: &str) -> String {
    format!("acs:ram::{account}:role/{name}")
}

/// The ARN of a user.
pub(crate) fn user_arn(account: &str, name: &str) -> String {
    format!("acs:ram::{account}:user/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use crate::vpc::OPERATIONS;
    use causeway_model::ram_policy::{Attachment, AttachmentKey, PolicyRef};

    /// A world whose user `alice` has these policies.
    fn world(policies: &[(&str, &str)]) -> World {
        let mut world = World::new();
        world.call("CreateUser", &[("UserName", "alice")]).unwrap();
        for (kind, name) in policies {
            let pairs = [("PolicyType", *kind), ("PolicyName", *name), ("UserName", "alice")];
            world.call("AttachPolicyToUser", &pairs).unwrap();
        }
        world
    }

    fn alice(world: &World) -> Caller {
        let user = world.tenant.get::<RamUser>(&"alice".into()).unwrap();
        let address = IpAddr::from([127, 0, 0, 1]);
        let origin = Origin { address, secure: false, at: world.context.now };
        Caller::user(&world.tenant, &world.context.account, user, &origin)
    }

    fn may(caller: &Caller, world: &World) -> bool {
        let operation = &OPERATIONS[0].declaration;
        caller.authorize(operation, &["vpc/*".into()], &world.context, &()).is_ok()
    }

    #[test]
    fn policies_are_taken_as_they_are_now() {
        let mut world = world(&[]);
        let mut caller = alice(&world);
        assert!(!may(&caller, &world));
        let pairs = [
            ("PolicyType", "System"),
            ("PolicyName", "AliyunVPCFullAccess"),
            ("UserName", "alice"),
        ];
        world.call("AttachPolicyToUser", &pairs).unwrap();
        caller.refresh(&world.tenant);
        assert!(may(&caller, &world));
        // Another user of the same name is another user.
        world.update::<RamUser>(&"alice".into(), |user| user.id = "200000000000000009".into());
        caller.refresh(&world.tenant);
        assert!(!may(&caller, &world));
        assert!(may(&alice(&world), &world));
    }

    #[test]
    fn what_a_group_holds_counts_for_its_users() {
        let mut world = world(&[]);
        world.call("CreateGroup", &[("GroupName", "writers")]).unwrap();
        let full = ("PolicyName", "AliyunVPCFullAccess");
        let full = [("PolicyType", "System"), full, ("GroupName", "writers")];
        world.call("AttachPolicyToGroup", &full).unwrap();
        assert!(!may(&alice(&world), &world));
        let member = [("UserName", "alice"), ("GroupName", "writers")];
        world.call("AddUserToGroup", &member).unwrap();
        assert!(may(&alice(&world), &world));
        let deny = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
        world.call("CreatePolicy", &[("PolicyName", "no"), ("PolicyDocument", deny)]).unwrap();
        let no = [("PolicyType", "Custom"), ("PolicyName", "no"), ("UserName", "alice")];
        world.call("AttachPolicyToUser", &no).unwrap();
        assert!(!may(&alice(&world), &world));
        world.call("DetachPolicyFromUser", &no).unwrap();
        world.call("RemoveUserFromGroup", &member).unwrap();
        assert!(!may(&alice(&world), &world));
    }

    /// A version has effect as soon as it is the default, and no other has.
    #[test]
    fn the_default_version_decides() {
        let mut world = world(&[]);
        let document = |action: &str| {
            let statement = r#"{"Effect":"Allow","Action":"$","Resource":"*"}"#;
            format!(r#"{{"Version":"1","Statement":[{statement}]}}"#).replace('$', action)
        };
        let (none, all) = (document("ecs:*"), document("vpc:*"));
        let name = ("PolicyName", "routes");
        world.call("CreatePolicy", &[name, ("PolicyDocument", &none)]).unwrap();
        let attach = [name, ("PolicyType", "Custom"), ("UserName", "alice")];
        world.call("AttachPolicyToUser", &attach).unwrap();
        world.call("CreatePolicyVersion", &[name, ("PolicyDocument", &all)]).unwrap();
        assert!(!may(&alice(&world), &world));
        for (version, expected) in [("v2", true), ("v1", false)] {
            world.call("SetDefaultPolicyVersion", &[name, ("VersionId", version)]).unwrap();
            assert_eq!(may(&alice(&world), &world), expected, "{version}");
        }
    }

    /// It might deny.
    #[test]
    fn a_policy_that_cannot_be_read_allows_nothing() {
        let mut world = world(&[("System", "AdministratorAccess")]);
        assert!(may(&alice(&world), &world));
        let created = world.context.now;
        world.put(RamPolicy::new("odd", None, "{".into(), created));
        let policy = PolicyRef { kind: PolicyType::Custom, name: "odd".into() };
        let key = AttachmentKey { user: "alice".into(), policy };
        world.put(Attachment { key, attached: created });
        assert!(!may(&alice(&world), &world));
    }
}
