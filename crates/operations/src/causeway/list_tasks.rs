use crate::page::Page;
use crate::{Authorized, Operation, Query};
use causeway_model::task::{Subject, Task};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use causeway_types::Id;
use serde::Serialize;

/// Lists the asynchronous work under way, page by page.
///
/// A resource that is being worked on refuses other changes until its task is done.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Tasks on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of tasks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    tasks: Vec<Row>,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    resource_id: Id,
    /// What of the resource is being worked on.
    subject: &'static str,
    started: String,
    /// Absent for a task that waits for `CompleteTasks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
}

/// See [`Request`].
pub struct ListTasks;

impl Operation for ListTasks {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::List,
        resources: &["task/*"],
        examples: &[Example {
            title: "Nothing under way",
            request: &[],
            answer: r#"{"Tasks":[],"TotalCount":0}"#,
        }],
        ..Declaration::of::<Request, ()>("ListTasks")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListTasks {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let (rows, total_count) = page.of(tenant.all::<Task>());
        Ok(Response {
            tasks: rows.into_iter().map(Row::from).collect(),
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

impl From<&Task> for Row {
    fn from(task: &Task) -> Row {
        Row {
            resource_id: task.subject.id(),
            subject: match task.subject {
                Subject::Vpc(_) => "Vpc",
                Subject::VSwitch(_) => "VSwitch",
                Subject::RouteTable(_) => "RouteTable",
                Subject::Routes(_) => "Routes",
                Subject::VpnGateway(_) => "VpnGateway",
                Subject::VpnConnection(_) => "VpnConnection",
                Subject::Attachment(_) => "Attachment",
            },
            started: task.started.to_string(),
            due: task.due.map(|due| due.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::TaskLength;
    use serde_json::json;

    const CREATE: [(&str, &str); 2] = [("VpcId", "$vpc"), ("Bandwidth", "10")];

    #[test]
    fn a_timed_task_has_an_end_and_a_manual_one_has_none() {
        let mut world = World::scene();
        world.context.tasks = TaskLength::AfterMs(60_000);
        let made = world.call("CreateVpnGateway", &CREATE).unwrap();
        let expected = json!([{ "ResourceId": made["VpnGatewayId"], "Subject": "VpnGateway",
            "Started": "2026-11-18T11:06:40Z", "Due": "2026-11-18T11:07:40Z" }]);
        assert_eq!(world.call("ListTasks", &[]).unwrap()["Tasks"], expected);
        world.context.tasks = TaskLength::Manual;
        let attach = [
            ("ResourceType", "TransitRouterVpnAttachment"),
            ("VpnConnectionId", "$free"),
            ("ResourceId", "tr-attach-mine"),
        ];
        world.call("RegisterResource", &attach).unwrap();
        let answer = world.call("ListTasks", &[("PageSize", "1"), ("PageNumber", "2")]).unwrap();
        let expected = json!([{ "ResourceId": "tr-attach-mine", "Subject": "Attachment",
            "Started": "2026-11-18T11:06:40Z" }]);
        assert_eq!((&answer["Tasks"], &answer["TotalCount"]), (&expected, &json!(2)));
    }
}
