'use strict';
// CreateVpc, DescribeVpcs, DescribeVpcAttribute, DeleteVpc; the same for vSwitches; regions and zones.

const assert = require('node:assert/strict');

const { refused } = require('./support/refused.js');
const { each } = require('./support/suite.js');
const world = require('./support/world.js');

each('a VPC from creation to deletion', async (sdk) => {
  const made = await sdk.CreateVpc({ CidrBlock: '10.0.0.0/8', VpcName: 'lab', Description: 'a place to try things' });
  assert.match(made.VpcId, /^vpc-[a-z0-9]{21}$/);
  assert.match(made.RouteTableId, /^vtb-[a-z0-9]{21}$/);
  assert.match(made.RequestId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  const seen = await sdk.DescribeVpcAttribute({ VpcId: made.VpcId });
  assert.equal(seen.Status, 'Available');
  assert.equal(seen.CidrBlock, '10.0.0.0/8');
  assert.equal(seen.VRouterId, made.VRouterId);
  assert.deepEqual([seen.VpcName, seen.Description], ['lab', 'a place to try things']);
  await sdk.DeleteVpc({ VpcId: made.VpcId });
  await refused(sdk.DescribeVpcAttribute({ VpcId: made.VpcId }), 'InvalidVpcId.NotFound', { status: 404 });
  const none = await sdk.DescribeVpcs({});
  assert.deepEqual([none.TotalCount, none.Vpcs.Vpc], [0, []]);
});

each('pages of VPCs are full', async (sdk) => {
  const made = [];
  for (let n = 0; n < 5; n += 1) made.push((await sdk.CreateVpc({ CidrBlock: '10.0.0.0/8' })).VpcId);
  const listed = [];
  for (const page of [1, 2, 3, 4]) {
    const answer = await sdk.DescribeVpcs({ PageNumber: page, PageSize: 2 });
    assert.deepEqual([answer.TotalCount, answer.PageNumber, answer.PageSize], [5, page, 2]);
    listed.push(answer.Vpcs.Vpc.map((vpc) => vpc.VpcId));
  }
  assert.deepEqual(listed.map((page) => page.length), [2, 2, 1, 0]);
  assert.deepEqual(listed.flat().sort(), made.sort());
});

for (const name of ['北京-办公网', 'naïve café', 'a b+c%20d&e=f', "!'()*~ marks", '🛣️ road']) {
  each(`the name ${name} arrives as it was sent`, async (sdk) => {
    const made = await sdk.CreateVpc({ CidrBlock: '10.0.0.0/8', VpcName: name });
    assert.equal((await sdk.DescribeVpcAttribute({ VpcId: made.VpcId })).VpcName, name);
  });
}

each('IPv6 gives the VPC a block', async (sdk) => {
  const made = await sdk.CreateVpc({ CidrBlock: '10.0.0.0/8', EnableIpv6: true });
  assert.match((await sdk.DescribeVpcAttribute({ VpcId: made.VpcId })).Ipv6CidrBlock, /^[0-9a-f:]+::\/56$/);
});

each('a VPC in use stays', async (sdk) => {
  const vpc = await world.vpc(sdk);
  await refused(sdk.DeleteVpc({ VpcId: vpc.id }), 'DependencyViolation.VSwitch');
});

each('a dry run leaves nothing behind', async (sdk) => {
  await refused(sdk.CreateVpc({ CidrBlock: '10.0.0.0/8', DryRun: true }), 'DryRunOperation', {
    message: 'Request validation has been passed with DryRun flag set.',
  });
  assert.equal((await sdk.DescribeVpcs({})).TotalCount, 0);
});

each('a vSwitch from creation to deletion', async (sdk) => {
  const made = await sdk.CreateVpc({ CidrBlock: '192.168.0.0/16' });
  const place = { VpcId: made.VpcId, CidrBlock: '192.168.5.0/24', ZoneId: 'cn-hangzhou-i', VSwitchName: 'zone i' };
  const { VSwitchId } = await sdk.CreateVSwitch(place);
  const seen = await sdk.DescribeVSwitchAttributes({ VSwitchId });
  assert.deepEqual(
    [seen.Status, seen.VpcId, seen.CidrBlock, seen.ZoneId, seen.VSwitchName],
    ['Available', ...Object.values(place)],
  );
  assert.equal(seen.RouteTable.RouteTableId, made.RouteTableId);
  assert.equal(seen.Ipv6CidrBlock, '');
  const listed = await sdk.DescribeVSwitches({ VpcId: made.VpcId });
  assert.deepEqual(listed.VSwitches.VSwitch.map((vswitch) => vswitch.VSwitchId), [VSwitchId]);
  await refused(sdk.CreateVSwitch({ ...place, CidrBlock: '192.168.5.128/25' }), 'InvalidCidrBlock.Overlapped');
  await sdk.DeleteVSwitch({ VSwitchId });
  await refused(sdk.DescribeVSwitchAttributes({ VSwitchId }), 'InvalidVSwitchId.NotFound', { status: 404 });
});

each('regions and zones are listed', async (sdk) => {
  const regions = (await sdk.DescribeRegions({})).Regions.Region;
  assert.ok(regions.some((region) => region.RegionId === 'cn-hangzhou' && region.LocalName && region.RegionEndpoint));
  const zones = (await sdk.DescribeZones({})).Zones.Zone.map((zone) => zone.ZoneId);
  assert.ok(zones.length >= 2 && zones.every((zone) => zone.startsWith('cn-hangzhou-')));
  await refused(sdk.DescribeZones({ RegionId: 'cn-atlantis' }), 'InvalidRegionId.NotFound', { status: 404 });
});
