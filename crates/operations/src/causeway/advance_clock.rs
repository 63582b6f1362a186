use crate::{Authorized, Operation, Write};
use causeway_model::Txn;
use causeway_model::virtual_clock::VirtualClock;
use causeway_spec::{Access, Declaration, Example, ParameterError, Product, Refusal, errors};
use causeway_types::Timestamp;
use serde::Serialize;

/// Moves a clock that stands still forward, for the whole server.
///
/// A server that is started with `--clock frozen:...` has such a clock. What falls due by then
/// happens before the answer: tasks with a length end, health checks notice, sessions and tokens expire.
/// The clock never goes back, and a restart goes on from where it was.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// How far, in seconds: 1 to 31622400, which is a year. Not together with `Until`.
    #[parameter(example = "30")]
    seconds: Option<i64>,
    /// Until when, such as `2026-11-20T10:00:30Z`. An instant that has passed moves nothing, so that
    /// this form can be repeated safely.
    #[parameter(example = "2026-11-20T10:00:30Z")]
    until: Option<String>,
}

/// What the clock shows now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    now: String,
}

/// A year with a leap day, in seconds.
const SECONDS_MAX: i64 = 366 * 24 * 3600;

errors! {
    /// What `AdvanceClock` refuses.
    pub enum Error {
        /// The server's clock is the host's.
        Real = 400, "OperationDenied.RealClock",
            "The clock of this server is its host's, which nobody can advance. Start it with --clock frozen:2026-11-20T10:00:00Z to have one that waits to be advanced.",
            "chosen";
    }
}

/// See [`Request`].
pub struct AdvanceClock;

impl Operation for AdvanceClock {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Update,
        resources: &["clock/*"],
        examples: &[Example {
            title: "Half a minute passes",
            request: &[("Seconds", "30")],
            answer: r#"{"Now":"2026-11-18T11:07:10Z"}"#,
        }],
        ..Declaration::of::<Request, Error>("AdvanceClock")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for AdvanceClock {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let was = txn.now();
        let until = request.until.as_deref().filter(|text| !text.is_empty());
        let now = match (request.seconds, until) {
            (Some(seconds @ 1..=SECONDS_MAX), None) => was.plus_ms(seconds * 1000),
            (Some(_), None) => return Err(Refusal::invalid_parameter("Seconds")),
            (None, Some(until)) => {
                let until = until
                    .parse::<Timestamp>()
                    .ok()
                    .filter(|until| until.millis() <= was.plus_ms(SECONDS_MAX * 1000).millis());
                until.ok_or_else(|| Refusal::invalid_parameter("Until"))?.max(was)
            }
            (None, None) => {
                return Err(ParameterError::Missing { name: "Seconds", code: None }.into());
            }
            (Some(_), Some(_)) => return Err(Refusal::invalid_parameter("Until")),
        };
        if !txn.context().virtual_time {
            return Err(Error::Real.into());
        }
        if now > was {
            txn.put(VirtualClock { now });
        }
        Ok(Response { now: now.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::virtual_clock::VirtualClock;

    #[test]
    fn it_goes_forward_only() {
        let mut world = World::scene();
        let now = world.context.now;
        let later = now.plus_ms(30_000).to_string();
        assert_eq!(world.call("AdvanceClock", &[("Seconds", "30")]).unwrap()["Now"], later);
        assert_eq!(world.tenant.get::<VirtualClock>(&()).unwrap().now, now.plus_ms(30_000));
        world.context.now = now.plus_ms(60_000);
        let passed = world.call("AdvanceClock", &[("Until", &later)]).unwrap();
        assert_eq!(passed["Now"], now.plus_ms(60_000).to_string(), "it has passed");
        assert_eq!(world.tenant.get::<VirtualClock>(&()).unwrap().now, now.plus_ms(30_000));
    }

    #[test]
    fn refusals() {
        let mut world = World::scene();
        let far = world.context.now.plus_ms(400 * 24 * 3_600_000).to_string();
        for (request, code) in [
            (&[][..], "MissingSeconds"),
            (&[("Seconds", "0")], "InvalidParameter"),
            (&[("Seconds", "31622401")], "InvalidParameter"),
            (&[("Until", "tomorrow")], "InvalidParameter"),
            (&[("Until", &far)], "InvalidParameter"),
            (&[("Seconds", "1"), ("Until", "2026-11-20T10:00:30Z")], "InvalidParameter"),
        ] {
            assert_eq!(world.refusal("AdvanceClock", request).code, code, "{request:?}");
        }
        world.context.virtual_time = false;
        let real = world.refusal("AdvanceClock", &[("Seconds", "1")]);
        assert_eq!((real.status, &*real.code), (400, "OperationDenied.RealClock"));
    }
}
