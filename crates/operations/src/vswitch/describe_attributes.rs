use super::shape::VSwitchShape;
use crate::{Authorized, Operation, Query};
use causeway_model::vswitch::VSwitch;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VSwitchId;

/// Describes one vSwitch.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The vSwitch.
    #[parameter(example = "vsw-25bcdxs7pv1****")]
    v_switch_id: VSwitchId,
}

errors! {
    /// What `DescribeVSwitchAttributes` refuses.
    pub enum Error {
        /// No such vSwitch.
        NotFound = 404, "InvalidVSwitchId.NotFound",
            "Specified VSwitch does not exist.", "clients.md 6.3";
    }
}

/// See [`Request`].
pub struct DescribeVSwitchAttributes;

impl Operation for DescribeVSwitchAttributes {
    const DECLARATION: Declaration = Declaration {
        dry_run: true,
        access: Access::Get,
        resources: &["vswitch/{VSwitchId}"],
        examples: &[Example {
            title: "One vSwitch",
            request: &[("VSwitchId", "$vsw")],
            answer: r#"{"VSwitchId":"$vsw","VpcId":"$vpc","Status":"Available","CidrBlock":"192.168.1.0/24","Ipv6CidrBlock":"2408:4005:300:aa01::/64","ZoneId":"cn-hangzhou-h","RouteTable":{"RouteTableId":"$vtb","RouteTableType":"System"}}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeVSwitchAttributes")
    };
    type Request = Request;
    type Response = VSwitchShape;
}

impl Query for DescribeVSwitchAttributes {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<VSwitchShape, Refusal> {
        let vswitch = tenant.get::<VSwitch>(&request.v_switch_id).ok_or(Error::NotFound)?;
        Ok(VSwitchShape::new(tenant, context, vswitch))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    #[test]
    fn members_that_clients_need_are_there() {
        let mut world = World::new();
        let vpc = world.call("CreateVpc", &[("ResourceGroupId", "rg-1")]).unwrap();
        let made = world.call(
            "CreateVSwitch",
            &[
                ("VpcId", vpc["VpcId"].as_str().unwrap()),
                ("CidrBlock", "172.16.0.0/29"),
                ("ZoneId", "cn-hangzhou-k"),
            ],
        );
        let id = made.unwrap()["VSwitchId"].as_str().unwrap().to_owned();
        let read = world.call("DescribeVSwitchAttributes", &[("VSwitchId", &id)]).unwrap();
        assert_eq!(read["Ipv6CidrBlock"], ""); // clients.md 7: absence reads as IPv6 enabled
        assert_eq!(read["Tags"]["Tag"], json!([]));
        assert_eq!(read["AvailableIpAddressCount"], 4);
        assert_eq!(read["ResourceGroupId"], "rg-1");
        assert_eq!(read["IsDefault"], false);
    }

    #[test]
    fn an_unknown_vswitch_is_not_found() {
        let mut world = World::scene();
        for id in ["vsw-none", "vsw-bp1****", "$vpc"] {
            let refusal = world.refusal("DescribeVSwitchAttributes", &[("VSwitchId", id)]);
            assert_eq!((refusal.status, &*refusal.code), (404, "InvalidVSwitchId.NotFound"));
        }
    }
}
