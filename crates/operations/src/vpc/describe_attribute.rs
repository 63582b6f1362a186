use super::shape::VpcShape;
use crate::{Authorized, Operation, Query};
use causeway_model::vpc::Vpc;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpcId;

/// Describes one VPC.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPC.
    #[parameter(example = "vpc-bp18sth14qii3pnv****")]
    vpc_id: VpcId,
    /// Finds the VPC only if it is (`true`) or is not (`false`) the region's default VPC. There is
    /// no default VPC here.
    is_default: Option<bool>,
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
        region_required: true,
        dry_run: true,
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
    type Response = VpcShape;
}

impl Query for DescribeVpcAttribute {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<VpcShape, Refusal> {
        let vpc = tenant.get::<Vpc>(&request.vpc_id).ok_or(Error::NotFound)?;
        if request.is_default == Some(true) {
            return Err(Error::NotFound.into());
        }
        Ok(VpcShape::new(tenant, context, vpc))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    #[test]
    fn every_list_is_there_even_when_empty() {
        let mut world = World::new();
        let made = world.call("CreateVpc", &[]).unwrap();
        let read =
            world.call("DescribeVpcAttribute", &[("VpcId", made["VpcId"].as_str().unwrap())]);
        let read = read.unwrap();
        for (outer, inner) in [
            ("VSwitchIds", "VSwitchId"),
            ("SecondaryCidrBlocks", "SecondaryCidrBlock"),
            ("UserCidrs", "UserCidr"),
            ("Ipv6CidrBlocks", "Ipv6CidrBlock"),
            ("NatGatewayIds", "NatGatewayIds"),
            ("Tags", "Tag"),
        ] {
            assert_eq!(read[outer][inner], json!([]), "{outer}");
        }
        assert_eq!(read["Ipv6CidrBlock"], "");
        assert_eq!(read["EnabledIpv6"], false);
        assert_eq!(read["RouterTableIds"]["RouterTableIds"], json!([made["RouteTableId"]]));
        assert!(read.get("Code").is_none(), "read as an error by clients");
    }

    #[test]
    fn what_a_vpc_holds_is_listed() {
        let mut world = World::scene();
        let read = world.call("DescribeVpcAttribute", &[("VpcId", "$vpc")]).unwrap();
        let vswitches = json!([world.resolve("$vsw"), world.resolve("$vsw2")]);
        assert_eq!(read["VSwitchIds"]["VSwitchId"], vswitches);
        assert_eq!(read["NatGatewayIds"]["NatGatewayIds"], json!([world.resolve("$ngw")]));
        assert_eq!(read["Ipv6CidrBlocks"]["Ipv6CidrBlock"][0]["Ipv6Isp"], "BGP");
        assert_eq!(read["CreationTime"], "2026-11-18T11:06:40Z");
    }

    #[test]
    fn an_unknown_or_default_vpc_is_not_found() {
        let mut world = World::scene();
        for request in [
            &[("VpcId", "vpc-bp1other")][..],
            &[("VpcId", "vpc-bp1****")],
            &[("VpcId", "$vpc"), ("IsDefault", "true")],
        ] {
            let refusal = world.refusal("DescribeVpcAttribute", request);
            assert_eq!((refusal.status, &*refusal.code), (404, "InvalidVpcId.NotFound"));
        }
    }
}
