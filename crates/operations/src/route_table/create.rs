use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Write, label};
use causeway_model::route_table::{
    self, AssociateType, RouteTable, RouteTableKind, RouteTableStatus,
};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::text::Labels;
use causeway_model::vpc::Vpc;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{RouteTableId, VpcId};
use serde::Serialize;

/// Creates a custom route table in a VPC. It begins with the system routes of the VPC.
///
/// The table is `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPC.
    #[parameter(example = "vpc-bp1qpo0kug3a20qqe****")]
    vpc_id: VpcId,
    /// What the table can be bound to: `VSwitch` (when absent) or `Gateway`.
    #[parameter(example = "VSwitch")]
    associate_type: Option<String>,
    /// The name: 1 to 128 characters, not starting with `http://` or `https://`.
    route_table_name: Option<String>,
    /// The description: 1 to 256 characters, not starting with `http://` or `https://`.
    description: Option<String>,
    /// Tags: at most 20.
    tag: Vec<TagPair>,
}

/// The new table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    route_table_id: RouteTableId,
}

errors! {
    /// What `CreateRouteTable` refuses.
    pub enum Error {
        /// No such VPC.
        VpcNotFound = 404, "InvalidVpcId.NotFound",
            "Specified VPC does not exist.", "clients.md 5.1";
        /// Another request on the VPC is accepted but not yet answered.
        Locked = 400, "OperationConflict",
            "The operation conflicts with another one, please try again.", "clients.md 13.1";
        /// The VPC is not `Available`.
        VpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "chosen";
        /// The VPC has as many custom route tables as its quota allows.
        QuotaExceeded = 400, "QuotaExceeded.RouteTable",
            "Route table quota exceeded in this VPC.", "semantics.md 3.8";
    }
}

/// See [`Request`].
pub struct CreateRouteTable;

impl Operation for CreateRouteTable {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["routetable/*", "vpc/{VpcId}"],
        examples: &[Example {
            title: "A table for vSwitches",
            request: &[("VpcId", "$vpc"), ("RouteTableName", "isolated")],
            answer: r#"{"RouteTableId":"*"}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateRouteTable")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateRouteTable {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let vpc = txn.get::<Vpc>(&request.vpc_id).ok_or(Error::VpcNotFound)?.id;
        let associate = associate_type(&request)?;
        label::check(request.route_table_name.as_deref(), 128, "RouteTableName")?;
        label::check(request.description.as_deref(), 256, "Description")?;
        let tags = tag::given("Tag", &request.tag)?;
        task::check_idle(txn, Subject::Vpc(vpc)).map_err(|busy| match busy {
            Busy::Locked => Error::Locked,
            Busy::Changing => Error::VpcStatus,
        })?;
        let tables = route_table::of_vpc(txn, vpc);
        let custom = tables.filter(|table| table.kind == RouteTableKind::Custom).count();
        if custom >= txn.context().quotas.custom_route_tables_per_vpc {
            return Err(Error::QuotaExceeded.into());
        }
        let id = txn.new_id();
        txn.put(RouteTable {
            id,
            vpc,
            kind: RouteTableKind::Custom,
            associate,
            labels: Labels::new(
                request.route_table_name.as_deref(),
                request.description.as_deref(),
            ),
            status: RouteTableStatus::Pending,
            propagation_enabled: associate == AssociateType::VSwitch,
            created: txn.now(),
            tags,
        });
        task::start(txn, Subject::RouteTable(id));
        Ok(Response { route_table_id: id })
    }
}

fn associate_type(request: &Request) -> Result<AssociateType, Refusal> {
    let text = request.associate_type.as_deref().filter(|text| !text.is_empty());
    let kind = text.map_or(Some(AssociateType::VSwitch), AssociateType::from_text);
    kind.ok_or_else(|| Refusal::invalid_parameter("AssociateType"))
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    fn listed(world: &mut World, id: &str) -> serde_json::Value {
        let answer = world.call("DescribeRouteTableList", &[("RouteTableId", id)]).unwrap();
        answer["RouterTableList"]["RouterTableListType"][0].clone()
    }

    #[test]
    fn a_table_becomes_available_and_keeps_what_was_given() {
        let mut world = World::scene();
        world.context.tasks = causeway_model::TaskLength::Manual;
        let request = [
            ("VpcId", "$vpc"),
            ("RouteTableName", "isolated"),
            ("Description", "no way out"),
            ("AssociateType", "Gateway"),
            ("Tag.1.Key", "team"),
        ];
        let made = world.call("CreateRouteTable", &request).unwrap();
        let id = made["RouteTableId"].as_str().unwrap().to_owned();
        let table = listed(&mut world, &id);
        assert_eq!(
            (&table["Status"], &table["RouteTableType"]),
            (&"Pending".into(), &"Custom".into())
        );
        assert_eq!(table["RouteTableName"], "isolated");
        assert_eq!(table["Description"], "no way out");
        assert_eq!(table["AssociateType"], "Gateway");
        assert_eq!(table["RoutePropagationEnable"], false); // gateway tables take no dynamic routes
        assert_eq!(table["Tags"]["Tag"][0]["Key"], "team");
        world.finish_tasks();
        assert_eq!(listed(&mut world, &id)["Status"], "Available");
    }

    #[test]
    fn bad_values_are_refused_in_order() {
        let mut world = World::scene();
        world.context.quotas.custom_route_tables_per_vpc = 1;
        let mut request = [
            ("VpcId", "vpc-none"),
            ("AssociateType", "vswitch"),
            ("RouteTableName", "http://a"),
            ("Description", ""),
        ];
        let answer = |world: &mut World, request: &[(&str, &str)]| {
            let refusal = world.refusal("CreateRouteTable", request);
            (refusal.status, refusal.code.into_owned(), refusal.message.into_owned())
        };
        assert_eq!(answer(&mut world, &request).1, "InvalidVpcId.NotFound");
        request[0].1 = "$vpc";
        assert!(answer(&mut world, &request).2.contains("AssociateType"));
        request[1].1 = "VSwitch";
        assert!(answer(&mut world, &request).2.contains("RouteTableName"));
        request[2].1 = "a";
        assert!(answer(&mut world, &request).2.contains("Description"));
        request[3].1 = "b";
        let (status, code, _) = answer(&mut world, &request);
        assert_eq!((status, &*code), (400, "QuotaExceeded.RouteTable"));
    }

    #[test]
    fn a_vpc_has_nine_custom_tables() {
        let mut world = World::scene();
        for _ in 1..9 {
            world.call("CreateRouteTable", &[("VpcId", "$vpc")]).unwrap();
        }
        let refusal = world.refusal("CreateRouteTable", &[("VpcId", "$vpc")]);
        assert_eq!(refusal.code, "QuotaExceeded.RouteTable");
    }

    #[test]
    fn a_busy_vpc_is_waited_for() {
        let mut world = World::with_manual_tasks();
        let made = world.call("CreateVpc", &[]).unwrap();
        let request = [("VpcId", made["VpcId"].as_str().unwrap())];
        assert_eq!(world.refusal("CreateRouteTable", &request).code, "IncorrectVpcStatus");
        world.finish_tasks();
        let held = ("DeleteVpc", &request[..]);
        let refusal = world.behind(held, ("CreateRouteTable", &request)).unwrap_err();
        assert_eq!(refusal.code, "OperationConflict");
    }
}
