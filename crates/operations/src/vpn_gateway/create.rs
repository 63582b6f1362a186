use crate::label::resource_group;
use crate::{Authorized, Operation, Write};
use causeway_model::task::{self, Subject};
use causeway_model::text::{Labels, is_label};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vpn_gateway::{
    ChargeType, GatewayStatus, NetworkType, PUBLIC_POOL, VpnGateway, draw_address,
};
use causeway_model::vswitch::{self, VSwitch, VSwitchStatus};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{VSwitchId, VpcId, VpnGatewayId};
use serde::Serialize;

/// Creates a VPN gateway in a VPC.
///
/// With `DisasterRecoveryVSwitchId` its IPsec connections have two tunnels, one in the zone of each
/// vSwitch; without it they have one. The gateway is `init` until its task is done, then `active`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPC.
    #[parameter(example = "vpc-bp1ub1yt9cvakoelj****")]
    vpc_id: VpcId,
    /// The bandwidth in Mbit/s: 5, 10, 20, 50, 100, 200, 500 or 1000; 200 or 1000 for a private
    /// gateway.
    #[parameter(example = "10")]
    bandwidth: i64,
    /// The name: 2 to 100 characters, beginning with a letter, not with `http://` or `https://`.
    /// The id when absent.
    #[parameter(example = "MYVPN")]
    name: Option<String>,
    /// `public` (default) or `private`.
    #[parameter(example = "public")]
    network_type: Option<String>,
    /// The vSwitch; one of the VPC is chosen when absent.
    #[parameter(example = "vsw-bp1j5miw2bae9s2vt****")]
    v_switch_id: Option<VSwitchId>,
    /// The second vSwitch, in another zone, which makes the gateway dual-tunnel.
    #[parameter(example = "vsw-p0wiz7obm0tbimu4r****")]
    disaster_recovery_v_switch_id: Option<VSwitchId>,
    /// Whether the gateway accepts IPsec connections; true when absent.
    enable_ipsec: Option<bool>,
    /// Whether the gateway accepts SSL clients; false when absent.
    enable_ssl: Option<bool>,
    /// The most SSL clients at a time: 5 (default), 10, 20, 50, 100, 200, 500 or 1000.
    ssl_connections: Option<i64>,
    /// `POSTPAY` (default) or `PREPAY`.
    #[parameter(example = "POSTPAY")]
    instance_charge_type: Option<String>,
    /// Months of a subscription: 1 to 9, 12, 24 or 36; 1 when absent. A month has 30 days here.
    period: Option<i64>,
    /// Whether a subscription is paid at once. Nothing is ever charged here.
    _auto_pay: Option<bool>,
    /// `Normal`.
    vpn_type: Option<String>,
    /// The resource group: at most 64 characters.
    resource_group_id: Option<String>,
}

/// The new gateway.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_gateway_id: VpnGatewayId,
    name: String,
    order_id: u64,
}

errors! {
    /// What `CreateVpnGateway` refuses.
    pub enum Error {
        /// No such VPC.
        VpcNotFound = 404, "InvalidVpcId.NotFound",
            "Specified VPC does not exist.", "clients.md 5.1";
        /// The name breaks its rules.
        Name = 400, "InvalidName", "The name is not valid", "chosen";
        /// The VPC is still being made, or is being removed.
        VpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "chosen";
        /// No such vSwitch in the VPC.
        VSwitchNotFound = 404, "InvalidVSwitchId.NotFound",
            "Specified virtual switch does not exist.", "clients.md 6.3";
        /// The vSwitch is still being made, or is being removed.
        VSwitchStatus = 400, "IncorrectVSwitchStatus",
            "Current VSwitch status does not support this operation.", "chosen";
        /// The second vSwitch is in the zone of the first.
        SameZone = 400, "IllegalParam.DisasterRecoveryVSwitchId",
            "The specified DisasterRecoveryVSwitchId is invalid", "chosen";
        /// The account already has as many VPN gateways in the region as its quota allows.
        Quota = 400, "Resource.QuotaFull", "The quota of resource is full", "errors.json";
    }
}

/// See [`Request`].
pub struct CreateVpnGateway;

