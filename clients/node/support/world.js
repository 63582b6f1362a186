'use strict';
// Things to test with. Each function works at once on a server whose tasks are immediate.

const ZONES = ['cn-hangzhou-h', 'cn-hangzhou-i'];
const ROUTER = 'tr-bp1client0000000000001';

/** A VPC with a vSwitch; `table` is its system table. */
async function vpc(sdk, { cidr = '192.168.0.0/16', block = '192.168.1.0/24', ...more } = {}) {
  const made = await sdk.CreateVpc({ CidrBlock: cidr, ...more });
  const place = await vswitch(sdk, made.VpcId, block);
  return { id: made.VpcId, router: made.VRouterId, table: made.RouteTableId, vswitch: place };
}

async function vswitch(sdk, vpcId, block, zone = ZONES[0]) {
  return (await sdk.CreateVSwitch({ VpcId: vpcId, CidrBlock: block, ZoneId: zone })).VSwitchId;
}

/** A next hop of another product, registered by hand. */
async function instance(sdk, vpcId, id = 'i-bp1client000000000001', kind = 'Instance') {
  await sdk.own('RegisterResource', { ResourceType: kind, ResourceId: id, VpcId: vpcId });
  return id;
}

async function customerGateway(sdk, address = '203.0.113.10') {
  return (await sdk.CreateCustomerGateway({ IpAddress: address })).CustomerGatewayId;
}

async function gateway(sdk, place, more = {}) {
  const made = await sdk.CreateVpnGateway({ VpcId: place.id, VSwitchId: place.vswitch, Bandwidth: 10, ...more });
  return made.VpnGatewayId;
}

/** A gateway whose connections have two tunnels. */
async function dualGateway(sdk, place) {
  const second = await vswitch(sdk, place.id, '192.168.2.0/24', ZONES[1]);
  return gateway(sdk, place, { DisasterRecoveryVSwitchId: second });
}

const OPEN = { LocalSubnet: '0.0.0.0/0', RemoteSubnet: '0.0.0.0/0', AutoConfigRoute: false };

/** A connection with one tunnel, for routes by destination. */
async function connection(sdk, gatewayId, customer, more = {}) {
  const made = await sdk.CreateVpnConnection({ VpnGatewayId: gatewayId, CustomerGatewayId: customer, ...OPEN, ...more });
  return made.VpnConnectionId;
}

async function dualConnection(sdk, gatewayId, customers) {
  const tunnels = customers.map((customer, index) => ({
    CustomerGatewayId: customer,
    Role: ['master', 'slave'][index],
    TunnelIkeConfig: { Psk: `secret-${index}` },
  }));
  const made = await sdk.CreateVpnConnection({ VpnGatewayId: gatewayId, ...OPEN, TunnelOptionsSpecification: tunnels });
  return made.VpnConnectionId;
}

/** A connection made for a transit router, attached to nothing yet. */
async function attachment(sdk, addresses = ['203.0.113.20', '203.0.113.21']) {
  const tunnels = [];
  for (const [index, address] of addresses.entries()) {
    tunnels.push({ CustomerGatewayId: await customerGateway(sdk, address), TunnelIndex: index + 1 });
  }
  return (await sdk.CreateVpnAttachment({ ...OPEN, TunnelOptionsSpecification: tunnels })).VpnConnectionId;
}

/** Attaches such a connection to `ROUTER`; resolves to the attachment's id. */
async function attach(sdk, connectionId) {
  const made = await sdk.own('RegisterResource', {
    ResourceType: 'TransitRouterVpnAttachment',
    TransitRouterId: ROUTER,
    VpnConnectionId: connectionId,
  });
  return made.ResourceId;
}

async function attached(sdk) {
  const id = await attachment(sdk);
  await attach(sdk, id);
  return id;
}

/** A gateway for one tunnel, with two connections. */
async function site(sdk) {
  const place = await vpc(sdk);
  const id = await gateway(sdk, place);
  const first = await connection(sdk, id, await customerGateway(sdk, '203.0.113.1'));
  const second = await connection(sdk, id, await customerGateway(sdk, '203.0.113.2'));
  return { vpc: place, gateway: id, first, second };
}

/** Custom routes of a table by destination. */
async function routes(sdk, table, filters = {}) {
  const answer = await sdk.DescribeRouteEntryList({ RouteTableId: table, RouteEntryType: 'Custom', ...filters });
  return Object.fromEntries(answer.RouteEntrys.RouteEntry.map((route) => [route.DestinationCidrBlock, route]));
}

module.exports = {
  ROUTER,
  ZONES,
  attach,
  attached,
  attachment,
  connection,
  customerGateway,
  dualConnection,
  dualGateway,
  gateway,
  instance,
  routes,
  site,
  vpc,
  vswitch,
};
