'use strict';
// A failover from end to end, on a clock that is advanced by hand: no test waits for a probe.

const assert = require('node:assert/strict');

const { refused } = require('./support/refused.js');
const { each } = require('./support/suite.js');
const world = require('./support/world.js');

const FROZEN = { storage: ['--memory', '--clock', 'frozen:2026-11-20T10:00:00Z'] };
const CHECK = JSON.stringify({ enable: 'true', dip: '10.0.0.1', sip: '192.168.0.1', interval: 3, retry: 3 });
const DESTINATION = '10.0.0.0/24';

/** A pair of routes over two connections that are probed every three seconds. */
async function pair(sdk) {
  const place = await world.vpc(sdk);
  const gateway = await world.gateway(sdk, place);
  const hops = [];
  for (const [address, weight] of [['203.0.113.1', 100], ['203.0.113.2', 0]]) {
    const customer = await world.customerGateway(sdk, address);
    const hop = await world.connection(sdk, gateway, customer, { HealthCheckConfig: CHECK });
    await sdk.CreateVpnRouteEntry({ VpnGatewayId: gateway, RouteDest: DESTINATION, NextHop: hop, Weight: weight, PublishVpc: true });
    hops.push(hop);
  }
  return { gateway, active: hops[0], standby: hops[1] };
}

/** The connection that carries a packet, or why none does. */
async function carrier(sdk) {
  const packet = { SourceAddress: '192.168.1.10', DestinationAddress: '10.0.0.7' };
  const { Outcome } = (await sdk.own('TracePath', packet)).Out;
  return Outcome.Result === 'Delivered' ? Outcome.To.Connection : Outcome.Cause.Kind;
}

each('traffic moves when the health check has noticed', FROZEN, async (sdk) => {
  const { gateway, active, standby } = await pair(sdk);
  const health = async (hop) => (await sdk.DescribeVpnConnection({ VpnConnectionId: hop })).VcoHealthCheck.Status;
  const passes = (Seconds) => sdk.own('AdvanceClock', { Seconds });
  assert.equal(await carrier(sdk), active);

  await sdk.own('SetLinkState', { LinkId: active, State: 'down' });
  assert.equal(await carrier(sdk), 'LinkDownUnnoticed');
  await passes(6); // two probes are lost at most for good
  assert.equal(await health(active), 'success');
  await passes(4); // S-VR-25: retries x interval and one timeout are over
  assert.equal(await health(active), 'failed');
  assert.equal(await carrier(sdk), standby);

  await sdk.own('SetLinkState', { LinkId: active, State: 'up' });
  assert.equal(await carrier(sdk), standby);
  await passes(3);
  assert.equal(await carrier(sdk), active);

  const { Failovers } = await sdk.own('ListFailovers');
  assert.deepEqual(
    Failovers.map((it) => [it.Cause, it.By, it.Traffic, it.From, it.To]),
    [
      ['ProbeAnswered', gateway, DESTINATION, standby, active],
      ['ProbesLost', gateway, DESTINATION, active, standby],
    ],
  );
  assert.ok(Failovers[1].LostMs >= 7000 && Failovers[1].LostMs <= 10000, `${Failovers[1].LostMs} ms`);
});

each('links that lose and delay are listed as they are', FROZEN, async (sdk) => {
  const { active, standby } = await pair(sdk);
  const link = async (id) => {
    const { Links } = await sdk.own('ListLinks', { PageSize: 50 });
    const found = Links.find((it) => it.LinkId === id);
    return [found.State, found.LossPercent, found.DelayMs, found.Status];
  };
  await sdk.own('SetLinkState', { LinkId: active, LossPercent: 100 });
  await sdk.own('SetLinkState', { LinkId: standby, DelayMs: 200 });
  await sdk.own('AdvanceClock', { Seconds: 10 });
  assert.deepEqual(await link(active), ['up', 100, 0, 'down']);
  assert.deepEqual(await link(standby), ['up', 0, 200, 'up']);
  assert.equal(await carrier(sdk), standby);
  await refused(sdk.own('SetLinkState', { LinkId: active, LossPercent: 101 }), 'InvalidParameter', { status: 400 });
});

each('what timed work leads to comes with the clock', { ...FROZEN, tasks: '90s' }, async (sdk) => {
  const { VpcId } = await sdk.CreateVpc({ CidrBlock: '10.0.0.0/8' });
  const status = async () => (await sdk.DescribeVpcAttribute({ VpcId })).Status;
  await sdk.own('AdvanceClock', { Seconds: 89 });
  assert.equal(await status(), 'Pending');
  await sdk.own('AdvanceClock', { Until: '2026-11-20T10:01:30Z' });
  assert.equal(await status(), 'Available');
});

each('the clock of the host is not advanced', async (sdk) => {
  await refused(sdk.own('AdvanceClock', { Seconds: 1 }), 'OperationDenied.RealClock', { status: 400 });
});
