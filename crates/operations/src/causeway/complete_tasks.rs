use crate::{Authorized, Operation, Write};
use causeway_model::resource::{Place, Resource};
use causeway_model::task::{self, Subject, Task};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use causeway_types::Id;
use serde::Serialize;

/// Ends asynchronous work now, whenever it was due.
///
/// With tasks that wait to be ended, tests step through every transitional state. One call ends as
/// much as fits into one change; `RemainingCount` tells whether to call again.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only the work on this resource; all work when absent. The attachment of an IPsec connection
    /// to a transit router is found under either id.
    #[parameter(example = "vpn-bp1q8bgx4xnkm2ogj****")]
    resource_id: Option<String>,
}

/// How much was ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    completed_count: usize,
    remaining_count: usize,
}

/// Rows one call may write: well below what a store takes at once.
const ROWS_MAX: usize = 1000;
/// Bytes after which a call ends no more: what the last task wrote still fits into a change.
const BYTES_MAX: usize = 256 << 10;
/// Rows a task writes besides its routes, at most.
const ROWS_PER_TASK: usize = 4;

/// See [`Request`].
pub struct CompleteTasks;

impl Operation for CompleteTasks {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Update,
        resources: &["task/*"],
        examples: &[Example {
            title: "Everything under way",
            request: &[],
            answer: r#"{"CompletedCount":0,"RemainingCount":0}"#,
        }],
        ..Declaration::of::<Request, ()>("CompleteTasks")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CompleteTasks {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let wanted = request.resource_id.as_deref().filter(|text| !text.is_empty());
        let wanted = wanted.map(Id::from_text);
        let is_wanted = |task: &&Task| wanted.is_none_or(|id| concerns(txn, task.subject, id));
        let tasks: Vec<(Subject, usize)> = txn
            .all::<Task>()
            .filter(is_wanted)
            .map(|task| (task.subject, task.routes.len() + ROWS_PER_TASK))
            .collect();
        let (mut rows, mut completed_count) = (0, 0);
        for (subject, cost) in &tasks {
            let full = rows + cost > ROWS_MAX || txn.written_bytes() > BYTES_MAX;
            if completed_count > 0 && full {
                break;
            }
            task::complete(txn, *subject);
            rows += cost;
            completed_count += 1;
        }
        Ok(Response { completed_count, remaining_count: tasks.len() - completed_count })
    }
}

/// Whether the work is on this resource.
fn concerns(txn: &Txn, subject: Subject, id: Id) -> bool {
    let connection = match txn.get::<Resource>(&subject.id()).map(|resource| &resource.place) {
        Some(Place::TransitRouter { connection, .. }) => Some(Id::from(*connection)),
        Some(Place::Vpc(_)) | None => None,
    };
    subject.id() == id || connection == Some(id)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::TaskLength;

    const CREATE: [(&str, &str); 2] = [("VpcId", "$vpc"), ("Bandwidth", "10")];

    #[test]
    fn tasks_end_one_by_one_or_all_at_once() {
        for tasks in [TaskLength::Manual, TaskLength::AfterMs(60_000)] {
            let mut world = World::scene();
            world.context.tasks = tasks;
            let made: Vec<String> = (0..3)
                .map(|_| world.call("CreateVpnGateway", &CREATE).unwrap())
                .map(|made| made["VpnGatewayId"].as_str().unwrap().to_owned())
                .collect();
            let status = |world: &mut World, n: usize| {
                let id = [("VpnGatewayId", made[n].as_str())];
                world.call("DescribeVpnGateway", &id).unwrap()["Status"].clone()
            };
            let complete = |world: &mut World, id: &[(&str, &str)]| {
                world.call("CompleteTasks", id).unwrap()["CompletedCount"].clone()
            };
            assert_eq!(complete(&mut world, &[("ResourceId", &made[1])]), 1);
            assert_eq!(complete(&mut world, &[("ResourceId", &made[1])]), 0);
            assert_eq!(complete(&mut world, &[("ResourceId", "nothing")]), 0);
            assert_eq!(
                (status(&mut world, 0), status(&mut world, 1)),
                ("init".into(), "active".into())
            );
            assert_eq!(complete(&mut world, &[]), 2);
            assert_eq!(
                (status(&mut world, 0), status(&mut world, 2)),
                ("active".into(), "active".into())
            );
        }
    }

    #[test]
    fn one_call_ends_what_fits_into_one_change() {
        let mut world = World::new();
        world.context.tasks = TaskLength::Manual;
        world.context.quotas.vpcs = 300;
        for _ in 0..300 {
            world.call("CreateVpc", &[]).unwrap();
        }
        let first = world.call("CompleteTasks", &[]).unwrap();
        assert_eq!((&first["CompletedCount"], &first["RemainingCount"]), (&250.into(), &50.into()));
        let second = world.call("CompleteTasks", &[]).unwrap();
        assert_eq!((&second["CompletedCount"], &second["RemainingCount"]), (&50.into(), &0.into()));
    }

    #[test]
    fn one_change_is_small_enough_for_a_store() {
        let mut world = World::new();
        world.context.tasks = TaskLength::Manual;
        world.context.quotas.vpcs = 100;
        let tags = (1..=20).map(|n| (format!("Tag.{n}.Key"), format!("Tag.{n}.Value"), n));
        let texts = tags.map(|(key, value, n)| (key, format!("{n:064}"), value, "路".repeat(128)));
        let texts: Vec<_> = texts.collect();
        let pairs = |(key, k, value, v)| [(key, k), (value, v)];
        let request: Vec<(String, String)> = texts.into_iter().flat_map(pairs).collect();
        let request: Vec<_> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        for _ in 0..100 {
            world.call("CreateVpc", &request).unwrap();
        }
        let mut completed = Vec::new();
        while completed.iter().sum::<u64>() < 100 {
            let answer = world.call("CompleteTasks", &[]).unwrap();
            completed.push(answer["CompletedCount"].as_u64().unwrap());
        }
        // A VPC with these tags takes 9 KiB.
        assert_eq!(completed, [29, 29, 29, 13]);
    }

    #[test]
    fn an_attachment_is_found_by_its_connection_too() {
        for id in ["tr-attach-mine", "$free"] {
            let mut world = World::scene();
            world.context.tasks = TaskLength::Manual;
            let attach = [
                ("ResourceType", "TransitRouterVpnAttachment"),
                ("VpnConnectionId", "$free"),
                ("ResourceId", "tr-attach-mine"),
            ];
            world.call("RegisterResource", &attach).unwrap();
            let answer = world.call("CompleteTasks", &[("ResourceId", id)]).unwrap();
            assert_eq!(answer["CompletedCount"], 1);
        }
    }
}
