//! Who calls, and the proof that they may.

use crate::denial;
use crate::rights::{Enforcement, Principal, Rights};
use causeway_model::ram_session::RamSession;
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Tenant};
use causeway_ram::{Decision, Keys};
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
    /// A session of a role: what the role's policies allow, and its own if it has one.
    Session(Box<Session>),
}

/// A RAM user who calls.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    account: Box<str>,
    name: Box<str>,
    id: Box<str>,
    rights: Rights,
}

/// A session of a role that calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    account: Box<str>,
    role: Box<str>,
    role_id: Box<str>,
    name: Box<str>,
    source_identity: Option<Box<str>>,
    rights: Rights,
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

impl Origin {
    /// What conditions can ask about a call of the principal with this ARN.
    pub(crate) fn keys(&self, principal: String) -> Keys {
        let mut keys = Keys::default();
        keys.set("acs:SourceIp", self.address.to_string());
        keys.set("acs:CurrentTime", self.at.to_string());
        keys.set("acs:SecureTransport", self.secure.to_string());
        keys.set("acs:PrincipalARN", principal);
        keys
    }
}

impl Caller {
    /// A user of the account whose global tenant this is.
    pub fn user(global: &Tenant, account: &str, user: &RamUser, origin: &Origin) -> Caller {
        let (name, id) = (user.name.clone(), user.id.clone());
        let keys = origin.keys(user_arn(account, &name));
        let principal = Principal::User { name: name.clone(), id: id.clone() };
        let rights = Rights::new(global, principal, None, keys);
        Caller::User(Box::new(User { account: account.into(), name, id, rights }))
    }

    /// A session of a role of the account whose global tenant this is.
    pub fn session(
        global: &Tenant,
        account: &str,
        session: &RamSession,
        origin: &Origin,
    ) -> Caller {
        let (role, role_id) = (session.role.clone(), session.role_id.clone());
        let mut keys = origin.keys(role_arn(account, &role));
        let source_identity = session.source_identity.clone();
        if let Some(source) = source_identity.as_deref() {
            keys.set("sts:SourceIdentity", source);
        }
        let principal = Principal::Role { name: role.clone(), id: role_id.clone() };
        let rights = Rights::new(global, principal, session.policy.as_deref(), keys);
        let (account, name) = (account.into(), session.name.clone());
        Caller::Session(Box::new(Session { account, role, role_id, name, source_identity, rights }))
    }

    /// The same caller, with another consequence of what policies deny.
    pub fn enforced(mut self, enforcement: Enforcement) -> Caller {
        match &mut self {
            Caller::Root => {}
            Caller::User(user) => user.rights.enforcement = enforcement,
            Caller::Session(session) => session.rights.enforcement = enforcement,
        }
        self
    }

    /// Takes the policies as they are in the global tenant now.
    pub fn refresh(&mut self, global: &Tenant) {
        match self {
            Caller::Root => {}
            Caller::User(user) => user.rights.refresh(global),
            Caller::Session(session) => session.rights.refresh(global),
        }
    }

    /// The account that a user or a session belongs to; none for an account itself, which acts on
    /// what is its own only.
    pub fn account(&self) -> Option<&str> {
        match self {
            Caller::Root => None,
            Caller::User(user) => Some(&user.account),
            Caller::Session(session) => Some(&session.account),
        }
    }

    /// What decides about it; none for the account itself, about which nothing decides.
    pub(crate) fn rights(&self) -> Option<&Rights> {
        match self {
            Caller::Root => None,
            Caller::User(user) => Some(&user.rights),
            Caller::Session(session) => Some(&session.rights),
        }
    }

    /// Decides whether the caller may make this request of this operation, on all `resources`, where
    /// policies are enforced.
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
        if self.rights().is_some_and(|rights| rights.enforcement == Enforcement::On) {
            self.check(operation, resources, context)?;
        }
        Ok(Authorized { request, caller: self })
    }

    /// What policies say, whether or not they are enforced. `resources` are relative ones, as in a
    /// declaration, with their parameters filled in, or whole ARNs.
    ///
    /// # Errors
    /// The refusal on the first resource that is denied.
    pub fn check(
        &self,
        of: &Declaration,
        resources: &[String],
        context: &Context,
    ) -> Result<(), Refusal> {
        resources.iter().try_for_each(|resource| self.check_one(of, resource, context))
    }

    fn check_one(&self, of: &Declaration, named: &str, context: &Context) -> Result<(), Refusal> {
        let Some(rights) = self.rights() else { return Ok(()) };
        match rights.decide(&ram_action(of), &resource_arn(of, named, context)) {
            Decision::Allowed(_) => Ok(()),
            denied => {
                let account = self.account().unwrap_or(&context.account);
                Err(denial::refusal(of, account, self, denied))
            }
        }
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
}

impl Session {
    /// The name of the role.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// The id of the role.
    pub fn role_id(&self) -> &str {
        &self.role_id
    }

    /// The session's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who is behind the session, as its maker said.
    pub fn source_identity(&self) -> Option<&str> {
        self.source_identity.as_deref()
    }
}

/// The RAM action of an operation.
pub(crate) fn ram_action(of: &Declaration) -> String {
    format!("{}:{}", of.product.ram_code(), of.name)
}

/// The ARN of what an operation names: a relative resource, or an ARN already.
pub(crate) fn resource_arn(of: &Declaration, named: &str, context: &Context) -> String {
    if named.starts_with("acs:") {
        return named.to_owned();
    }
    let region = if of.product.is_global() { "" } else { &context.region.id };
    format!("acs:{}:{region}:{}:{named}", of.product.ram_code(), context.account)
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
    use causeway_model::Read;
    use causeway_model::ram_policy::{Attachment, AttachmentKey, PolicyRef, PolicyType, RamPolicy};

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
