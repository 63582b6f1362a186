'use strict';
// HTTPS on the same port, with the local authority trusted by name.

const assert = require('node:assert/strict');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const https = require('node:https');
const { tmpdir } = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { Pop } = require('./support/pop.js');
const { Server } = require('./support/server.js');
const { Tea } = require('./support/tea.js');
const world = require('./support/world.js');

/** A server with a data directory, where it keeps its authority. */
async function withAuthority(body) {
  const directory = mkdtempSync(path.join(tmpdir(), 'causeway-'));
  const server = await Server.start({ storage: ['--data', path.join(directory, 'data')] });
  try {
    await body(server, readFileSync(server.greeting.ca, 'utf8'));
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true });
  }
}

for (const [label, Sdk] of [['tea', Tea], ['pop', Pop]]) {
  test(`routes over HTTPS (${label})`, () =>
    withAuthority(async (server, ca) => {
      const sdk = new Sdk(server, { protocol: 'https', ca });
      const vpc = await world.vpc(sdk, { VpcName: 'over https' });
      const hop = await world.instance(sdk, vpc.id);
      const item = { RouteTableId: vpc.table, DstCidrBlock: '10.0.0.0/8', NextHop: hop, NextHopType: 'Instance' };
      assert.equal((await sdk.CreateRouteEntries({ RouteEntries: [item] })).SuccessCount, 1);
      assert.equal((await world.routes(sdk, vpc.table))['10.0.0.0/8'].Status, 'Available');
      // The plain port is the same one.
      assert.equal((await new Sdk(server).DescribeVpcAttribute({ VpcId: vpc.id })).VpcName, 'over https');
    }));

  test(`tunnels in a body over HTTPS (${label})`, () =>
    withAuthority(async (server, ca) => {
      const sdk = new Sdk(server, { protocol: 'https', ca });
      const gateway = await world.dualGateway(sdk, await world.vpc(sdk));
      const customers = [await world.customerGateway(sdk, '203.0.113.1'), await world.customerGateway(sdk, '203.0.113.2')];
      const connection = await world.dualConnection(sdk, gateway, customers);
      const seen = await sdk.DescribeVpnConnection({ VpnConnectionId: connection });
      const tunnels = seen.TunnelOptionsSpecification.TunnelOptions;
      assert.deepEqual(tunnels.map((tunnel) => tunnel.CustomerGatewayId), customers);
    }));
}

test('the authority is not one that the world trusts', () =>
  withAuthority(async (server, ca) => {
    const get = (options) =>
      new Promise((resolve, reject) => {
        const request = https.get(`https://${server.endpoint}/`, { agent: false, ...options });
        request.on('response', (answer) => resolve(answer.resume())).on('error', reject);
      });
    assert.ok((await get({ ca })).statusCode >= 400);
    await assert.rejects(get({}), (error) => /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(error.code));
  }));
