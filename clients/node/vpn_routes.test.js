'use strict';
// Destination routes and policy routes of VPN gateways, and routes of connections on a transit router.

const assert = require('node:assert/strict');

const { refused } = require('./support/refused.js');
const { each } = require('./support/suite.js');
const world = require('./support/world.js');

each('a destination route from creation to deletion', async (sdk) => {
  const site = await world.site(sdk);
  const key = { VpnGatewayId: site.gateway, RouteDest: '10.0.0.0/24', NextHop: site.first, Weight: 100 };
  const made = await sdk.CreateVpnRouteEntry({ ...key, PublishVpc: true, Description: 'zur Filiale', OverlayMode: 'Ipsec' });
  assert.deepEqual(
    // S-VR-39, S-VR-40, S-VR-41, S-VR-43, S-VR-45, S-VR-48, S-VR-49
    [made.VpnInstanceId, made.RouteDest, made.NextHop, made.Weight, made.State, made.Description, made.OverlayMode],
    [site.gateway, '10.0.0.0/24', site.first, 100, 'published', 'zur Filiale', 'Ipsec'],
  );
  assert.equal(typeof made.CreateTime, 'number'); // S-VR-47
  assert.deepEqual(Object.keys(await world.routes(sdk, site.vpc.table)), ['10.0.0.0/24']); // S-VR-31
  const listed = async () => (await sdk.DescribeVpnRouteEntries({ VpnGatewayId: site.gateway })).VpnRouteEntries.VpnRouteEntry;
  const [seen] = await listed();
  assert.deepEqual([seen.NextHop, seen.Weight, seen.State], [site.first, 100, 'published']);
  await refused(sdk.CreateVpnRouteEntry({ ...key, PublishVpc: true }), 'VpnRouteEntry.AlreadyExists'); // S-VR-54
  await refused(
    sdk.CreateVpnRouteEntry({ ...key, NextHop: site.second, PublishVpc: true }),
    'VpnRouteEntry.BackupRoute', // S-VR-57
  );
  await sdk.CreateVpnRouteEntry({ ...key, NextHop: site.second, Weight: 0, PublishVpc: true }); // S-VR-28
  await sdk.DeleteVpnRouteEntry(key);
  assert.deepEqual((await listed()).map((row) => row.NextHop), [site.second]);
  await refused(sdk.DeleteVpnRouteEntry(key), 'InvalidRouteEntry.NotFound', { status: 404 });
});

for (const [defect, code, status] of [
  [{ VpnGatewayId: 'vpn-none' }, 'InvalidVpnGatewayInstanceId.NotFound', 404], // S-VR-72
  [{ NextHop: 'vco-none' }, 'InvalidNextHop.NotFound', 400], // S-VR-59
  [{ Weight: 50 }, 'VpnRouteEntry.InvalidWeight', 400], // S-VR-58
  [{ RouteDest: '0.0.0.0/0' }, 'IllegalParam.RouteDest', 400], // S-VR-04
  [{ RouteDest: 'nonsense' }, 'InvalidCidrBlock.Malformed', 400], // S-VR-68
  [{ RouteDest: '100.64.0.0/10' }, 'OperationFailed.InvalidCidrBlock', 400], // S-VR-05
  [{ DryRun: true }, 'DryRunOperation', 400], // S-VR-69
]) {
  each(`a destination route with ${JSON.stringify(defect)}`, async (sdk) => {
    const site = await world.site(sdk);
    const whole = { VpnGatewayId: site.gateway, RouteDest: '10.0.0.0/24', NextHop: site.first, Weight: 100, PublishVpc: true };
    await refused(sdk.CreateVpnRouteEntry({ ...whole, ...defect }), code, { status });
    const rows = await sdk.DescribeVpnRouteEntries({ VpnGatewayId: site.gateway });
    assert.deepEqual(rows.VpnRouteEntries.VpnRouteEntry, []);
  });
}

each('a policy route from creation to deletion', async (sdk) => {
  const site = await world.site(sdk);
  const key = {
    VpnGatewayId: site.gateway,
    RouteSource: '192.168.1.0/24',
    RouteDest: '10.0.0.0/24',
    NextHop: site.first,
    Weight: 100,
  };
  const made = await sdk.CreateVpnPbrRouteEntry({ ...key, PublishVpc: false, Description: 'desctest', Priority: 7 });
  assert.deepEqual(
    // S-PBR-30, S-PBR-37, S-PBR-40, S-PBR-41, S-PBR-42
    [made.NextHop, made.State, made.RouteSource, made.VpnInstanceId, made.Priority],
    [site.first, 'normal', '192.168.1.0/24', site.gateway, 7],
  );
  const listed = async () =>
    (await sdk.DescribeVpnPbrRouteEntries({ VpnGatewayId: site.gateway })).VpnPbrRouteEntries.VpnPbrRouteEntry;
  const [seen] = await listed();
  assert.deepEqual([seen.RouteDest, seen.Weight, seen.Priority, seen.State], ['10.0.0.0/24', 100, 7, 'normal']);
  await refused(
    sdk.CreateVpnPbrRouteEntry({ ...key, NextHop: site.second, PublishVpc: false, Priority: 7 }),
    'VpnRouteEntry.SrcDestWeightConflict', // S-PBR-62
  );
  await refused(
    sdk.CreateVpnPbrRouteEntry({ ...key, RouteDest: '10.0.0.0/16', PublishVpc: false, Priority: 7 }),
    'VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap', // S-PBR-63
  );
  await refused(sdk.CreateVpnPbrRouteEntry({ ...key, PublishVpc: false, DryRun: true }), 'VpnRouteEntry.AlreadyExists');
  await sdk.DeleteVpnPbrRouteEntry({ ...key, Priority: 7 });
  assert.deepEqual(await listed(), []);
});

each('a route of a connection on a transit router, from creation to deletion', async (sdk) => {
  const connection = await world.attached(sdk);
  const key = { VpnConnectionId: connection, RouteDest: '192.168.10.0/24', NextHop: connection, Weight: 100 };
  const made = await sdk.CreateVcoRouteEntry({ ...key, Description: 'desctest' });
  assert.deepEqual(
    // S-VCO-24, S-VCO-25, S-VCO-26, S-VCO-27, S-VCO-29
    [made.VpnConnectionId, made.RouteDest, made.NextHop, made.Weight, made.State],
    [connection, '192.168.10.0/24', connection, 100, 'published'],
  );
  const listed = async (more = {}) =>
    (await sdk.DescribeVcoRouteEntries({ VpnConnectionId: connection, ...more })).VcoRouteEntries;
  const rows = (await listed()).map((row) => [row.RouteDest, row.Weight, row.State]);
  assert.deepEqual(rows, [['192.168.10.0/24', 100, 'published']]);
  assert.deepEqual(await listed({ RouteEntryType: 'bgp' }), []);
  await refused(sdk.CreateVcoRouteEntry(key), 'VpnRouteEntry.AlreadyExists'); // S-VCO-37
  await refused(sdk.CreateVcoRouteEntry({ ...key, NextHop: 'vco-none' }), 'InvalidNextHop.NotFound'); // S-VCO-41
  await refused(sdk.CreateVcoRouteEntry({ ...key, RouteDest: '0.0.0.0/0' }), 'IllegalParam.RouteDest'); // S-VCO-42
  const elsewhere = { ...key, RouteDest: '10.0.0.0/8' };
  await refused(sdk.CreateVcoRouteEntry({ ...elsewhere, DryRun: true }), 'DryRunOperation'); // S-VCO-50
  await sdk.DeleteVcoRouteEntry(key);
  assert.deepEqual(await listed(), []);
});
