//! What calls need to find: VPCs with a next hop, routes, VPN gateways.

use std::net::SocketAddr;

use anyhow::ensure;

use crate::client::{Client, each, text};
use crate::sign::{CAUSEWAY, Signer, VPC};

/// The region everything is in.
pub const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");
/// Most routes of a batch.
pub const BATCH: usize = 50;

/// A VPC with a vSwitch, so that its routes forward, and an instance that they lead to.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// The VPC.
    pub id: String,
    /// Its system table.
    pub table: String,
    /// The instance.
    pub hop: String,
    /// The vSwitch.
    pub vswitch: String,
}

/// A VPN gateway with one connection.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// The gateway.
    pub id: String,
    /// The connection.
    pub connection: String,
}

/// Where things are set up.
pub struct Scene<'a> {
    /// The server.
    pub address: SocketAddr,
    /// Who calls.
    pub signer: &'a Signer,
}

/// The destination with this number, outside of the VPCs' own blocks.
pub fn destination(number: usize) -> String {
    format!("10.{}.{}.0/24", number / 256, number % 256)
}

impl<'a> Scene<'a> {
    fn each<T: Sync, R: Send>(
        &self,
        items: &[T],
        run: impl Fn(&mut Client<'a>, &T) -> anyhow::Result<R> + Sync,
    ) -> anyhow::Result<Vec<R>> {
        each(self.address, self.signer, items, run)
    }

    /// Makes VPCs.
    pub fn vpcs(&self, count: usize) -> anyhow::Result<Vec<Vpc>> {
        self.each(&vec![(); count], |client, ()| {
            let cidr = ("CidrBlock", "192.168.0.0/16");
            let vpc = client.call(VPC, "CreateVpc", &[REGION, cidr])?;
            let (id, table) = (text(&vpc, "VpcId")?, text(&vpc, "RouteTableId")?);
            let register = [REGION, ("ResourceType", "Instance"), ("VpcId", &id)];
            let hop = text(&client.call(CAUSEWAY, "RegisterResource", &register)?, "ResourceId")?;
            let place = [("VpcId", &*id), ("ZoneId", "cn-hangzhou-h")];
            let vswitch = [&[REGION, ("CidrBlock", "192.168.0.0/24")], &place[..]].concat();
            let vswitch = text(&client.call(VPC, "CreateVSwitch", &vswitch)?, "VSwitchId")?;
            Ok(Vpc { id, table, hop, vswitch })
        })
    }

    /// Gives each VPC's table the first `count` destinations.
    pub fn fill(&self, vpcs: &[Vpc], count: usize) -> anyhow::Result<()> {
        self.each(vpcs, |client, vpc| {
            let numbers: Vec<usize> = (0..count).collect();
            for numbers in numbers.chunks(BATCH) {
                let parameters = batch(vpc, numbers);
                let parameters: Vec<_> = parameters.iter().map(|(n, v)| (&**n, &**v)).collect();
                let answer = client.call(VPC, "CreateRouteEntries", &parameters)?;
                ensure!(answer["FailedCount"] == 0, "routes failed: {answer}");
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Makes VPN gateways.
    pub fn gateways(&self, count: usize) -> anyhow::Result<Vec<Gateway>> {
        let vpc = &self.vpcs(1)?[0];
        let far_end = self.each(&[()], |client, ()| {
            // Each has an address of its own, in every run.
            let [.., b, c, d] = getrandom::u32()?.to_be_bytes();
            let address = format!("11.{b}.{c}.{d}");
            let parameters = [REGION, ("IpAddress", &*address)];
            let answer = client.call(VPC, "CreateCustomerGateway", &parameters)?;
            text(&answer, "CustomerGatewayId")
        })?;
        self.each(&vec![(); count], |client, ()| {
            let register = [REGION, ("ResourceType", "VpnGateway"), ("VpcId", &vpc.id)];
            let id = text(&client.call(CAUSEWAY, "RegisterResource", &register)?, "ResourceId")?;
            let connect = [
                REGION,
                ("VpnGatewayId", &id),
                ("CustomerGatewayId", &far_end[0]),
                ("LocalSubnet", "0.0.0.0/0"),
                ("RemoteSubnet", "0.0.0.0/0"),
            ];
            let answer = client.call(VPC, "CreateVpnConnection", &connect)?;
            Ok(Gateway { id, connection: text(&answer, "VpnConnectionId")? })
        })
    }

    /// Fails unless each VPC's table has exactly `count` routes of users.
    pub fn expect_routes(&self, vpcs: &[Vpc], count: usize) -> anyhow::Result<()> {
        self.each(vpcs, |client, vpc| {
            let page = [("RouteEntryType", "Custom"), ("MaxResult", "100")];
            let parameters = [&[REGION, ("RouteTableId", &vpc.table)], &page[..]].concat();
            let answer = client.call(VPC, "DescribeRouteEntryList", &parameters)?;
            let found = answer["RouteEntrys"]["RouteEntry"].as_array().map_or(0, Vec::len);
            ensure!(found == count, "{} has {found} routes, not {count}", vpc.table);
            Ok(())
        })?;
        Ok(())
    }

    /// Removes VPCs that have no routes.
    pub fn remove(&self, vpcs: &[Vpc]) -> anyhow::Result<()> {
        self.each(vpcs, |client, vpc| {
            client.call(CAUSEWAY, "UnregisterResource", &[REGION, ("ResourceId", &vpc.hop)])?;
            client.call(VPC, "DeleteVSwitch", &[REGION, ("VSwitchId", &vpc.vswitch)])?;
            client.call(VPC, "DeleteVpc", &[REGION, ("VpcId", &vpc.id)])
        })?;
        Ok(())
    }
}

/// The parameters of a batch of routes to the destinations with these numbers.
pub fn batch(vpc: &Vpc, numbers: &[usize]) -> Vec<(String, String)> {
    let mut parameters = vec![(REGION.0.to_owned(), REGION.1.to_owned())];
    for (index, number) in numbers.iter().enumerate() {
        let mut set = |field: &str, value: &str| {
            parameters.push((format!("RouteEntries.{}.{field}", index + 1), value.to_owned()));
        };
        set("RouteTableId", &vpc.table);
        set("DstCidrBlock", &destination(*number));
        set("NextHop", &vpc.hop);
    }
    parameters
}
