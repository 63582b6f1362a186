//! Rights against a second reading of the same facts, written from the definition.

use super::{Principal, Rights};
use crate::testing::World;
use causeway_model::ram_group::{Membership, MembershipKey, RamGroup};
use causeway_model::ram_policy::{self, Holder, PolicyRef, PolicyType, RamPolicy};
use causeway_model::ram_role::RamRole;
use causeway_model::ram_user::{Profile, RamUser};
use causeway_ram::{Decision, Keys};
use proptest::prelude::*;
use proptest::sample::select;

/// An action pattern, and which of [`ACTIONS`] it means.
const PATTERNS: &[(&str, [bool; 3])] = &[
    ("*", [true, true, true]),
    ("vpc:*", [true, true, false]),
    ("vpc:Describe*", [false, true, false]),
    ("ram:*", [false, false, true]),
    ("ecs:*", [false, false, false]),
];
const ACTIONS: [&str; 3] = ["vpc:CreateVpc", "vpc:DescribeVpcs", "ram:GetUser"];

/// Statements: whether each allows, and its pattern.
type Statements = Vec<(bool, (&'static str, [bool; 3]))>;

fn statements() -> impl Strategy<Value = Statements> {
    prop::collection::vec((prop::bool::weighted(0.7), select(PATTERNS)), 1..3)
}

fn document(statements: &Statements) -> String {
    let texts: Vec<String> = statements
        .iter()
        .map(|(allows, (pattern, _))| {
            let effect = if *allows { "Allow" } else { "Deny" };
            format!(r#"{{"Effect":"{effect}","Action":"{pattern}","Resource":"*"}}"#)
        })
        .collect();
    format!(r#"{{"Version":"1","Statement":[{}]}}"#, texts.join(","))
}

/// The definition: something allows, and nothing denies.
fn allows<'a>(all: impl Iterator<Item = &'a Statements>, action: usize) -> bool {
    let meant: Vec<bool> =
        all.flatten().filter(|(_, (_, means))| means[action]).map(|(allows, _)| *allows).collect();
    !meant.is_empty() && meant.iter().all(|allows| *allows)
}

/// Who holds what: alice, two groups, the role; each policy is held by any of them.
#[derive(Clone, Debug)]
struct Facts {
    policies: Vec<(Statements, [bool; 4])>,
    member: [bool; 2],
    session: Option<Statements>,
}

fn facts() -> impl Strategy<Value = Facts> {
    let policies = prop::collection::vec((statements(), any::<[bool; 4]>()), 0..4);
    (policies, any::<[bool; 2]>(), prop::option::of(statements()))
        .prop_map(|(policies, member, session)| Facts { policies, member, session })
}

fn world(facts: &Facts) -> World {
    let mut world = World::new();
    let (created, updated) = (world.context.now, world.context.now);
    let (name, id, profile) = ("alice".into(), "2".into(), Profile::default());
    world.put(RamUser { name, id, profile, access_keys: vec![], created, updated });
    // Another user, to whom nothing of this may count.
    let (name, id, profile) = ("alic".into(), "1".into(), Profile::default());
    world.put(RamUser { name, id, profile, access_keys: vec![], created, updated });
    let (name, id, trust) = ("role".into(), "3".into(), "".into());
    let (description, session_max_s) = (None, 3600);
    world.put(RamRole { name, id, description, trust, session_max_s, created, updated });
    for (at, group) in ["g0", "g1"].into_iter().enumerate() {
        let (name, id, comments) = (group.into(), group.into(), None);
        world.put(RamGroup { name, id, comments, created, updated });
        if facts.member[at] {
            let key = MembershipKey { user: "alice".into(), group: group.into() };
            world.put(Membership { key, joined: created });
        }
    }
    let holders = [
        Holder::User("alice".into()),
        Holder::Group("g0".into()),
        Holder::Group("g1".into()),
        Holder::Role("role".into()),
    ];
    for (at, (statements, held)) in facts.policies.iter().enumerate() {
        let name = format!("p{at}");
        world.put(RamPolicy::new(&name, None, document(statements).into(), created));
        let policy = PolicyRef { kind: PolicyType::Custom, name: name.into() };
        for (holder, _) in holders.iter().zip(held).filter(|(_, held)| **held) {
            world.edit(|txn| ram_policy::attach(txn, holder, policy.clone()));
        }
    }
    world
}

fn may(world: &World, principal: Principal, session: Option<&Statements>, action: usize) -> bool {
    let session = session.map(document);
    let rights = Rights::new(&world.tenant, principal, session.as_deref(), Keys::default());
    matches!(rights.decide(ACTIONS[action], "acs:vpc:cn-hangzhou:1:x/y"), Decision::Allowed(_))
}

fn user(name: &str, id: &str) -> Principal {
    Principal::User { name: name.into(), id: id.into() }
}

fn role(id: &str) -> Principal {
    Principal::Role { name: "role".into(), id: id.into() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn rights_equal_the_definition(facts in facts()) {
        let world = world(&facts);
        let held_by = |holders: &'static [usize], member: [bool; 4]| {
            let held = move |held: &[bool; 4]| holders.iter().any(|at| held[*at] && member[*at]);
            facts.policies.iter().filter(move |(_, by)| held(by)).map(|(it, _)| it)
        };
        let member = [true, facts.member[0], facts.member[1], true];
        for action in 0..ACTIONS.len() {
            let alice = allows(held_by(&[0, 1, 2], member), action);
            prop_assert_eq!(may(&world, user("alice", "2"), None, action), alice);
            let within = facts.session.as_ref().is_none_or(|it| allows([it].into_iter(), action));
            let by_role = allows(held_by(&[3], member), action) && within;
            prop_assert_eq!(may(&world, role("3"), facts.session.as_ref(), action), by_role);
            // Namesakes, and others, hold nothing.
            prop_assert!(!may(&world, user("alice", "9"), None, action));
            prop_assert!(!may(&world, user("alic", "1"), None, action));
            prop_assert!(!may(&world, role("9"), None, action));
        }
    }

    /// Whoever holds it, a policy that denies allows nothing more to anybody.
    #[test]
    fn another_deny_never_allows(
        facts in facts(),
        pattern in select(PATTERNS),
        held in any::<[bool; 4]>(),
    ) {
        let mut more = facts.clone();
        more.policies.push((vec![(false, pattern)], held));
        let (before, after) = (world(&facts), world(&more));
        let session = facts.session.as_ref();
        for action in 0..ACTIONS.len() {
            for (principal, session) in [(user("alice", "2"), None), (role("3"), session)] {
                let was = may(&before, principal.clone(), session, action);
                prop_assert!(was || !may(&after, principal, session, action));
            }
        }
    }
}
