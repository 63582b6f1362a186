'use strict';
// What each SDK makes of the server's errors, and what travels.

const assert = require('node:assert/strict');

const { Pop } = require('./support/pop.js');
const { refused } = require('./support/refused.js');
const { withServer, each } = require('./support/suite.js');
const { Tea } = require('./support/tea.js');
const world = require('./support/world.js');

withServer('tea tells code, status and data', {}, async (server) => {
  const error = await new Tea(server).DescribeVpcAttribute({ VpcId: 'vpc-none' }).catch((error) => error.cause);
  assert.equal(error.name, 'ClientError');
  assert.deepEqual([error.code, error.statusCode], ['InvalidVpcId.NotFound', 404]);
  assert.ok(error.message.startsWith('InvalidVpcId.NotFound: code: 404, ') || error.message.startsWith('code: 404, '));
  assert.equal(error.data.Code, 'InvalidVpcId.NotFound');
  assert.equal(error.data.RequestId, error.requestId);
});

for (const method of ['GET', 'POST']) {
  withServer(`pop-core names its errors after the code, by ${method}`, {}, async (server) => {
    const pop = new Pop(server, { method });
    const error = await pop.DescribeVpcAttribute({ VpcId: 'vpc-none' }).catch((error) => error.cause);
    assert.equal(error.name, 'InvalidVpcId.NotFoundError');
    assert.equal(error.code, 'InvalidVpcId.NotFound');
    assert.equal(error.data.HostId, '127.0.0.1');
    assert.equal(error.entry.response.statusCode, 404);
  });

  withServer(`pop-core works by ${method}`, {}, async (server) => {
    const pop = new Pop(server, { method });
    const vpc = await world.vpc(pop, { VpcName: "by 'method' (a*b)!" });
    assert.equal((await pop.DescribeVpcAttribute({ VpcId: vpc.id })).VpcName, "by 'method' (a*b)!");
    const hop = await world.instance(pop, vpc.id);
    const entry = (_, n) => ({ RouteTableId: vpc.table, DstCidrBlock: `10.${n}.0.0/16`, NextHop: hop });
    const entries = Array.from({ length: 12 }, entry);
    assert.equal((await pop.CreateRouteEntries({ RouteEntries: entries })).SuccessCount, 12);
  });
}

withServer('pop-core flattens lists itself', {}, async (server) => {
  const pop = new Pop(server);
  const vpc = await world.vpc(pop);
  const hop = await world.instance(pop, vpc.id);
  // Its own way: the first letter of each name becomes a capital, the lists inside are left as they are.
  const answer = await pop.client.request('createRouteEntries', {
    regionId: 'cn-hangzhou',
    routeEntries: [{ RouteTableId: vpc.table, DstCidrBlock: '10.0.0.0/8', NextHop: hop, NextHopType: 'Instance' }],
  });
  assert.equal(answer.SuccessCount, 1);
});

each('a wrong secret', async (sdk, server) => {
  const wrong = new sdk.constructor(server, { secret: 'wrong' });
  const error = await refused(wrong.DescribeVpcs({}), 'SignatureDoesNotMatch');
  assert.match(error.message, /^Specified signature/);
});

each('an unknown key', async (sdk, server) => {
  const nobody = new sdk.constructor(server, { keyId: 'nobody' });
  await refused(nobody.DescribeVpcs({}), 'InvalidAccessKeyId.NotFound', {
    status: 404,
    message: 'Specified access key is not found.',
  });
});

each('unknown actions and versions', async (sdk) => {
  const message = 'Specified api is not found, please check your url and method.';
  await refused(sdk.generic('2016-04-28', 'TeleportVpc'), 'InvalidAction.NotFound', { status: 404, message });
  await refused(sdk.generic('2016-04-28', 'CompleteTasks'), 'InvalidAction.NotFound', { status: 404 });
  await refused(sdk.generic('1999-12-31', 'DescribeVpcs'), 'InvalidVersion');
});

withServer('tea with the older signature', {}, async (server) => {
  const tea = new Tea(server, { signature: 'v2' });
  const { VpcId } = await tea.CreateVpc({ CidrBlock: '10.0.0.0/8', VpcName: "a b+c/d~*'()!" });
  assert.equal((await tea.DescribeVpcAttribute({ VpcId })).VpcName, "a b+c/d~*'()!");
});

each('many calls at once', async (sdk) => {
  const numbers = Array.from({ length: 32 }, (_, n) => n);
  const create = (n) => sdk.CreateCustomerGateway({ IpAddress: `203.0.${n}.1`, Name: `client ${n}` });
  const made = await Promise.all(numbers.map(create));
  assert.equal(new Set(made.map((answer) => answer.CustomerGatewayId)).size, 32);
  const seen = await Promise.all(
    made.map((answer) => sdk.DescribeCustomerGateway({ CustomerGatewayId: answer.CustomerGatewayId })),
  );
  assert.deepEqual(seen.map((answer) => answer.Name), numbers.map((n) => `client ${n}`));
});

each('one of many gets the route', async (sdk) => {
  const vpc = await world.vpc(sdk);
  const hop = await world.instance(sdk, vpc.id);
  const route = { RouteTableId: vpc.table, DestinationCidrBlock: '10.0.0.0/8', NextHopType: 'Instance', NextHopId: hop };
  const create = () =>
    sdk
      .CreateRouteEntry(route)
      .then((answer) => answer.RouteEntryId, (error) => error.code);
  const results = await Promise.all(Array.from({ length: 16 }, create));
  assert.equal(results.filter((result) => result.startsWith('rte-')).length, 1);
  for (const result of results.filter((result) => !result.startsWith('rte-'))) {
    assert.ok(['InvalidCIDRBlock.Duplicate', 'TaskConflict'].includes(result), result);
  }
});

withServer('a full batch of long names travels in a form', {}, async (server) => {
  const pop = new Pop(server);
  const vpc = await world.vpc(pop);
  const hop = await world.instance(pop, vpc.id);
  const entries = Array.from({ length: 50 }, (_, n) => ({
    RouteTableId: vpc.table,
    DstCidrBlock: `10.${n}.0.0/16`,
    NextHop: hop,
    NextHopType: 'Instance',
    Name: '路'.repeat(128),
    Description: '由'.repeat(256),
  }));
  const answer = await pop.CreateRouteEntries({ RouteEntries: entries });
  assert.deepEqual([answer.SuccessCount, answer.FailedRouteEntries], [50, []]);
  const listed = await world.routes(pop, vpc.table, { MaxResult: 100 });
  assert.equal(listed['10.49.0.0/16'].Description, '由'.repeat(256));
});
