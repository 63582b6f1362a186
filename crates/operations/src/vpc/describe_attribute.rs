use crate::shape::TagList;
use crate::{Authorized, Operation, Query};
use causeway_model::vpc::Vpc;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{VSwitchId, VpcId};
use serde::Serialize;

/// Describes one VPC.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPC.
    #[parameter(example = "vpc-bp18sth14qii3pnv****")]
    vpc_id: VpcId,
}

/// The VPC.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpc_id: VpcId,
    vpc_name: String,
    description: String,
    region_id: String,
    status: &'static str,
    cidr_block: String,
    ipv6_cidr_block: String,
    secondary_cidr_blocks: SecondaryCidrBlocks,
    user_cidrs: UserCidrs,
    v_router_id: String,
    v_switch_ids: VSwitchIds,
    creation_time: String,
    is_default: bool,
    resource_group_id: String,
    tags: TagList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecondaryCidrBlocks {
    secondary_cidr_block: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserCidrs {
    user_cidr: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VSwitchIds {
    v_switch_id: Vec<VSwitchId>,
}

errors! {
    /// What `DescribeVpcAttribute` refuses.
    pub enum Error {
        /// No such VPC.
        NotFound = 404, "InvalidVpcId.NotFound",
            "Specified VPC does not exist.", "clients.md 5.1";
    }
}

/// See [`Request`].
pub struct DescribeVpcAttribute;

impl Operation for DescribeVpcAttribute {
    const DECLARATION: Declaration = Declaration {
        access: Access::Get,
        resources: &["vpc/{VpcId}"],
        examples: &[Example {
            title: "One VPC",
            request: &[("VpcId", "$vpc")],
            answer: r#"{"VpcId":"$vpc","Status":"Available","CidrBlock":"192.168.0.0/16"}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeVpcAttribute")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpcAttribute {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let vpc = tenant.get::<Vpc>(&request.vpc_id).ok_or(Error::NotFound)?;
        let texts =
            |cidrs: &[causeway_types::Cidr]| cidrs.iter().map(ToString::to_string).collect();
        Ok(Response {
            vpc_id: vpc.id,
            vpc_name: vpc.labels.name().into(),
            description: vpc.labels.description().into(),
            region_id: context.region.id.clone(),
            status: vpc.status.text(),
            cidr_block: vpc.cidr.to_string(),
            ipv6_cidr_block: vpc.ipv6_cidr.map(|cidr| cidr.to_string()).unwrap_or_default(),
            secondary_cidr_blocks: SecondaryCidrBlocks {
                secondary_cidr_block: texts(&vpc.secondary_cidrs),
            },
            user_cidrs: UserCidrs { user_cidr: texts(&vpc.user_cidrs) },
            v_router_id: vpc.vrouter.to_string(),
            v_switch_ids: VSwitchIds { v_switch_id: tenant.members(vpc.id).collect() },
            creation_time: vpc.created.to_string(),
            is_default: false,
            resource_group_id: vpc.resource_group.as_deref().unwrap_or_default().into(),
            tags: TagList::from(&vpc.tags),
        })
    }
}
