//! Where two sides of a change send packets differently.

use super::local::Decisions;
use super::span::Span;
use super::way::WayNumber;
use causeway_types::Family;
use std::collections::BTreeMap;
use std::slice;

/// Packets between two blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Area {
    pub source: Span,
    pub destination: Span,
}

/// The ways of an area before and after.
pub(super) type Turn = (WayNumber, WayNumber);

/// Packets from any of some sources to any of some destinations.
pub(super) type Rectangle<'s> = (&'s [Span], &'s [Span]);

/// Areas whose way changes, as they were found: they can meet, and overlap where they agree.
#[derive(Debug, Default)]
pub(super) struct Found {
    areas: Vec<(Family, Turn, Area)>,
    compared: usize,
    /// Areas were left out: there were more than one impact looks at.
    pub cut: bool,
}

impl Found {
    /// Compares what two sides decide in an area. `most` bounds the areas compared altogether.
    pub fn compare(
        &mut self,
        family: Family,
        area: Area,
        before: &Decisions,
        after: &Decisions,
        most: usize,
    ) {
        // Most often there is one way on either side.
        if let (Some(before), Some(after)) = (before.only(), after.only()) {
            return self.note(family, area, (before, after), most);
        }
        for destination in pieces(area.destination, &to(before, after)) {
            let at = destination.first;
            let met = |side: &Decisions| -> Vec<Span> {
                let met = side.policies.iter().filter(|(_, to, _)| to.holds(at));
                met.map(|(from, _, _)| *from).collect()
            };
            let from = [met(before), met(after)].concat();
            for source in pieces(area.source, &from) {
                let turn = (before.way(source.first, at), after.way(source.first, at));
                self.note(family, Area { source, destination }, turn, most);
                if self.cut {
                    return;
                }
            }
        }
    }

    /// Leaves out turns that are not worth telling.
    pub fn retain(&mut self, worth: impl Fn(Turn) -> bool) {
        self.areas.retain(|(_, turn, _)| worth(*turn));
    }

    fn note(&mut self, family: Family, area: Area, turn: Turn, most: usize) {
        if self.compared >= most {
            self.cut = true;
            return;
        }
        self.compared += 1;
        if turn.0 != turn.1 {
            self.areas.push((family, turn, area));
        }
    }

    /// Whether nothing changes its way.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// Hands on what changes, in normal form: equal sources together, as few and as large areas as
    /// possible, in order.
    pub fn normal(&mut self, mut each: impl FnMut(Family, Turn, Rectangle<'_>)) {
        self.areas.sort_unstable();
        for same in self.areas.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            together(same, |rectangle| each(same[0].0, same[0].1, rectangle));
        }
    }
}

/// The ways of one side's packets in an area, piece by piece.
pub(super) fn areas(decisions: &Decisions, area: Area) -> Vec<(Area, WayNumber)> {
    let mut found = Vec::new();
    for destination in pieces(area.destination, &to(decisions, decisions)) {
        let met = decisions.policies.iter().filter(|(_, to, _)| to.holds(destination.first));
        let from: Vec<Span> = met.map(|(from, _, _)| *from).collect();
        for source in pieces(area.source, &from) {
            let way = decisions.way(source.first, destination.first);
            found.push((Area { source, destination }, way));
        }
    }
    found
}

/// Where destinations can begin to matter.
fn to(before: &Decisions, after: &Decisions) -> Vec<Span> {
    let mut spans = Vec::new();
    for side in [before, after] {
        spans.extend(side.destinations.iter().map(|(span, _)| *span));
        spans.extend(side.policies.iter().map(|(_, to, _)| *to));
    }
    spans
}

/// A span cut wherever one of the others begins or ends.
fn pieces(whole: Span, others: &[Span]) -> Vec<Span> {
    let mut starts = vec![whole.first];
    for span in others {
        starts.extend([Some(span.first), span.last.checked_add(1)].into_iter().flatten());
    }
    starts.retain(|start| whole.holds(*start));
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([whole.last]);
    starts.iter().zip(ends).map(|(&first, last)| Span { first, last }).collect()
}

/// Areas as rectangles of sources and destinations: sources with the same destinations together.
fn together(areas: &[(Family, Turn, Area)], mut each: impl FnMut(Rectangle<'_>)) {
    if let [(_, _, only)] = areas {
        return each((slice::from_ref(&only.source), slice::from_ref(&only.destination)));
    }
    let areas = areas.iter().map(|(_, _, area)| area);
    let sources: Vec<Span> = areas.clone().map(|area| area.source).collect();
    let first = sources.iter().map(|span| span.first).min().unwrap_or_default();
    let last = sources.iter().map(|span| span.last).max().unwrap_or_default();
    let mut by_destinations: BTreeMap<Vec<Span>, Vec<Span>> = BTreeMap::new();
    for source in pieces(Span { first, last }, &sources) {
        let met = areas.clone().filter(|area| area.source.holds(source.first));
        let destinations = union(met.map(|area| area.destination).collect());
        if !destinations.is_empty() {
            by_destinations.entry(destinations).or_default().push(source);
        }
    }
    let mut found: Vec<(Vec<Span>, Vec<Span>)> =
        by_destinations.into_iter().map(|(to, from)| (union(from), to)).collect();
    found.sort();
    found.iter().for_each(|(from, to)| each((from, to)));
}

/// Spans put together where they meet or overlap.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut found: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match found.last_mut() {
            Some(last) if last.last.checked_add(1).is_none_or(|next| span.first <= next) => {
                last.last = last.last.max(span.last);
            }
            _ => found.push(span),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: u128, last: u128) -> Span {
        Span { first, last }
    }

    #[test]
    fn areas_come_out_in_normal_form() {
        let area = |source, destination| (Family::V4, (0, 1), Area { source, destination });
        let cut = [
            area(span(0, 3), span(0, 7)),
            area(span(4, 9), span(4, 7)),
            area(span(4, 9), span(0, 5)),
            area(span(20, 29), span(0, 7)),
            area(span(30, 30), span(1, 1)),
        ];
        let expected = [
            (vec![span(0, 9), span(20, 29)], vec![span(0, 7)]),
            (vec![span(30, 30)], vec![span(1, 1)]),
        ];
        let mut found = Vec::new();
        together(&cut, |(from, to)| found.push((from.to_vec(), to.to_vec())));
        assert_eq!(found, expected);
    }

    #[test]
    fn policies_are_compared_by_source_and_destination() {
        let side = |way| Decisions {
            policies: vec![(span(2, 3), span(4, 7), way)],
            destinations: vec![(span(0, 9), 0)],
        };
        let area = Area { source: span(0, 9), destination: span(0, 9) };
        let mut found = Found::default();
        found.compare(Family::V4, area, &side(1), &side(2), 100);
        let expected = (Family::V4, (1, 2), (&[span(2, 3)][..], &[span(4, 7)][..]));
        let mut count = 0;
        found.normal(|family, turn, rectangle| {
            assert_eq!((family, turn, rectangle), expected);
            count += 1;
        });
        assert_eq!(count, 1);
        let mut found = Found::default();
        found.compare(Family::V4, area, &side(1), &side(1), 100);
        assert!(found.is_empty() && !found.cut);
        found.compare(Family::V4, area, &side(1), &side(2), found.compared + 1);
        assert!(found.cut);
    }
}
