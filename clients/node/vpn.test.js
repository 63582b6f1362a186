'use strict';
// Customer gateways, VPN gateways, connections with one tunnel and with two, attachments.

const assert = require('node:assert/strict');

const { Refused, refused } = require('./support/refused.js');
const { each } = require('./support/suite.js');
const world = require('./support/world.js');

each('a customer gateway from creation to deletion', async (sdk) => {
  const made = await sdk.CreateCustomerGateway({ IpAddress: '203.0.113.10', Asn: '123.456', Name: 'Ufer' });
  const key = { CustomerGatewayId: made.CustomerGatewayId };
  const seen = await sdk.DescribeCustomerGateway(key);
  assert.deepEqual([seen.IpAddress, seen.Name, Number(seen.Asn)], ['203.0.113.10', 'Ufer', 8061384]);
  assert.equal(seen.CreateTime, made.CreateTime);
  const listed = await sdk.DescribeCustomerGateways({ PageSize: 50, PageNumber: 1 });
  assert.deepEqual(listed.CustomerGateways.CustomerGateway.map((row) => row.CustomerGatewayId), [made.CustomerGatewayId]);
  await refused(sdk.CreateCustomerGateway({ IpAddress: '203.0.113.10' }), 'InvalidIpAddress.AlreadyExist');
  await refused(sdk.CreateCustomerGateway({ IpAddress: '127.0.0.1' }), 'InvalidIpAddress.WrongFormat');
  await sdk.DeleteCustomerGateway(key);
  await refused(sdk.DescribeCustomerGateway(key), 'InvalidCustomerGatewayInstanceId.NotFound', { status: 404 });
});

each('a VPN gateway from creation to deletion', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const VpnGatewayId = await world.gateway(sdk, vpc, { Name: 'edge', EnableSsl: false });
  const seen = await sdk.DescribeVpnGateway({ VpnGatewayId });
  assert.deepEqual(
    [seen.Status, seen.Spec, seen.IpsecVpn, seen.SslVpn, seen.ChargeType, seen.AutoPropagate],
    ['active', '10M', 'enable', 'disable', 'PostpayByFlow', false],
  );
  const listed = await sdk.DescribeVpnGateways({ VpcId: vpc.id });
  assert.deepEqual(listed.VpnGateways.VpnGateway.map((gateway) => gateway.VpnGatewayId), [VpnGatewayId]);
  const connection = await world.connection(sdk, VpnGatewayId, await world.customerGateway(sdk));
  await refused(sdk.DeleteVpnGateway({ VpnGatewayId }), 'DependencyViolation.VpnConnection');
  await sdk.DeleteVpnConnection({ VpnConnectionId: connection });
  await sdk.DeleteVpnGateway({ VpnGatewayId });
  await refused(sdk.DescribeVpnGateway({ VpnGatewayId }), 'InvalidVpnGatewayInstanceId.NotFound', { status: 404 });
});

each('a connection with one tunnel', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const gateway = await world.gateway(sdk, vpc);
  const customer = await world.customerGateway(sdk);
  const { VpnConnectionId } = await sdk.CreateVpnConnection({
    VpnGatewayId: gateway,
    CustomerGatewayId: customer,
    LocalSubnet: '192.168.0.0/16,172.17.0.0/16',
    RemoteSubnet: '10.0.0.0/8',
    EnableNatTraversal: false,
    AutoConfigRoute: false,
    IkeConfig: JSON.stringify({ Psk: "pre&shared+'secret'", IkeVersion: 'ikev2' }),
    HealthCheckConfig: JSON.stringify({ enable: true, dip: '10.0.0.1', sip: '192.168.1.1', interval: 3, retry: 3 }),
  });
  const seen = await sdk.DescribeVpnConnection({ VpnConnectionId });
  assert.deepEqual(
    [seen.State, seen.AttachType, seen.VpnGatewayId, seen.CustomerGatewayId],
    ['active', 'VPNGW', gateway, customer],
  );
  assert.deepEqual([seen.LocalSubnet, seen.RemoteSubnet], ['192.168.0.0/16,172.17.0.0/16', '10.0.0.0/8']);
  assert.deepEqual([seen.IkeConfig.Psk, seen.IkeConfig.IkeVersion], ["pre&shared+'secret'", 'ikev2']);
  assert.equal(seen.EnableNatTraversal, false);
  assert.equal(String(seen.VcoHealthCheck.Enable), 'true');
  const listed = await sdk.DescribeVpnConnections({ VpnGatewayId: gateway });
  assert.deepEqual(listed.VpnConnections.VpnConnection.map((row) => row.VpnConnectionId), [VpnConnectionId]);
  await sdk.DeleteVpnConnection({ VpnConnectionId });
  const gone = sdk.DescribeVpnConnection({ VpnConnectionId });
  await refused(gone, 'InvalidVpnConnectionInstanceId.NotFound', { status: 404 });
});

