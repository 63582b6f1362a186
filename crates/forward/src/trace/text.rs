//! A trace in words.

use super::{Cause, Hop, Lost, Origin, Outcome, Place, Reason, RoundTrip, Row, Target, Trace};
use causeway_types::{Id, Prefix};

impl Trace {
    /// The trace for people, two lines per hop; with `why` also a line per row that lost.
    pub fn text(&self, why: bool) -> String {
        let mut text = format!("{} -> {}\n", self.source, self.destination);
        for (n, hop) in self.hops.iter().enumerate() {
            text.push_str(&format!("  {}. {}\n", n + 1, hop_text(hop)));
            if let Some(row) = &hop.row {
                text.push_str(&format!("     {}\n", row_text(row)));
            }
            for lost in hop.lost.iter().filter(|_| why) {
                text.push_str(&format!("     not {}: {}\n", row_text(&lost.row), reason(lost)));
            }
        }
        text.push_str(&format!("  {}\n", outcome_text(&self.outcome)));
        text
    }
}

impl RoundTrip {
    /// Both traces for people, and whether they differ.
    pub fn text(&self, why: bool) -> String {
        let back = self.back.as_ref().map(|back| back.text(why)).unwrap_or_default();
        let verdict = match &self.back {
            None => "no answer: the packet does not arrive",
            Some(back) if !back.is_delivered() => "the answer is lost",
            Some(_) if self.asymmetric => "asymmetric: the answer takes another way",
            Some(_) => "symmetric: the answer takes the same way",
        };
        format!("{}{back}{verdict}\n", self.out.text(why))
    }
}

/// A resource in words: its kind and its id.
pub(crate) fn named(id: Id) -> String {
    let kind = match id.prefix() {
        Some(Prefix::Vpc) => "VPC",
        Some(Prefix::VRouter) => "router",
        Some(Prefix::VSwitch) => "vSwitch",
        Some(Prefix::RouteTable) => "route table",
        Some(Prefix::RouteEntry) => "route entry",
        Some(Prefix::VpnGateway) => "VPN gateway",
        Some(Prefix::VpnConnection) => "IPsec connection",
        Some(Prefix::CustomerGateway) => "customer gateway",
        Some(Prefix::Tunnel) => "tunnel",
        Some(Prefix::Instance) => "instance",
        Some(Prefix::Eni) => "network interface",
        Some(Prefix::HaVip) => "virtual IP",
        Some(Prefix::RouterInterface) => "router interface",
        Some(Prefix::Ipv4Gateway) => "IPv4 gateway",
        Some(Prefix::Ipv6Gateway) => "IPv6 gateway",
        Some(Prefix::NatGateway) => "NAT gateway",
        Some(Prefix::GatewayEndpoint) => "gateway endpoint",
        Some(Prefix::TrAttachment) => "transit router attachment",
        Some(Prefix::VpcPeer) => "VPC peering connection",
        Some(Prefix::Cen) => "CEN",
        Some(Prefix::EcrAssociation) => "ECR association",
        Some(Prefix::Endpoint) => "load balancer endpoint",
        Some(Prefix::RouteTargetGroup) => "route target group",
        Some(Prefix::TransitRouter) => "transit router",
        None => "resource",
    };
    format!("{kind} {id}")
}

fn hop_text(hop: &Hop) -> String {
    let of = hop.v_switch_id.map(|id| format!(" of vSwitch {id}")).unwrap_or_default();
    match hop.place {
        Place::SystemTable => format!("system route table {}{of}", hop.id),
        Place::CustomTable => format!("custom route table {}{of}", hop.id),
        Place::GatewayTable => format!("gateway route table {}", hop.id),
        Place::NextHops => "one of several next hops".to_owned(),
        Place::PolicyRoutes => format!("VPN gateway {}, policy-based routes", hop.id),
        Place::DestinationRoutes => format!("VPN gateway {}, destination routes", hop.id),
        Place::LearnedRoutes => format!("VPN gateway {}, routes learned by BGP", hop.id),
        Place::Inbound => format!("in by {}", named(hop.id)),
        Place::TransitRouter => format!("transit router {}", hop.id),
    }
}

pub(crate) fn row_text(row: &Row) -> String {
    let from = row.source.as_ref().map(|source| format!("from {source} to ")).unwrap_or_default();
    let mut text = format!("{from}{} -> ", row.destination);
    match row.next_hop {
        None => text.push_str("local"),
        Some(id) => text.push_str(&named(id)),
    }
    for id in &row.more_next_hops {
        text.push_str(&format!(" or {id}"));
    }
    let origin = match row.origin {
        Origin::System => "system",
        Origin::Repointed => "system, re-pointed",
        Origin::Custom => "custom",
        Origin::Published => "published by the gateway",
        Origin::PolicyRoute => "policy",
        Origin::DestinationRoute => "destination",
        Origin::ConnectionRoute => "published by the connection",
        Origin::Learned => "learned by BGP",
        Origin::Member => "next hop",
    };
    let priority = row.priority.map(|it| format!(", priority {it}")).unwrap_or_default();
    let weight = row.weight.map(|it| format!(", weight {it}")).unwrap_or_default();
    format!("{text} ({origin}{priority}{weight})")
}

fn reason(lost: &Lost) -> String {
    let place = lost.table.map(|id| format!(" {id}")).unwrap_or_default();
    match lost.reason {
        Reason::ShorterPrefix => "shorter prefix".to_owned(),
        Reason::Standby => "standby".to_owned(),
        Reason::Down => "down".to_owned(),
        Reason::NotPublished => format!("not published by{place}"),
        Reason::OtherTable => format!("in another table,{place}"),
        Reason::LowerPrecedence => "lower precedence".to_owned(),
        Reason::OtherSource => "for another source".to_owned(),
        Reason::Pending => "not in effect yet".to_owned(),
        Reason::Deleting => "being removed".to_owned(),
        Reason::Revoked => "revoked by the health check".to_owned(),
        Reason::SharesLoad => "shares the load, carries other packets".to_owned(),
    }
}

pub(crate) fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered { to: Target::VSwitch { id } } => format!("delivered in vSwitch {id}"),
        Outcome::Delivered { to: Target::Services } => {
            "delivered to the provider's services".to_owned()
        }
        Outcome::Delivered { to: Target::NextHop { id } } => format!("handed to {}", named(*id)),
        Outcome::Delivered { to: Target::FarEnd { connection, tunnels } } => {
            let tunnels: Vec<String> = tunnels.iter().map(|id| named(*id)).collect();
            let tunnels = tunnels.join(" and ");
            format!("delivered to the far end of {} by {tunnels}", named(*connection))
        }
        Outcome::Dropped { at, cause } => {
            let why = cause_text(cause);
            format!("dropped at {}: {why}", named(*at))
        }
    }
}

/// Why packets are lost, in words.
pub(crate) fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::NoRoute => "no route".to_owned(),
        Cause::NextHopGone => "it does not exist in this VPC".to_owned(),
        Cause::NextHopUnready { status } => format!("it is {status}"),
        Cause::LinkDown => "it is down".to_owned(),
        Cause::LinkDownUnnoticed => {
            "it is down, and its health check has not noticed yet".to_owned()
        }
        Cause::NoVSwitch => "no vSwitch has the address".to_owned(),
    }
}
