//! The calls that are measured, each with what it needs.

use anyhow::Result;
use clap::ValueEnum;

use crate::drive::{Load, Prepared, Report, run};
use crate::scene::{BATCH, REGION, Scene, Vpc, batch, destination};
use crate::sign::{Signer, VPC};

/// Routes of a table, the provider's default quota.
const TABLE_ROUTES: usize = 200;
/// Destination routes of a VPN gateway, likewise.
const GATEWAY_ROUTES: usize = 20;
/// Tables that are described in turn.
const DESCRIBED_TABLES: usize = 64;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Call {
    /// CreateRouteEntry, up to 200 in a table
    Create,
    /// CreateVpnRouteEntry, up to 20 on a gateway
    CreateVpn,
    /// DescribeRouteEntryList, a page of 50 of 200
    Describe,
    /// DeleteRouteEntry
    Delete,
    /// CreateRouteEntries, 50 routes each
    Batch,
    /// CreateRouteEntry, DescribeRouteEntryList and DeleteRouteEntry of one route after the other
    Mixed,
}

impl Call {
    /// Sets up what the calls need, and makes them.
    ///
    /// # Errors
    /// If any call is not answered with success.
    pub fn measure(self, scene: &Scene, load: &Load) -> Result<Report> {
        let total = load.warm_up + load.requests;
        match self {
            Call::Create => {
                let vpcs = scene.vpcs(total.div_ceil(TABLE_ROUTES))?;
                run(load, &prepared(total, |it| create(scene, &vpcs, it)))
            }
            Call::CreateVpn => {
                let gateways = scene.gateways(total.div_ceil(GATEWAY_ROUTES))?;
                let request = |number: usize| {
                    let gateway = &gateways[number % gateways.len()];
                    let parameters = [
                        REGION,
                        ("VpnGatewayId", &gateway.id),
                        ("RouteDest", &destination(number / gateways.len())),
                        ("NextHop", &gateway.connection),
                        ("Weight", "100"),
                        ("PublishVpc", "false"),
                    ];
                    scene.signer.request(VPC, "CreateVpnRouteEntry", &parameters)
                };
                run(load, &prepared(total, request))
            }
            Call::Describe => {
                let vpcs = scene.vpcs(DESCRIBED_TABLES)?;
                scene.fill(&vpcs, TABLE_ROUTES)?;
                run(load, &prepared(total, |it| describe(scene, &vpcs[it % vpcs.len()])))
            }
            Call::Delete => {
                let vpcs = scene.vpcs(total.div_ceil(TABLE_ROUTES))?;
                scene.fill(&vpcs, total.div_ceil(vpcs.len()))?;
                let request =
                    |it| delete(scene, &vpcs[it % vpcs.len()], &destination(it / vpcs.len()));
                run(load, &prepared(total, request))
            }
            Call::Batch => {
                let vpcs = scene.vpcs(total.div_ceil(TABLE_ROUTES / BATCH))?;
                let request = |number: usize| {
                    let first = number / vpcs.len() * BATCH;
                    let numbers: Vec<usize> = (first..first + BATCH).collect();
                    let parameters = batch(&vpcs[number % vpcs.len()], &numbers);
                    let parameters: Vec<_> = parameters.iter().map(|(n, v)| (&**n, &**v)).collect();
                    scene.signer.request(VPC, "CreateRouteEntries", &parameters)
                };
                run(load, &prepared(total, request))
            }
            Call::Mixed => mixed(scene, load),
        }
    }
}

/// Sends requests of the same bytes as [`Call::Create`] to a server that does not look at them.
///
/// # Errors
/// If any of them is not answered with success.
pub fn without_scene(signer: &Signer, load: &Load) -> Result<Report> {
    let vpc = Vpc {
        id: "vpc-bp1qpo0kug3a20qqe0000".into(),
        table: "vtb-bp145q7glnuzdvzu20000".into(),
        hop: "i-j6c2fp57q8rr4jlu0000".into(),
        vswitch: String::new(),
    };
    let scene = Scene { address: load.address, signer };
    let total = load.warm_up + load.requests;
    let vpcs = vec![vpc; total.div_ceil(TABLE_ROUTES)];
    run(load, &prepared(total, |it| create(&scene, &vpcs, it)))
}

fn prepared(total: usize, request: impl Fn(usize) -> Vec<u8>) -> Prepared {
    Prepared((0..total).map(request).collect())
}

fn create(scene: &Scene, vpcs: &[Vpc], number: usize) -> Vec<u8> {
    let vpc = &vpcs[number % vpcs.len()];
    let parameters = [
        REGION,
        ("RouteTableId", &vpc.table),
        ("DestinationCidrBlock", &destination(number / vpcs.len())),
        ("NextHopId", &vpc.hop),
    ];
    scene.signer.request(VPC, "CreateRouteEntry", &parameters)
}

fn describe(scene: &Scene, vpc: &Vpc) -> Vec<u8> {
    let parameters = [REGION, ("RouteTableId", &vpc.table), ("MaxResult", "50")];
    scene.signer.request(VPC, "DescribeRouteEntryList", &parameters)
}

fn delete(scene: &Scene, vpc: &Vpc, destination: &str) -> Vec<u8> {
    let parameters = [
        REGION,
        ("RouteTableId", &vpc.table),
        ("DestinationCidrBlock", destination),
        ("NextHopId", &vpc.hop),
    ];
    scene.signer.request(VPC, "DeleteRouteEntry", &parameters)
}

/// Each client has a VPC of its own, where it makes, describes and removes one route after the other. In the end
/// nothing is left: an answer that was lost would be noticed.
fn mixed(scene: &Scene, load: &Load) -> Result<Report> {
    // Whole turns of three calls for every client, so that each ends with a removal.
    let turn = 3 * load.clients;
    let whole = |requests: usize| requests.div_ceil(turn) * turn;
    let load = Load { warm_up: whole(load.warm_up), requests: whole(load.requests), ..*load };
    let vpcs = scene.vpcs(load.clients)?;
    let made = crate::drive::Made(|number: usize| {
        let (vpc, step) = (&vpcs[number % load.clients], number / load.clients);
        let route = step / 3 % TABLE_ROUTES;
        match step % 3 {
            0 => create(scene, std::slice::from_ref(vpc), route),
            1 => describe(scene, vpc),
            _ => delete(scene, vpc, &destination(route)),
        }
    });
    let report = run(&load, &made)?;
    scene.expect_routes(&vpcs, 0)?;
    scene.remove(&vpcs)?;
    Ok(report)
}
