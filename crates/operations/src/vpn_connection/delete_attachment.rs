use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::vpn_connection::{self, Attached, ConnectionState, VpnConnection};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnConnectionId;

/// Deletes an IPsec connection made for a transit router, while no transit router holds it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The connection.
    #[parameter(example = "vco-p0w2jpkhi2eeop6q6****")]
    vpn_connection_id: VpnConnectionId,
}

errors! {
    /// What `DeleteVpnAttachment` refuses.
    pub enum Error {
        /// No such connection, or it is on a VPN gateway.
        NotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "chosen";
        /// It is being attached, detached or reconfigured.
        Configuring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "clients.md 6.2";
        /// It is attached to a transit router.
        Attached = 400, "DependencyViolation.TransitRouter",
            "The specified IPsec connection is attached to a transit router.", "chosen";
    }
}

/// See [`Request`].
pub struct DeleteVpnAttachment;

impl Operation for DeleteVpnAttachment {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        access: Access::Delete,
        resources: &["vpnconnection/{VpnConnectionId}"],
        examples: &[
            Example {
                title: "One that nothing holds",
                request: &[("VpnConnectionId", "$free")],
                answer: "{}",
            },
            Example {
                title: "One that a transit router holds",
                request: &[("VpnConnectionId", "$att")],
                answer: r#"{"Code":"DependencyViolation.TransitRouter"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DeleteVpnAttachment")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVpnAttachment {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let id = request.vpn_connection_id;
        let connection = txn.get::<VpnConnection>(&id).ok_or(Error::NotFound)?;
        match (connection.attached, connection.state) {
            (Attached::Gateway(_), _) => Err(Error::NotFound),
            (_, ConnectionState::Attached) => Err(Error::Attached),
            (Attached::Nothing, ConnectionState::Init | ConnectionState::FinancialLocked) => Ok(()),
            _ => Err(Error::Configuring),
        }?;
        vpn_connection::remove(txn, id);
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::vpn_connection::{ConnectionState, VpnConnection};
    use causeway_types::TypedId;

    #[test]
    fn a_free_one_is_gone_at_once() {
        let mut world = World::scene();
        world.call("DeleteVpnAttachment", &[("VpnConnectionId", "$free")]).unwrap();
        let gone = world.refusal("DeleteVpnAttachment", &[("VpnConnectionId", "$free")]);
        assert_eq!(gone.status, 404); // clients.md 5.1
    }

    #[test]
    fn others_stay() {
        let mut world = World::scene();
        for (id, code) in [
            ("$vco", "InvalidVpnConnectionInstanceId.NotFound"),
            ("vco-none", "InvalidVpnConnectionInstanceId.NotFound"),
            ("$att", "DependencyViolation.TransitRouter"),
        ] {
            let refusal = world.refusal("DeleteVpnAttachment", &[("VpnConnectionId", id)]);
            assert_eq!(refusal.code, code, "{id}");
        }
        let id = TypedId::from_text(&world.resolve("$att"));
        let mut connection = world.tenant.get::<VpnConnection>(&id).unwrap().clone();
        for state in
            [ConnectionState::Attaching, ConnectionState::Detaching, ConnectionState::Updating]
        {
            connection.state = state;
            world.put(connection.clone());
            let refusal = world.refusal("DeleteVpnAttachment", &[("VpnConnectionId", "$att")]);
            assert_eq!(refusal.code, "VpnConnection.Configuring");
        }
    }
}