each('a connection with two tunnels, in a chunked body', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const gateway = await world.dualGateway(sdk, vpc);
  const customers = [await world.customerGateway(sdk, '203.0.113.1'), await world.customerGateway(sdk, '203.0.113.2')];
  const { VpnConnectionId } = await sdk.CreateVpnConnection({
    VpnGatewayId: gateway,
    LocalSubnet: '0.0.0.0/0',
    RemoteSubnet: '0.0.0.0/0',
    EnableTunnelsBgp: true,
    TunnelOptionsSpecification: customers.map((customer, n) => ({
      CustomerGatewayId: customer,
      Role: ['master', 'slave'][n],
      EnableDpd: true,
      TunnelIkeConfig: { Psk: `secret&${n}+%`, IkeLifetime: 27000, IkeVersion: 'ikev2' },
      TunnelBgpConfig: { LocalAsn: 65001, TunnelCidr: `169.254.2${n}.0/30`, LocalBgpIp: `169.254.2${n}.1` },
    })),
  });
  const seen = await sdk.DescribeVpnConnection({ VpnConnectionId });
  const tunnels = seen.TunnelOptionsSpecification.TunnelOptions;
  assert.deepEqual(
    tunnels.map((tunnel) => [tunnel.Role, tunnel.CustomerGatewayId, tunnel.TunnelIkeConfig.Psk]),
    customers.map((customer, n) => [['master', 'slave'][n], customer, `secret&${n}+%`]),
  );
  assert.deepEqual(tunnels.map((tunnel) => Number(tunnel.TunnelIkeConfig.IkeLifetime)), [27000, 27000]);
  assert.deepEqual(tunnels.map((tunnel) => Number(tunnel.TunnelBgpConfig.LocalAsn)), [65001, 65001]);
  assert.deepEqual(tunnels.map((tunnel) => String(tunnel.EnableDpd)), ['true', 'true']);
});

each('an attachment from creation to deletion', async (sdk) => {
  const connection = await world.attachment(sdk);
  const state = async () => {
    const seen = await sdk.DescribeVpnConnection({ VpnConnectionId: connection });
    return [seen.State, seen.AttachType];
  };
  assert.deepEqual(await state(), ['init', 'NO_ASSOCIATED']);
  const id = await world.attach(sdk, connection);
  assert.deepEqual(await state(), ['attached', 'CEN']);
  const listed = async (filters) => (await sdk.DescribeVpnAttachments(filters)).VpnAttachments;
  const [row] = await listed({ AttachType: 'CEN' });
  assert.deepEqual([row.InstanceId, row.TransitRouterId], [connection, world.ROUTER]);
  await assert.rejects(sdk.DeleteVpnAttachment({ VpnConnectionId: connection }), Refused);
  await sdk.own('UnregisterResource', { ResourceId: id });
  assert.deepEqual(await state(), ['init', 'NO_ASSOCIATED']);
  await sdk.DeleteVpnAttachment({ VpnConnectionId: connection });
  assert.deepEqual(await listed({}), []);
});

each('an attachment needs two tunnels', async (sdk) => {
  const call = sdk.CreateVpnAttachment({
    LocalSubnet: '0.0.0.0/0',
    RemoteSubnet: '0.0.0.0/0',
    CustomerGatewayId: await world.customerGateway(sdk),
  });
  await refused(call, 'VpnConnection.InvalidCreateTunnelOptions');
});
