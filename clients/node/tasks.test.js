'use strict';
// Asynchronous work and Causeway's own product.

const assert = require('node:assert/strict');

const { refused } = require('./support/refused.js');
const { each, waitFor } = require('./support/suite.js');
const world = require('./support/world.js');

const MANUAL = { tasks: 'manual' };

each('states pass by themselves', { tasks: '500ms' }, async (sdk) => {
  const made = await sdk.CreateVpc({ CidrBlock: '192.168.0.0/16' });
  const vpcStatus = async () => (await sdk.DescribeVpcAttribute({ VpcId: made.VpcId })).Status;
  assert.deepEqual(await waitFor(vpcStatus, 'Available'), ['Pending', 'Available']);
  const vswitch = await world.vswitch(sdk, made.VpcId, '192.168.1.0/24');
  const vswitchStatus = async () => (await sdk.DescribeVSwitchAttributes({ VSwitchId: vswitch })).Status;
  assert.deepEqual(await waitFor(vswitchStatus, 'Available'), ['Pending', 'Available']);
  const gateway = await world.gateway(sdk, { id: made.VpcId, vswitch });
  const gatewayStatus = async () => (await sdk.DescribeVpnGateway({ VpnGatewayId: gateway })).Status;
  assert.deepEqual(await waitFor(gatewayStatus, 'active'), ['init', 'active']);
  const hop = await world.connection(sdk, gateway, await world.customerGateway(sdk));
  await waitFor(async () => (await sdk.DescribeVpnConnection({ VpnConnectionId: hop })).State, 'active');
  await waitFor(gatewayStatus, 'active');
  const route = { VpnGatewayId: gateway, RouteDest: '10.0.0.0/24', NextHop: hop, Weight: 100, PublishVpc: false };
  await sdk.CreateVpnRouteEntry(route);
  // S-VR-06, S-VR-07, S-VR-08, S-VR-09
  assert.deepEqual(await waitFor(gatewayStatus, 'active'), ['updating', 'active']);
});

each('one change of a VPC\'s routes at a time', MANUAL, async (sdk) => {
  const made = await sdk.CreateVpc({ CidrBlock: '192.168.0.0/16' });
  await sdk.own('CompleteTasks');
  const hop = await world.instance(sdk, made.VpcId);
  const create = (block) =>
    sdk.CreateRouteEntries({
      RouteEntries: [{ RouteTableId: made.RouteTableId, DstCidrBlock: block, NextHop: hop, NextHopType: 'Instance' }],
    });
  await create('10.1.0.0/16');
  assert.equal((await world.routes(sdk, made.RouteTableId))['10.1.0.0/16'].Status, 'Pending');
  await refused(create('10.2.0.0/16'), 'TaskConflict'); // S-RE-06
  await sdk.own('CompleteTasks');
  assert.equal((await create('10.2.0.0/16')).SuccessCount, 1);
  assert.equal((await world.routes(sdk, made.RouteTableId))['10.1.0.0/16'].Status, 'Available');
});

each('one change of a gateway at a time', MANUAL, async (sdk) => {
  const made = await sdk.CreateVpc({ CidrBlock: '192.168.0.0/16' });
  await sdk.own('CompleteTasks');
  const { ResourceId } = await sdk.own('RegisterResource', { ResourceType: 'VpnGateway', VpcId: made.VpcId });
  const hop = await world.connection(sdk, ResourceId, await world.customerGateway(sdk));
  await sdk.own('CompleteTasks');
  const create = (block) =>
    sdk.CreateVpnRouteEntry({ VpnGatewayId: ResourceId, RouteDest: block, NextHop: hop, Weight: 100, PublishVpc: true });
  await create('10.1.0.0/24');
  await refused(create('10.2.0.0/24'), 'VpnGateway.Configuring'); // S-VR-52
  await sdk.own('CompleteTasks');
  assert.equal((await create('10.2.0.0/24')).State, 'published');
});

each('tasks are listed and ended', MANUAL, async (sdk) => {
  const made = [];
  for (let n = 0; n < 3; n += 1) made.push((await sdk.CreateVpc({ CidrBlock: '10.0.0.0/8' })).VpcId);
  const tasks = await sdk.own('ListTasks');
  assert.equal(tasks.TotalCount, 3);
  assert.deepEqual(tasks.Tasks.map((task) => task.ResourceId).sort(), [...made].sort());
  assert.equal((await sdk.own('CompleteTasks', { ResourceId: made[0] })).CompletedCount, 1);
  assert.equal((await sdk.own('CompleteTasks')).CompletedCount, 2);
  assert.deepEqual((await sdk.own('ListTasks')).Tasks, []);
});

each('resources are registered, listed and taken away', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const hop = await world.instance(sdk, vpc.id);
  const listed = await sdk.own('ListResources', { VpcId: vpc.id });
  assert.deepEqual(listed.Resources.map((row) => [row.ResourceId, row.ResourceType]), [[hop, 'Instance']]);
  await refused(sdk.own('RegisterResource', { ResourceType: 'Teapot', VpcId: vpc.id }), 'InvalidResourceType');
  await sdk.own('UnregisterResource', { ResourceId: hop });
  assert.equal((await sdk.own('ListResources')).TotalCount, 0);
});

each('a token makes two calls one', async (sdk) => {
  const call = { CidrBlock: '10.0.0.0/8', ClientToken: 'one' };
  const { RequestId: firstId, ...first } = await sdk.CreateVpc(call);
  const { RequestId: secondId, ...second } = await sdk.CreateVpc(call);
  assert.deepEqual(second, first);
  assert.notEqual(secondId, firstId);
  await refused(sdk.CreateVpc({ ...call, VpcName: 'other' }), 'IdempotentParameterMismatch');
  assert.equal((await sdk.DescribeVpcs({})).TotalCount, 1);
});
