'use strict';
// `causeway env`: an SDK that knows only its environment reaches the server, over HTTPS as well.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { promisify } = require('node:util');

const { Server, KEY_ID, KEY_SECRET, binary } = require('./support/server.js');

const run = promisify(execFile);

// A user's script: key, region, endpoint and trust come from the environment alone.
const SCRIPT = `
const { RPCClient } = require('@alicloud/pop-core');
const env = process.env;
const client = new RPCClient({
  accessKeyId: env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  endpoint: process.argv[1] + '://' + env.VPC_ENDPOINT,
  apiVersion: '2016-04-28',
});
const RegionId = env.ALIBABA_CLOUD_REGION;
client
  .request('CreateVpc', { RegionId, CidrBlock: '10.0.0.0/8' })
  .then(({ VpcId }) => client.request('DescribeVpcAttribute', { RegionId, VpcId }))
  .then(({ Status }) => console.log(Status))
  .catch((error) => console.log(error.code));
`;

test('an SDK with nothing but its environment', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'causeway-'));
  const data = path.join(directory, 'data');
  const server = await Server.start({ storage: ['--data', data] });
  try {
    const key = `${KEY_ID}:${KEY_SECRET}`;
    const told = JSON.parse((await run(binary(), ['env', 'json', '--data', data, '--root-key', key])).stdout);
    assert.equal(told.VPC_ENDPOINT, server.endpoint);
    const env = { PATH: process.env.PATH, HOME: directory, NODE_PATH: process.env.NODE_PATH, ...told };
    const status = async (protocol, environment) =>
      (await run(process.execPath, ['-e', SCRIPT, protocol], { env: environment })).stdout.trim();
    assert.equal(await status('http', env), 'Available');
    assert.equal(await status('https', env), 'Available');
    const { NODE_EXTRA_CA_CERTS, ...trusting } = env;
    assert.equal(NODE_EXTRA_CA_CERTS, server.greeting.ca);
    assert.match(await status('https', trusting), /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true });
  }
});
