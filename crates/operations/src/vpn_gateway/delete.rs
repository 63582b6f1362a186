use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::task::{self, Subject, Task};
use causeway_model::vpn_gateway::{GatewayStatus, Kept, VpnGateway};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnGatewayId;

/// Deletes a VPN gateway that has no IPsec connections and that no route of its VPC points to.
///
/// The gateway is `deleting` until its task is done, then gone.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The gateway.
    #[parameter(example = "vpn-bp1q8bgx4xnkm2ogj****")]
    vpn_gateway_id: VpnGatewayId,
}

errors! {
    /// What `DeleteVpnGateway` refuses.
    pub enum Error {
        /// No such gateway.
        NotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "errors.json";
        /// Overdue payment has locked the gateway.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "errors.json";
        /// The gateway is not `active`, or another request is changing it. Clients retry on this
        /// code only (clients.md 6.2).
        Configuring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "errors.json";
        /// Its subscription runs.
        Prepaid = 403, "ForbiddenRelease",
            "Forbidden to release a prepaid instance within validity period", "errors.json";
        /// It has IPsec connections.
        Connections = 400, "DependencyViolation.VpnConnection",
            "The specified VPN gateway has IPsec connections.", "chosen";
        /// Routes of its VPC point to it.
        Routes = 400, "DependencyViolation.RouteEntry",
            "The specified VPN gateway is the next hop of routes of the VPC.", "chosen";
    }
}

/// See [`Request`].
pub struct DeleteVpnGateway;

impl Operation for DeleteVpnGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[Example {
            title: "One that has connections",
            request: &[("VpnGatewayId", "$vpn")],
            answer: r#"{"Code":"DependencyViolation.VpnConnection"}"#,
        }],
        ..Declaration::of::<Request, Error>("DeleteVpnGateway")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVpnGateway {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let id = request.vpn_gateway_id;
        let subject = Subject::VpnGateway(id);
        let gateway = txn.get::<VpnGateway>(&id).ok_or(Error::NotFound)?;
        if gateway.financial_locked {
            return Err(Error::FinancialLocked.into());
        }
        if gateway.status != GatewayStatus::Active || txn.held_by_another::<Task>(&subject) {
            return Err(Error::Configuring.into());
        }
        gateway.deletable(txn, txn.now()).map_err(|kept| match kept {
            Kept::Prepaid => Error::Prepaid,
            Kept::Connections => Error::Connections,
            Kept::Routes => Error::Routes,
        })?;
        txn.update::<VpnGateway>(&id, |gateway| gateway.status = GatewayStatus::Deleting);
        task::start(txn, subject);
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::next_hop::NextHops;
    use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus};
    use causeway_model::vpn_gateway::{ChargeType, GatewayStatus, VpnGateway};
    use causeway_model::{Read, TaskLength};
    use causeway_types::{TypedId, VpnGatewayId};

    const ID: [(&str, &str); 1] = [("VpnGatewayId", "vpn-bp1empty")];

    /// The scene and a gateway without connections.
    fn world() -> World {
        let mut world = World::scene();
        let mut gateway = world.tenant.all::<VpnGateway>().next().unwrap().clone();
        gateway.id = VpnGatewayId::from_text("vpn-bp1empty");
        world.put(gateway);
        world
    }

    fn with(change: impl FnOnce(&mut VpnGateway)) -> World {
        let mut world = world();
        let id = VpnGatewayId::from_text("vpn-bp1empty");
        let mut gateway = world.tenant.get::<VpnGateway>(&id).unwrap().clone();
        change(&mut gateway);
        world.put(gateway);
        world
    }

    #[test]
    fn a_gateway_is_deleting_then_gone() {
        let mut world = world();
        world.context.tasks = TaskLength::Manual;
        world.call("DeleteVpnGateway", &ID).unwrap();
        let read = world.call("DescribeVpnGateway", &ID).unwrap();
        assert_eq!(read["Status"], "deleting");
        assert_eq!(world.refusal("DeleteVpnGateway", &ID).code, "VpnGateway.Configuring");
        let mut untouched = self::world();
        untouched.context.tasks = TaskLength::Manual;
        let twice = untouched.behind(("DeleteVpnGateway", &ID), ("DeleteVpnGateway", &ID));
        assert_eq!(twice.unwrap_err().code, "VpnGateway.Configuring");
        world.finish_tasks();
        let gone = world.refusal("DescribeVpnGateway", &ID);
        assert_eq!(gone.code, "InvalidVpnGatewayInstanceId.NotFound"); // clients.md 5.1
    }

    #[test]
    fn what_keeps_a_gateway() {
        let none = world().refusal("DeleteVpnGateway", &[("VpnGatewayId", "vpn-none")]);
        assert_eq!((none.status, &*none.code), (404, "InvalidVpnGatewayInstanceId.NotFound"));
        let locked = with(|gateway| gateway.financial_locked = true);
        assert_eq!({ locked }.refusal("DeleteVpnGateway", &ID).code, "VpnGateway.FinancialLocked");
        for status in [GatewayStatus::Init, GatewayStatus::Updating] {
            let mut busy = with(|gateway| gateway.status = status);
            assert_eq!(busy.refusal("DeleteVpnGateway", &ID).code, "VpnGateway.Configuring");
        }
        let used = world().refusal("DeleteVpnGateway", &[("VpnGatewayId", "$dual")]);
        assert_eq!(used.code, "DependencyViolation.VpnConnection");
    }

    #[test]
    fn a_subscription_keeps_a_gateway_until_it_ends() {
        let mut world = with(|gateway| {
            gateway.charge = ChargeType::Prepay;
            gateway.expires = Some(gateway.created.plus_ms(1));
        });
        let refusal = world.refusal("DeleteVpnGateway", &ID);
        assert_eq!((refusal.status, &*refusal.code), (403, "ForbiddenRelease"));
        world.context.now = world.context.now.plus_ms(1);
        world.call("DeleteVpnGateway", &ID).unwrap();
    }

    #[test]
    fn a_route_keeps_a_gateway() {
        let mut world = world();
        world.put(RouteEntry {
            key: RouteKey {
                table: TypedId::from_text(&world.resolve("$custom")),
                destination: "10.0.0.0/8".parse().unwrap(),
                origin: RouteOrigin::User,
            },
            id: TypedId::from_text("rte-bp1customscen1"),
            next_hops: NextHops::One("vpn-bp1empty".parse().unwrap()),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        });
        assert_eq!(world.refusal("DeleteVpnGateway", &ID).code, "DependencyViolation.RouteEntry");
    }
}