impl Operation for CreateVpnGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vpngateway/*"],
        examples: &[
            Example {
                title: "A gateway for connections with one tunnel",
                request: &[("VpcId", "$vpc"), ("Bandwidth", "10"), ("Name", "edge")],
                answer: r#"{"VpnGatewayId":"*","Name":"edge","OrderId":"*"}"#,
            },
            Example {
                title: "A gateway for connections with two tunnels",
                request: &[
                    ("VpcId", "$vpc"),
                    ("Bandwidth", "100"),
                    ("VSwitchId", "$vsw"),
                    ("DisasterRecoveryVSwitchId", "$vsw2"),
                ],
                answer: r#"{"VpnGatewayId":"*"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateVpnGateway")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateVpnGateway {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let vpc = txn.get::<Vpc>(&request.vpc_id).ok_or(Error::VpcNotFound)?;
        let values = Values::read(&request)?;
        if vpc.status != VpcStatus::Available {
            return Err(Error::VpcStatus.into());
        }
        let vswitches = vswitches(txn, &request)?;
        if txn.all::<VpnGateway>().count() >= txn.context().quotas.vpn_gateways {
            return Err(Error::Quota.into());
        }
        let gateway = new_gateway(txn, &request, &values, vswitches);
        let response = Response {
            vpn_gateway_id: gateway.id,
            name: gateway.labels.name().into(),
            order_id: 200_000_000_000_000 + (txn.entropy() % 100_000_000_000_000) as u64,
        };
        txn.put(gateway);
        task::start(txn, Subject::VpnGateway(response.vpn_gateway_id));
        Ok(response)
    }
}

/// The scalar parameters, checked.
struct Values {
    bandwidth_mbps: u32,
    network: NetworkType,
    charge: ChargeType,
    months: i64,
    ssl_connections: u32,
    resource_group: Option<Box<str>>,
}

impl Values {
    fn read(request: &Request) -> Result<Values, Refusal> {
        let invalid = Refusal::invalid_parameter;
        let network = match request.network_type.as_deref().unwrap_or_default() {
            "" | "public" => NetworkType::Public,
            "private" => NetworkType::Private,
            _ => return Err(invalid("NetworkType")),
        };
        let bandwidths: &[i64] = match network {
            NetworkType::Public => &[5, 10, 20, 50, 100, 200, 500, 1000],
            NetworkType::Private => &[200, 1000],
        };
        let bandwidth_mbps = one_of(request.bandwidth, bandwidths, "Bandwidth")?;
        let name = request.name.as_deref();
        if name
            .is_some_and(|name| !is_label(name, 2..=100) || !name.starts_with(char::is_alphabetic))
        {
            return Err(Error::Name.into());
        }
        let clients = request.ssl_connections.unwrap_or(5);
        let clients = one_of(clients, &[5, 10, 20, 50, 100, 200, 500, 1000], "SslConnections")?;
        let charge = match request.instance_charge_type.as_deref().unwrap_or_default() {
            "" => ChargeType::PostpayByFlow,
            text if text.eq_ignore_ascii_case("POSTPAY") => ChargeType::PostpayByFlow,
            text if text.eq_ignore_ascii_case("PREPAY") => ChargeType::Prepay,
            _ => return Err(invalid("InstanceChargeType")),
        };
        let months = request.period.unwrap_or(1);
        one_of(months, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36], "Period")?;
        if !["", "Normal"].contains(&request.vpn_type.as_deref().unwrap_or_default()) {
            return Err(invalid("VpnType"));
        }
        let ssl_connections = if request.enable_ssl == Some(true) { clients } else { 0 };
        let resource_group = resource_group(&request.resource_group_id)?;
        Ok(Values { bandwidth_mbps, network, charge, months, ssl_connections, resource_group })
    }
}

fn one_of(value: i64, allowed: &[i64], name: &str) -> Result<u32, Refusal> {
    let found = allowed.iter().find(|allowed| **allowed == value);
    found.map(|value| *value as u32).ok_or_else(|| Refusal::invalid_parameter(name))
}

/// The first and the second vSwitch, as given or chosen.
fn vswitches(txn: &Txn, request: &Request) -> Result<[Option<VSwitch>; 2], Refusal> {
    let find = |id: &VSwitchId| match txn.get::<VSwitch>(id) {
        Some(found) if found.vpc != request.vpc_id => Err(Error::VSwitchNotFound),
        Some(found) if found.status != VSwitchStatus::Available => Err(Error::VSwitchStatus),
        Some(found) => Ok(found.clone()),
        None => Err(Error::VSwitchNotFound),
    };
    let first = request.v_switch_id.as_ref().map(find).transpose()?;
    let Some(second) = &request.disaster_recovery_v_switch_id else {
        let available = |vswitch: &&VSwitch| vswitch.status == VSwitchStatus::Available;
        let chosen = || vswitch::of_vpc(txn, request.vpc_id).find(available).cloned();
        return Ok([first.or_else(chosen), None]);
    };
    let Some(first) = first else { return Err(Refusal::invalid_parameter("VSwitchId")) };
    let second = find(second)?;
    if first.zone == second.zone {
        return Err(Error::SameZone.into());
    }
    Ok([Some(first), Some(second)])
}

fn new_gateway(
    txn: &mut Txn,
    request: &Request,
    values: &Values,
    [first, second]: [Option<VSwitch>; 2],
) -> VpnGateway {
    const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;
    let block = |vswitch: &Option<VSwitch>| match (values.network, vswitch) {
        (NetworkType::Private, Some(vswitch)) => vswitch.cidr,
        _ => PUBLIC_POOL,
    };
    let id: VpnGatewayId = txn.new_id();
    let address = draw_address(txn, block(&first), None);
    let second_block = second.is_some().then(|| block(&second));
    let second_address = second_block.map(|block| draw_address(txn, block, Some(address)));
    let prepaid = values.charge == ChargeType::Prepay;
    let name = request.name.clone().unwrap_or_else(|| id.to_string());
    VpnGateway {
        vswitch: first.map(|vswitch| vswitch.id),
        disaster_recovery_vswitch: second.map(|vswitch| vswitch.id),
        labels: Labels::new(Some(&name), None),
        bandwidth_mbps: values.bandwidth_mbps,
        network: values.network,
        charge: values.charge,
        ipsec: request.enable_ipsec != Some(false),
        ssl: request.enable_ssl == Some(true),
        ssl_connections: values.ssl_connections,
        status: GatewayStatus::Init,
        disaster_recovery_address: second_address,
        expires: prepaid.then(|| txn.now().plus_ms(values.months * MONTH_MS)),
        resource_group: values.resource_group.clone(),
        ..VpnGateway::new(id, request.vpc_id, address, txn.now())
    }
}

#[cfg(test)]
mod tests;
