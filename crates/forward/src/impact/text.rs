//! Impact in words.

use super::{Dead, Effect, Impact, Move, TableImpact, TableKind};
use crate::trace::text::{named, row_text};
use causeway_types::Cidr;

/// Prefixes named on a line.
const NAMED: usize = 6;

impl Impact {
    /// The impact for people, table by table, the worst first within each.
    pub fn text(&self) -> String {
        if self.is_empty() {
            return "no packet takes another way\n".to_owned();
        }
        let mut text: String = self.tables.iter().map(TableImpact::text).collect();
        if self.truncated {
            text.push_str("there is more; it is left out here\n");
        }
        text
    }
}

impl TableImpact {
    fn text(&self) -> String {
        let mut text = format!("{}{}\n", named(self.id), self.whom());
        for it in &self.moves {
            text.push_str(&it.text());
        }
        if let Some(count) = self.move_count {
            text.push_str(&format!("  ... {count} ranges in all\n"));
        }
        for it in &self.dead {
            text.push_str(&format!(
                "  carries nothing: {}: {}\n",
                row_text(&it.row),
                it.why.text()
            ));
        }
        for row in &self.alive {
            text.push_str(&format!("  carries traffic again: {}\n", row_text(row)));
        }
        for row in &self.alone {
            text.push_str(&format!("  standby without an active route: {}\n", row_text(row)));
        }
        text
    }

    fn whom(&self) -> String {
        let ids: Vec<String> =
            self.v_switch_ids.iter().take(NAMED).map(ToString::to_string).collect();
        let more = self.v_switch_ids.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        if let Some(gateway) = self.gateway_id {
            let before = self.moved_from.map(|from| format!(", before by {from}"));
            let before = before.unwrap_or_default();
            return format!(", for packets that enter by {}{before}", named(gateway));
        }
        match (self.kind, self.moved_from) {
            (TableKind::RouteTable, Some(from)) => {
                format!(", now for vSwitch {}{more}, before in {from}", ids.join(", "))
            }
            (TableKind::RouteTable, None) if ids.is_empty() => ", not in use".to_owned(),
            (TableKind::RouteTable, None) => format!(" of vSwitch {}{more}", ids.join(", ")),
            (TableKind::VpnGateway | TableKind::TransitRouter, _) => String::new(),
        }
    }
}

impl Move {
    fn text(&self) -> String {
        let from = match self.sources[..] {
            [] => String::new(),
            _ => format!("from {} to ", listed(&self.sources)),
        };
        let to = listed(&self.destinations);
        let (before, after) = (self.before.text(), self.after.text());
        format!(
            "  {}: {from}{to}\n     before: {before}\n     after:  {after}\n",
            self.effect.text()
        )
    }
}

/// The first of some prefixes, and how many more there are.
pub(super) fn listed(cidrs: &[Cidr]) -> String {
    let texts: Vec<String> = cidrs.iter().take(NAMED).map(ToString::to_string).collect();
    let more = cidrs.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", texts.join(", "))
}

impl Effect {
    /// The effect in words.
    pub fn text(self) -> &'static str {
        match self {
            Effect::Lost => "black hole",
            Effect::Restored => "reachable again",
            Effect::Moved => "another way",
            Effect::StillLost => "still lost",
        }
    }
}

impl Dead {
    /// The reason in words.
    pub fn text(self) -> &'static str {
        match self {
            Dead::Shadowed => "other rows take all its packets",
            Dead::Standby => "standby, the active route carries the traffic",
            Dead::Down => "its link is down, another row carries the traffic",
            Dead::LowerPrecedence => "another row for the destination goes first",
            Dead::Unbound => "its table is not in use",
            Dead::Revoked => "withdrawn by the health check",
            Dead::SessionDown => "the session by which it was learned is down",
        }
    }
}
