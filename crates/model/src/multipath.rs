//! Routes with several next hops: equal-cost, or active and standby (semantics.md 7.1, 8.1).

use crate::next_hop::{self, NextHopProblem, NextHopType, NextHops, WeightedHop};
use crate::tenant::Read;
use causeway_types::VpcId;
use std::collections::BTreeSet;

/// A next hop of several, as a request names it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The id of a router interface.
    pub id: &'a str,
    /// Its kind; absent means a router interface.
    pub kind: Option<&'a str>,
    /// Its weight; absent means 100.
    pub weight: Option<i64>,
}

/// Why next hops do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultipathProblem {
    /// There are fewer than 2 or more than 16.
    Size,
    /// No such kind of next hop.
    UnknownKind,
    /// One is not a router interface.
    Kind,
    /// One is named twice.
    Repeated,
    /// A weight is outside 0 to 255, or three or more weights differ.
    Weight,
    /// Two weights differ and are not 100 and 0.
    Mode,
    /// All weights are 0.
    NoneEnabled,
}

/// Whether next hops go together, as far as values alone can tell; their weights.
pub fn weights(members: &[Member<'_>]) -> Result<Vec<u8>, MultipathProblem> {
    if !(2..=16).contains(&members.len()) {
        return Err(MultipathProblem::Size);
    }
    for kind in members.iter().filter_map(|member| member.kind) {
        match NextHopType::from_text(kind) {
            Some(NextHopType::RouterInterface) => {}
            Some(_) => return Err(MultipathProblem::Kind),
            None => return Err(MultipathProblem::UnknownKind),
        }
    }
    let ids: BTreeSet<_> = members.iter().map(|member| member.id).collect();
    if ids.len() < members.len() {
        return Err(MultipathProblem::Repeated);
    }
    let weights = members.iter().map(|member| u8::try_from(member.weight.unwrap_or(100)));
    let weights: Vec<u8> =
        weights.collect::<Result<_, _>>().map_err(|_| MultipathProblem::Weight)?;
    let equal = weights.windows(2).all(|pair| pair[0] == pair[1]);
    match weights[..] {
        [0, ..] if equal => Err(MultipathProblem::NoneEnabled),
        [100, 0] | [0, 100] => Ok(weights),
        _ if equal => Ok(weights),
        [_, _] => Err(MultipathProblem::Mode),
        _ => Err(MultipathProblem::Weight),
    }
}

/// The router interfaces that members name, with the weights of [`weights`].
pub fn resolve(
    world: &impl Read,
    vpc: VpcId,
    members: &[Member<'_>],
    weights: &[u8],
) -> Result<NextHops, NextHopProblem> {
    let hop = |(member, weight): (&Member<'_>, &u8)| {
        let id = next_hop::resolve(world, vpc, NextHopType::RouterInterface, member.id)?;
        Ok(WeightedHop { id, weight: *weight })
    };
    Ok(NextHops::Many(members.iter().zip(weights).map(hop).collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[i64]) -> Result<Vec<u8>, MultipathProblem> {
        let ids: Vec<_> = (0..given.len()).map(|n| format!("ri-{n}")).collect();
        let member = |(id, weight): (&String, &i64)| (id.clone(), *weight);
        let members: Vec<_> = ids.iter().zip(given).map(member).collect();
        let member = |(id, weight)| Member { id, kind: None, weight: Some(weight) };
        weights(&members.iter().map(|(id, weight)| member((id, *weight))).collect::<Vec<_>>())
    }

    #[test]
    fn weights_share_or_stand_by() {
        assert_eq!(check(&[100, 0]), Ok(vec![100, 0]));
        assert_eq!(check(&[0, 100]), Ok(vec![0, 100]));
        assert_eq!(check(&[255, 255, 255]), Ok(vec![255; 3]));
        assert_eq!(check(&[100; 16]), Ok(vec![100; 16]));
        assert_eq!(check(&[100; 17]), Err(MultipathProblem::Size));
        assert_eq!(check(&[100]), Err(MultipathProblem::Size));
        assert_eq!(check(&[50, 100]), Err(MultipathProblem::Mode));
        assert_eq!(check(&[50, 100, 100]), Err(MultipathProblem::Weight));
        assert_eq!(check(&[256, 256]), Err(MultipathProblem::Weight));
        assert_eq!(check(&[-1, -1]), Err(MultipathProblem::Weight));
        assert_eq!(check(&[0, 0]), Err(MultipathProblem::NoneEnabled));
    }

    #[test]
    fn members_are_distinct_router_interfaces() {
        let pair = |kind, second| {
            weights(&[
                Member { id: "ri-1", kind, weight: None },
                Member { id: second, kind: None, weight: None },
            ])
        };
        assert_eq!(pair(Some("RouterInterface"), "ri-2"), Ok(vec![100, 100]));
        assert_eq!(pair(Some("Instance"), "ri-2"), Err(MultipathProblem::Kind));
        assert_eq!(pair(Some("router"), "ri-2"), Err(MultipathProblem::UnknownKind));
        assert_eq!(pair(None, "ri-1"), Err(MultipathProblem::Repeated));
    }
}
