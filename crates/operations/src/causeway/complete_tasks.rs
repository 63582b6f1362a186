use crate::{Authorized, Operation, Write};
use causeway_model::resource::{Place, Resource};
use causeway_model::task::{self, Subject, Task};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use causeway_types::Id;
use serde::Serialize;

/// Ends asynchronous work now, whenever it was due.
///
/// With tasks that wait to be ended, tests step through every transitional state.
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
}

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
            answer: r#"{"CompletedCount":0}"#,
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
        let subjects = txn.all::<Task>().map(|task| task.subject);
        let is_wanted = |subject: &Subject| wanted.is_none_or(|id| concerns(txn, *subject, id));
        let subjects: Vec<Subject> = subjects.filter(is_wanted).collect();
        for subject in &subjects {
            task::complete(txn, *subject);
        }
        Ok(Response { completed_count: subjects.len() })
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
