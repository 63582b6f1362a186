use super::filter::Condition;
use crate::audit::{Event, EventLog, Unreadable, first_since, render};
use crate::{Authorized, LogQuery, Operation};
use causeway_model::Context;
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use causeway_types::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::ops::Range;

/// Events looked at for one page; the token leads on when they were not enough.
const SCAN_MAX: usize = 5000;
/// Bytes of events on one page.
const PAGE_BYTES: usize = 1 << 20;
/// How far back a search goes that does not say.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// Looks up what was called in the account, in any region, page by page: who called what, when and
/// from where, which resources were named, and what came of it.
///
/// A page looks at a bounded number of events, so it can be short, even empty, while `NextToken`
/// leads on. What was recorded, and for how long it is kept, follows from the server's settings.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The earliest time, UTC; a week before the end when absent.
    #[parameter(example = "2026-11-20T10:00:00Z")]
    start_time: Option<String>,
    /// The latest time, UTC; now when absent.
    #[parameter(example = "2026-11-21T10:00:00Z")]
    end_time: Option<String>,
    /// What events have to be like, all of it.
    lookup_attribute: Vec<Attribute>,
    /// Events on a page: 1 to 50, 20 when absent.
    #[parameter(example = "20")]
    max_results: Option<String>,
    /// The `NextToken` of the page before.
    next_token: Option<String>,
    /// `BACKWARD` (the newest first) or `FORWARD`.
    #[parameter(example = "BACKWARD")]
    direction: Option<String>,
}

/// A condition.
#[derive(Debug, causeway_spec::Request)]
pub struct Attribute {
    /// `EventName`, `User`, `ResourceName`, `ResourceType`, `ServiceName`, `EventRW` (`Read` or
    /// `Write`), `EventAccessKeyId` or `EventId`.
    #[parameter(example = "EventName")]
    key: String,
    /// What it has to be.
    #[parameter(example = "CreateVpc")]
    value: String,
}

/// A page of events.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    start_time: String,
    end_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    events: Vec<Value>,
}

/// See [`Request`].
pub struct LookupEvents;

impl Operation for LookupEvents {
    const DECLARATION: Declaration = Declaration {
        product: Product::ActionTrail,
        access: Access::Get,
        resources: &["*"],
        examples: &[Example {
            title: "Who created VPCs",
            request: &[
                ("LookupAttribute.1.Key", "EventName"),
                ("LookupAttribute.1.Value", "CreateVpc"),
            ],
            answer: r#"{"Events":[]}"#,
        }],
        ..Declaration::of::<Request, ()>("LookupEvents")
    };
    type Request = Request;
    type Response = Response;
}

impl LogQuery for LookupEvents {
    fn run(
        log: &dyn EventLog,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let search = Search::read(log, &context.account, &request)?;
        search.page(log).map_err(|_| unreadable())
    }
}

/// A search, checked.
struct Search<'a> {
    account: &'a str,
    start: Timestamp,
    end: Timestamp,
    conditions: Vec<Condition>,
    most: usize,
    newest_first: bool,
    token: Option<u64>,
}

impl<'a> Search<'a> {
    fn read(log: &dyn EventLog, account: &'a str, request: &Request) -> Result<Self, Refusal> {
        let end = time(&request.end_time, "EndTime")?.unwrap_or_else(|| log.now());
        let start = time(&request.start_time, "StartTime")?;
        let start = start.unwrap_or_else(|| end.plus_ms(-WEEK_MS));
        if start > end {
            return Err(Refusal::invalid_parameter("StartTime"));
        }
        let conditions = request.lookup_attribute.iter();
        let most = match given(&request.max_results) {
            None => 20,
            Some(text) => text
                .parse()
                .ok()
                .filter(|most| (1..=50).contains(most))
                .ok_or_else(|| Refusal::invalid_parameter("MaxResults"))?,
        };
        let newest_first = match given(&request.direction) {
            None | Some("BACKWARD") => true,
            Some("FORWARD") => false,
            Some(_) => return Err(Refusal::invalid_parameter("Direction")),
        };
        let token = given(&request.next_token)
            .map(|token| token.parse().map_err(|_| Refusal::invalid_parameter("NextToken")));
        Ok(Search {
            account,
            start,
            end,
            conditions: conditions
                .map(|it| Condition::read(&it.key, &it.value))
                .collect::<Result<_, _>>()?,
            most,
            newest_first,
            token: token.transpose()?,
        })
    }

