'use strict';
// CreateRouteEntries, DeleteRouteEntries, CreateRouteEntry, DeleteRouteEntry, DescribeRouteEntryList, DescribeRouteTables.

const assert = require('node:assert/strict');

const { refused } = require('./support/refused.js');
const { each } = require('./support/suite.js');
const world = require('./support/world.js');

function entry(table, destination, hop, more = {}) {
  return { RouteTableId: table, DstCidrBlock: destination, NextHop: hop, NextHopType: 'Instance', ...more };
}

async function ground(sdk, options) {
  const vpc = await world.vpc(sdk, options);
  return { vpc, hop: await world.instance(sdk, vpc.id) };
}

function failures(answer) {
  return answer.FailedRouteEntries.map((failed) => [failed.DstCidrBlock, failed.FailedCode]);
}

each('a batch adds and removes routes', async (sdk) => {
  const { vpc, hop } = await ground(sdk);
  const blocks = Array.from({ length: 23 }, (_, n) => `10.${n}.0.0/16`);
  const entries = blocks.map((block, n) => entry(vpc.table, block, hop, { Name: `route ${n}`, IpVersion: 4 }));
  const answer = await sdk.CreateRouteEntries({ RouteEntries: entries });
  // S-RE-51, S-RE-52, S-RE-54, S-RE-60
  assert.deepEqual([answer.SuccessCount, answer.FailedCount, answer.FailedRouteEntries], [23, 0, []]);
  const seen = await world.routes(sdk, vpc.table, { MaxResult: 100 });
  assert.deepEqual(blocks.map((block) => seen[block].RouteEntryId), answer.RouteEntryIds);
  assert.deepEqual(blocks.map((block) => seen[block].RouteEntryName), blocks.map((_, n) => `route ${n}`));
  assert.equal(seen['10.0.0.0/16'].Status, 'Available');
  assert.equal(seen['10.0.0.0/16'].NextHops.NextHop[0].NextHopId, hop);

  const gone = blocks.slice(0, 22).map((block) => ({ RouteTableId: vpc.table, DstCidrBlock: block, NextHop: hop }));
  const missing = { RouteTableId: vpc.table, DstCidrBlock: '10.99.0.0/16', NextHop: hop };
  const removed = await sdk.DeleteRouteEntries({ RouteEntries: [...gone, missing] });
  assert.deepEqual([removed.SuccessCount, removed.FailedCount], [22, 1]);
  assert.deepEqual(failures(removed), [['10.99.0.0/16', 'VPC_ROUTER_ENTRY_NOT_EXIST']]);
  assert.deepEqual(Object.keys(await world.routes(sdk, vpc.table)), ['10.22.0.0/16']);
});

each('an item that fails leaves the others alone and is repeated word by word', async (sdk) => {
  const { vpc, hop } = await ground(sdk);
  await sdk.CreateRouteEntries({ RouteEntries: [entry(vpc.table, '10.1.0.0/16', hop)] });
  const answer = await sdk.CreateRouteEntries({
    RouteEntries: [
      entry(vpc.table, '10.1.0.0/16', hop),
      entry(vpc.table, '10.2.0.0/16', hop),
      entry(vpc.table, '10.3.0.0/16', ' i-ÜNKNOWN****'),
      entry(vpc.table, '10.0.0.5/24', hop),
      entry(vpc.table, '192.168.1.0/25', hop),
      entry(vpc.table, '100.64.0.0/12', hop),
    ],
  });
  assert.deepEqual([answer.SuccessCount, answer.FailedCount], [1, 5]);
  assert.deepEqual(failures(answer), [
    ['10.1.0.0/16', 'VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE'], // S-RE-58
    ['10.3.0.0/16', 'IllegalParam.NextHopId'],
    ['10.0.0.5/24', 'InvalidCidrBlock.Malformed'],
    ['192.168.1.0/25', 'InvalidCidrBlock'], // S-RE-08
    ['100.64.0.0/12', 'InvalidCidrBlock'], // S-RE-09
  ]);
  assert.equal(answer.FailedRouteEntries[1].NextHop, ' i-ÜNKNOWN****'); // S-RE-57
  assert.equal(
    answer.FailedRouteEntries[0].FailedMessage, // S-RE-59
    'Specified CIDR block is already exists, entry.cidrBlock=10.1.0.0/16',
  );
});

