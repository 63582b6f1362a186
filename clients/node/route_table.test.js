'use strict';
// CreateRouteTable, DescribeRouteTableList, DeleteRouteTable, AssociateRouteTable, UnassociateRouteTable.

const assert = require('node:assert/strict');

const { refused } = require('./support/refused.js');
const { each } = require('./support/suite.js');
const world = require('./support/world.js');

async function listed(sdk, filters) {
  return (await sdk.DescribeRouteTableList(filters)).RouterTableList.RouterTableListType;
}

each('a route table from creation to deletion', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const { RouteTableId } = await sdk.CreateRouteTable({ VpcId: vpc.id, RouteTableName: 'branch' });
  const [seen] = await listed(sdk, { RouteTableId });
  assert.deepEqual(
    [seen.RouteTableId, seen.VpcId, seen.RouteTableName, seen.RouteTableType, seen.Status],
    [RouteTableId, vpc.id, 'branch', 'Custom', 'Available'],
  );
  assert.equal(seen.RoutePropagationEnable, true);
  assert.deepEqual(seen.VSwitchIds.VSwitchId, []);
  await sdk.DeleteRouteTable({ RouteTableId });
  assert.deepEqual(await listed(sdk, { RouteTableId }), []);
  assert.deepEqual((await listed(sdk, { VpcId: vpc.id })).map((table) => table.RouteTableType), ['System']);
});

each('a vSwitch moves between tables', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const { RouteTableId } = await sdk.CreateRouteTable({ VpcId: vpc.id });
  const bound = async () => (await sdk.DescribeVSwitchAttributes({ VSwitchId: vpc.vswitch })).RouteTable.RouteTableId;
  await sdk.AssociateRouteTable({ RouteTableId, VSwitchId: vpc.vswitch });
  assert.equal(await bound(), RouteTableId);
  assert.deepEqual((await listed(sdk, { RouteTableId }))[0].VSwitchIds.VSwitchId, [vpc.vswitch]);
  await refused(sdk.DeleteRouteTable({ RouteTableId }), 'DependencyViolation.VSwitch');
  await sdk.UnassociateRouteTable({ RouteTableId, VSwitchId: vpc.vswitch });
  assert.equal(await bound(), vpc.table);
});

each('binding refuses what the documentation says it refuses', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const other = await world.vpc(sdk);
  const { RouteTableId } = await sdk.CreateRouteTable({ VpcId: vpc.id });
  const bind = (table, vswitch) => sdk.AssociateRouteTable({ RouteTableId: table, VSwitchId: vswitch });
  await bind(RouteTableId, vpc.vswitch);
  await refused(bind(vpc.table, vpc.vswitch), 'OperationDenied.SwitchToSystemRouteTable');
  await refused(bind(RouteTableId, other.vswitch), 'Forbidden.NotInSameVpc', { status: 404 });
  await refused(bind('vtb-bp1nosuchtable0000000', vpc.vswitch), 'InvalidRouteTableId.NotFound');
});

each('tags are kept beyond nine', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const tags = Array.from({ length: 12 }, (_, n) => ({ Key: `key-${String(n).padStart(2, '0')}`, Value: `value ${n}` }));
  const { RouteTableId } = await sdk.CreateRouteTable({ VpcId: vpc.id, Tag: tags });
  const [seen] = await listed(sdk, { RouteTableId });
  const kept = seen.Tags.Tag.map(({ Key, Value }) => ({ Key, Value }));
  assert.deepEqual(kept.sort((a, b) => a.Key.localeCompare(b.Key)), tags);
});
