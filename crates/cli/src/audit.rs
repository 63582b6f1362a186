//! `causeway audit`: who called what, and what came of it.

mod line;

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use causeway_types::Timestamp;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::api::{self, Outcome};
use crate::arguments::{AuditCommand, AuditFilter};
use crate::client;
use crate::settings::{SettingsError, audit_value};
use crate::target::Target;

const VERSION: &str = "2020-07-06";
const PAGE: &str = "50";
/// How often `tail` looks for more.
const POLL: Duration = Duration::from_millis(500);

/// Does what the command says; prints to `output`.
///
/// # Errors
/// If the server cannot be reached or refuses, or if a time is none.
pub fn run(
    command: &AuditCommand,
    target: &Target,
    output: &mut dyn Write,
) -> anyhow::Result<Option<Outcome>> {
    let mut trail = Trail { target, output, refused: None };
    let done = match command {
        AuditCommand::Search { filter, limit, json } => {
            let request = parameters(filter, "BACKWARD", now()?)?;
            trail.pages(request, *limit, &mut |event, output| print(event, *json, output))
        }
        AuditCommand::Export { filter } => {
            let request = parameters(filter, "FORWARD", now()?)?;
            trail.pages(request, usize::MAX, &mut |event, output| print(event, true, output))
        }
        AuditCommand::Tail { lines, once, json } => trail.tail(*lines, *once, *json),
    };
    match done {
        // A reader that has seen enough (`| head`) is no fault.
        Err(fault) if broken_pipe(&fault) => Ok(None),
        Err(fault) => Err(fault),
        Ok(()) => Ok(trail.refused),
    }
}

fn broken_pipe(fault: &anyhow::Error) -> bool {
    let fault = fault.downcast_ref::<std::io::Error>();
    fault.is_some_and(|fault| fault.kind() == std::io::ErrorKind::BrokenPipe)
}

fn now() -> anyhow::Result<Timestamp> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    Ok(Timestamp(i64::try_from(now_ms)?))
}

fn parameters(
    filter: &AuditFilter,
    direction: &str,
    now: Timestamp,
) -> Result<Parameters, SettingsError> {
    let mut request = Parameters::from([
        ("Direction".to_owned(), direction.to_owned()),
        ("MaxResults".to_owned(), PAGE.to_owned()),
    ]);
    for (flag, name, text) in
        [("since", "StartTime", &filter.since), ("until", "EndTime", &filter.until)]
    {
        if let Some(text) = text {
            let moment = audit_value::moment(text, now)
                .map_err(|problem| SettingsError(format!("--{flag}: {text:?} {problem}")))?;
            request.insert(name.to_owned(), moment.to_string());
        }
    }
    let rw = if filter.reads { Some("Read") } else { filter.writes.then_some("Write") };
    let conditions = [
        ("EventName", filter.name.as_deref()),
        ("User", filter.user.as_deref()),
        ("ResourceName", filter.resource.as_deref()),
        ("EventAccessKeyId", filter.key.as_deref()),
        ("EventRW", rw),
    ];
    let given = conditions.into_iter().filter_map(|(key, value)| Some((key, value?)));
    for ((key, value), number) in given.zip(1..) {
        request.insert(format!("LookupAttribute.{number}.Key"), key.to_owned());
        request.insert(format!("LookupAttribute.{number}.Value"), value.to_owned());
    }
    Ok(request)
}

struct Trail<'a> {
    target: &'a Target,
    output: &'a mut dyn Write,
    /// The error answer, if there was one.
    refused: Option<Outcome>,
}

type Take<'t> = dyn FnMut(&Value, &mut dyn Write) -> anyhow::Result<()> + 't;

impl Trail<'_> {
    /// Hands the events of all pages to `take`, so many at most.
    fn pages(
        &mut self,
        mut request: Parameters,
        most: usize,
        take: &mut Take<'_>,
    ) -> anyhow::Result<()> {
        let mut left = most;
        while left > 0 {
            let reply = client::call(self.target, "LookupEvents", VERSION, &request)?;
            if reply.status >= 400 {
                self.refused = Some(api::outcome(&reply, "LookupEvents", VERSION, false)?);
                return Ok(());
            }
            let body: Value = serde_json::from_str(&reply.body)
                .context("the answer is not JSON: is this Causeway?")?;
            let events = body["Events"].as_array().context("the answer has no Events")?;
            for event in events.iter().take(left) {
                take(event, self.output)?;
            }
            left -= events.len().min(left);
            match body["NextToken"].as_str() {
                Some(token) => request.insert("NextToken".to_owned(), token.to_owned()),
                None => break,
            };
        }
        Ok(())
    }

    fn tail(&mut self, lines: usize, once: bool, json: bool) -> anyhow::Result<()> {
        let mut newest = Vec::new();
        let request = parameters(&AuditFilter::default(), "BACKWARD", now()?)?;
        self.pages(request, lines, &mut |event, _| {
            newest.push(event.clone());
            Ok(())
        })?;
        newest.reverse();
        for event in &newest {
            print(event, json, self.output)?;
        }
        let mut last = newest.last().map(place).transpose()?;
        while !once && self.refused.is_none() {
            self.output.flush()?;
            std::thread::sleep(POLL);
            let since = last.as_ref().map(|(time, _)| time.clone());
            let filter = AuditFilter { since, ..AuditFilter::default() };
            let request = parameters(&filter, "FORWARD", now()?)?;
            let mut seen = last.clone();
            self.pages(request, usize::MAX, &mut |event, output| {
                let (time, id) = place(event)?;
                // Ids grow; times have whole seconds, so some come again.
                if seen.as_ref().is_none_or(|(_, seen)| id > *seen) {
                    print(event, json, output)?;
                    seen = Some((time, id));
                }
                Ok(())
            })?;
            last = seen;
        }
        Ok(())
    }
}

/// When an event was, and its id.
fn place(event: &Value) -> anyhow::Result<(String, String)> {
    match (event["eventTime"].as_str(), event["eventId"].as_str()) {
        (Some(time), Some(id)) => Ok((time.to_owned(), id.to_owned())),
        _ => bail!("an event without time or id"),
    }
}

fn print(event: &Value, json: bool, output: &mut dyn Write) -> anyhow::Result<()> {
    let text = if json { event.to_string() } else { line::text(event) };
    writeln!(output, "{text}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_parameters() {
        let filter = AuditFilter {
            since: Some("1h".into()),
            user: Some("alice".into()),
            writes: true,
            ..AuditFilter::default()
        };
        let request = parameters(&filter, "FORWARD", Timestamp(1_795_000_000_000)).unwrap();
        let expected = [
            ("Direction", "FORWARD"),
            ("LookupAttribute.1.Key", "User"),
            ("LookupAttribute.1.Value", "alice"),
            ("LookupAttribute.2.Key", "EventRW"),
            ("LookupAttribute.2.Value", "Write"),
            ("MaxResults", "50"),
            ("StartTime", "2026-11-18T10:06:40Z"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(request, Parameters::from(expected));
        let wrong = AuditFilter { until: Some("noon".into()), ..AuditFilter::default() };
        let fault = parameters(&wrong, "FORWARD", Timestamp(0)).unwrap_err();
        assert!(fault.0.starts_with("--until: \"noon\" is no time"), "{fault}");
    }
}
