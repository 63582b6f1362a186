//! The standard scene of RAM's examples.

use super::World;
use causeway_model::ram_group::{Membership, MembershipKey, RamGroup};
use causeway_model::ram_policy::{self, Holder, PolicyRef, PolicyType, RamPolicy};
use causeway_model::ram_role::RamRole;
use causeway_model::ram_user::{AccessKey, Profile, RamUser};

const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:*",
    "Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}"#;

impl World {
    /// Users `alice` (key `$ak`) and `carol` (nothing), groups `writers` (alice is in it) and
    /// `empty`, roles `router` and `idle`, a policy `routes` with two versions, attached to alice,
    /// the group and the first role, and a policy `spare`.
    pub(super) fn scene_ram(&mut self) {
        let (created, updated) = (self.context.now, self.context.now);
        for (name, id, access_keys) in [
            ("alice", "200000000000000001", vec!["LTAI5tscenescenescene000".into()]),
            ("carol", "200000000000000002", vec![]),
        ] {
            let (name, id, profile) = (name.into(), id.into(), Profile::default());
            self.put(RamUser { name, id, profile, access_keys, created, updated });
        }
        self.name("$ak", "LTAI5tscenescenescene000");
        self.put(AccessKey {
            id: "LTAI5tscenescenescene000".into(),
            secret: "scene-secret".into(),
            user: "alice".into(),
            active: true,
            created,
        });
        for (name, id) in [("writers", "g-scenescenescene1"), ("empty", "g-scenescenescene2")] {
            let (name, id, comments) = (name.into(), id.into(), None);
            self.put(RamGroup { name, id, comments, created, updated });
        }
        let key = MembershipKey { user: "alice".into(), group: "writers".into() };
        self.put(Membership { key, joined: created });
        for (name, id) in [("router", "300000000000000001"), ("idle", "300000000000000002")] {
            let (name, id, trust) = (name.into(), id.into(), TRUST.into());
            let (description, session_max_s) = (None, 3600);
            self.put(RamRole { name, id, description, trust, session_max_s, created, updated });
        }
        let document =
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:*","Resource":"*"}]}"#;
        self.put(RamPolicy::new("spare", None, document.into(), created));
        let mut routes = RamPolicy::new("routes", None, document.into(), created);
        routes.add_version(document.replace("vpc:*", "vpc:Describe*").into(), false, created);
        self.put(routes);
        let policy = PolicyRef { kind: PolicyType::Custom, name: "routes".into() };
        for holder in [
            Holder::User("alice".into()),
            Holder::Group("writers".into()),
            Holder::Role("router".into()),
        ] {
            self.edit(|txn| ram_policy::attach(txn, &holder, policy.clone()));
        }
    }
}