    /// The numbers that are left to look at.
    fn numbers(&self, log: &dyn EventLog) -> Result<Range<u64>, Unreadable> {
        let start = log.kept_since().map_or(self.start, |kept| kept.max(self.start));
        let first = first_since(log, start)?;
        // Times are given in whole seconds: the last one counts as a whole.
        let end = first_since(log, Timestamp(self.end.millis().div_euclid(1000) * 1000 + 1000))?;
        Ok(match (self.token, self.newest_first) {
            (None, _) => first..end,
            (Some(token), true) => first..end.min(token),
            (Some(token), false) => first.max(token)..end,
        })
    }

    fn page(&self, log: &dyn EventLog) -> Result<Response, Unreadable> {
        let mut numbers = self.numbers(log)?;
        // An id leads to its event.
        for condition in &self.conditions {
            if let Condition::Event(wanted) = condition {
                let wanted = wanted.filter(|number| numbers.contains(number));
                numbers = wanted.map_or(0..0, |number| number..number + 1);
            }
        }
        let (mut events, mut looked_at, mut bytes, mut at) = (Vec::new(), 0, 0, None);
        log.read(numbers.clone(), self.newest_first, &mut |number, stored| {
            // Where the next page begins: here when this event has no room.
            if events.len() == self.most || looked_at == SCAN_MAX || bytes >= PAGE_BYTES {
                at = Some(if self.newest_first { number + 1 } else { number });
                return false;
            }
            looked_at += 1;
            let event = Event::read(stored).filter(|event| event.head.account == self.account);
            let wanted = |event: &Event| self.conditions.iter().all(|it| it.holds(number, event));
            if let Some(event) = event.filter(wanted) {
                bytes += stored.len();
                events.push(render(number, &event));
            }
            true
        })?;
        Ok(Response {
            start_time: self.start.to_string(),
            end_time: self.end.to_string(),
            next_token: at.map(|number: u64| number.to_string()),
            events,
        })
    }
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

fn time(text: &Option<String>, name: &str) -> Result<Option<Timestamp>, Refusal> {
    given(text).map(|text| text.parse().map_err(|_| Refusal::invalid_parameter(name))).transpose()
}

fn unreadable() -> Refusal {
    let message = "The audit log cannot be read at the moment. Try again later.";
    Refusal::new(503, "ServiceUnavailable", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Head, Principal, Tail, event, event_id};
    use crate::testing::World;
    use serde_json::json;

    const START_MS: i64 = 1_794_900_000_000;

    /// A log of `count` calls a second apart: every third is another account's, every second a read.
    fn world(count: u64) -> World {
        let mut world = World::new();
        for number in 1..=count {
            let account = if number % 3 == 0 { "other" } else { &*world.context.account };
            let name = if number % 2 == 0 { "DescribeVpcs" } else { "CreateVpc" };
            let head = Head {
                account: account.into(),
                name: name.into(),
                version: "2016-04-28".into(),
                read: number % 2 == 0,
                access_key: format!("key-{}", number % 5),
                principal: Some(Principal {
                    kind: "ram-user".into(),
                    name: Some("alice".into()),
                    ..Principal::default()
                }),
                parameters: vec![("VpcId".into(), format!("vpc-{number}"))],
                ..Head::default()
            };
            let at = Timestamp(START_MS + 1000 * number as i64);
            world.log.push(event(at, &head.encode(), &Tail::default()));
        }
        world
    }

    fn names(answer: &Value) -> Vec<u64> {
        let events = answer["Events"].as_array().unwrap().iter();
        events
            .map(|event| {
                let name = event["resourceName"].as_str().unwrap();
                name.strip_prefix("vpc-").unwrap().parse().unwrap()
            })
            .collect()
    }

    fn all(world: &mut World, pairs: &[(&str, &str)]) -> Vec<u64> {
        let (mut found, mut token) = (Vec::new(), String::new());
        loop {
            let pairs = [pairs, &[("NextToken", &*token)]].concat();
            let answer = world.call("LookupEvents", &pairs).unwrap();
            found.extend(names(&answer));
            match answer["NextToken"].as_str() {
                Some(next) => token = next.into(),
                None => return found,
            }
        }
    }

    #[test]
    fn pages_hold_each_event_of_the_account_once_in_either_direction() {
        let mut world = world(100);
        let expected: Vec<u64> = (1..=100).filter(|number| number % 3 != 0).collect();
        for size in ["1", "7", "50"] {
            let forward = [("Direction", "FORWARD"), ("MaxResults", size)];
            assert_eq!(all(&mut world, &forward), expected);
            let mut backward = all(&mut world, &[("MaxResults", size)]);
            backward.reverse();
            assert_eq!(backward, expected);
        }
    }

    /// A search that finds nothing goes on by tokens, each page at a bounded cost.
    #[test]
    fn a_page_looks_at_so_many_events() {
        let mut world = world(2 * SCAN_MAX as u64 + 10);
        let pairs = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "None")];
        let first = world.call("LookupEvents", &pairs).unwrap();
        assert_eq!(first["Events"], json!([]));
        assert!(first["NextToken"].is_string());
        assert_eq!(all(&mut world, &pairs), Vec::<u64>::new());
    }

    #[test]
    fn conditions_choose() {
        let mut world = world(30);
        let mut chosen = |key: &str, value: &str| {
            let pairs = [("LookupAttribute.1.Key", key), ("LookupAttribute.1.Value", value)];
            all(&mut world, &pairs)
        };
        assert_eq!(chosen("EventRW", "Read"), [28, 26, 22, 20, 16, 14, 10, 8, 4, 2]);
        assert_eq!(chosen("EventName", "CreateVpc").len(), 10);
        assert_eq!(chosen("EventAccessKeyId", "key-0"), [25, 20, 10, 5]);
        assert_eq!(chosen("ResourceName", "vpc-7"), [7]);
        assert_eq!(chosen("ResourceType", "ACS::VPC::Vpc").len(), 20);
        assert_eq!(chosen("ServiceName", "vpc").len(), 20);
        assert_eq!(chosen("ServiceName", "Ram").len(), 0);
        assert_eq!(chosen("User", "alice").len(), 20);
        assert_eq!(chosen("EventId", &event_id(8)), [8]);
        assert!(chosen("EventId", &event_id(9)).is_empty()); // another account's
        assert!(chosen("EventId", "none").is_empty());
    }

    #[test]
    fn times_bound_a_search_on_both_sides() {
        let mut world = world(30);
        let text = |number: i64| Timestamp(START_MS + 1000 * number).to_string();
        let (from, to) = (text(10), text(14));
        let pairs = [("StartTime", &*from), ("EndTime", &*to)];
        assert_eq!(all(&mut world, &pairs), [14, 13, 11, 10]);
        world.log.kept_since = Some(Timestamp(START_MS + 13_000));
        assert_eq!(all(&mut world, &pairs), [14, 13]);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let mut world = world(3);
        for (name, value) in [
            ("StartTime", "yesterday"),
            ("StartTime", "2999-01-01T00:00:00Z"),
            ("EndTime", "x"),
            ("MaxResults", "51"),
            ("MaxResults", "0"),
            ("NextToken", "x"),
            ("Direction", "UP"),
        ] {
            let refusal = world.refusal("LookupEvents", &[(name, value)]);
            assert_eq!(refusal, Refusal::invalid_parameter(name));
        }
        let pairs = [("LookupAttribute.1.Key", "Colour"), ("LookupAttribute.1.Value", "red")];
        let refusal = world.refusal("LookupEvents", &pairs);
        assert_eq!(refusal, Refusal::invalid_parameter("LookupAttribute.Key"));
    }
}