each('a batch is refused as a whole', async (sdk) => {
  const { vpc, hop } = await ground(sdk);
  const create = (entries, more = {}) => sdk.CreateRouteEntries({ RouteEntries: entries, ...more });
  const good = entry(vpc.table, '10.0.0.0/8', hop);
  const { RouteTableId, ...rest } = good;
  await refused(create([rest]), 'MissingParam.RouteTableId', { message: 'The parameter RouteTableId is missing.' }); // S-RE-65
  await refused(create([good, good]), 'InvalidCIDRBlock.Duplicate'); // S-RE-64
  await refused(create([entry('vtb-none', '10.0.0.0/8', hop)]), 'InvalidRouteTableId.NotFound', { status: 404 });
  const many = Array.from({ length: 51 }, (_, n) => entry(vpc.table, `10.${n}.0.0/16`, hop));
  await refused(create(many), 'InvalidParameter');
  await refused(create([good], { DryRun: true }), 'DryRunOperation'); // S-RE-63
  assert.deepEqual(await world.routes(sdk, RouteTableId), {});
  assert.equal((await create(many.slice(0, 50))).SuccessCount, 50);
});

each('IPv6 destinations are kept in their short form', async (sdk) => {
  const { vpc, hop } = await ground(sdk, { EnableIpv6: true });
  const answer = await sdk.CreateRouteEntries({
    RouteEntries: [entry(vpc.table, '2001:0DB8:0:0::/32', hop, { IpVersion: 6 }), entry(vpc.table, '2001:db9::1', hop)],
  });
  assert.deepEqual([answer.SuccessCount, answer.FailedRouteEntries], [2, []]); // S-RE-27
  const seen = await world.routes(sdk, vpc.table, { IpVersion: 'ipv6' });
  assert.deepEqual(Object.keys(seen).filter((block) => block.startsWith('2001')).sort(), ['2001:db8::/32', '2001:db9::1/128']);
});

each('one route from creation to deletion', async (sdk) => {
  const { vpc, hop } = await ground(sdk);
  const key = { RouteTableId: vpc.table, DestinationCidrBlock: '10.0.0.0/8', NextHopId: hop };
  const create = { ...key, NextHopType: 'Instance', RouteEntryName: 'ten', Description: 'all of ten' };
  const { RouteEntryId } = await sdk.CreateRouteEntry(create);
  const listed = await sdk.DescribeRouteEntryList({ RouteTableId: vpc.table, DestinationCidrBlock: '10.0.0.0/8' });
  const [seen, ...others] = listed.RouteEntrys.RouteEntry;
  assert.deepEqual(others, []);
  assert.deepEqual([seen.RouteEntryId, seen.RouteEntryName, seen.Type], [RouteEntryId, 'ten', 'Custom']);
  const { RouteTables } = await sdk.DescribeRouteTables({ RouteTableId: vpc.table });
  const [table] = RouteTables.RouteTable;
  assert.equal(table.VRouterId, vpc.router);
  const old = table.RouteEntrys.RouteEntry.find((route) => route.DestinationCidrBlock === '10.0.0.0/8');
  assert.deepEqual([old.InstanceId, old.NextHopType, old.Status], [hop, 'Instance', 'Available']);
  await refused(sdk.CreateRouteEntry(create), 'InvalidCIDRBlock.Duplicate');
  await sdk.DeleteRouteEntry(key);
  await refused(sdk.DeleteRouteEntry(key), 'InvalidRouteEntry.NotFound', { status: 404 });
  assert.deepEqual(await world.routes(sdk, vpc.table), {});
});

each('routes are listed through tokens', async (sdk) => {
  const { vpc, hop } = await ground(sdk);
  const entries = Array.from({ length: 12 }, (_, n) => entry(vpc.table, `10.${n}.0.0/16`, hop));
  await sdk.CreateRouteEntries({ RouteEntries: entries });
  const sizes = [];
  let token;
  do {
    const page = await sdk.DescribeRouteEntryList({
      RouteTableId: vpc.table,
      RouteEntryType: 'Custom',
      MaxResult: 5,
      ...(token && { NextToken: token }),
    });
    sizes.push(page.RouteEntrys.RouteEntry.length);
    token = page.NextToken;
  } while (token);
  assert.deepEqual(sizes, [5, 5, 2]);
  await refused(sdk.DescribeRouteEntryList({ RouteTableId: 'vtb-none' }), 'InvalidRouteTable.NotFound', { status: 404 });
});

each('a list of next hops', async (sdk) => {
  const { vpc } = await ground(sdk);
  const hops = [];
  for (const n of [1, 2]) hops.push(await world.instance(sdk, vpc.id, `ri-bp1client000000000000${n}`, 'RouterInterface'));
  const list = hops.map((hop, n) => ({ NextHopType: 'RouterInterface', NextHopId: hop, Weight: [100, 0][n] }));
  await sdk.CreateRouteEntry({ RouteTableId: vpc.table, DestinationCidrBlock: '10.0.0.0/8', NextHopList: list });
  const seen = (await world.routes(sdk, vpc.table))['10.0.0.0/8'].NextHops.NextHop;
  assert.deepEqual(seen.map((hop) => [hop.NextHopId, hop.Weight]), [[hops[0], 100], [hops[1], 0]]);
});
