'use strict';
// The SDKs' own credential provider takes on a role, over HTTPS, and what it gets signs calls.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { promisify } = require('node:util');

const { Ram, user } = require('./support/ram.js');
const { refused } = require('./support/refused.js');
const { Server } = require('./support/server.js');
const { Tea } = require('./support/tea.js');

const run = promisify(execFile);

const ACCOUNT = '1234567890123456';
const TRUST = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [`acs:ram::${ACCOUNT}:root`] } }],
});

// What a program does. It trusts what its process was started to trust.
const SCRIPT = `
const { default: Credential, Config } = require('@alicloud/credentials');
const [endpoint, accessKeyId, accessKeySecret, roleArn] = process.argv.slice(1);
const credential = new Credential(
  new Config({ type: 'ram_role_arn', accessKeyId, accessKeySecret, roleArn, roleSessionName: 'provider', stsEndpoint: endpoint }),
);
credential.getCredential().then(
  (it) => console.log(JSON.stringify({ keyId: it.accessKeyId, secret: it.accessKeySecret, token: it.securityToken })),
  (error) => console.log(JSON.stringify({ error: error.message })),
);
`;

test('the credential provider takes on the role', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'causeway-'));
  const server = await Server.start({ storage: ['--data', path.join(directory, 'data')] });
  try {
    const ram = new Ram(server);
    const maker = await user(ram, 'maker');
    await ram.CreateRole({ RoleName: 'router', AssumeRolePolicyDocument: TRUST });
    const reads = { PolicyName: 'AliyunVPCReadOnlyAccess', PolicyType: 'System', RoleName: 'router' };
    await ram.AttachPolicyToRole(reads);
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      NODE_PATH: process.env.NODE_PATH,
      NODE_EXTRA_CA_CERTS: server.greeting.ca,
    };
    const assume = async () => {
      const role = `acs:ram::${ACCOUNT}:role/router`;
      const line = ['-e', SCRIPT, server.endpoint, maker.keyId, maker.secret, role];
      return JSON.parse((await run(process.execPath, line, { env, cwd: __dirname })).stdout);
    };
    assert.match((await assume()).error, /NoPermission/);
    await ram.AttachPolicyToUser({ PolicyName: 'AliyunSTSAssumeRoleAccess', PolicyType: 'System', UserName: 'maker' });
    const given = await assume();
    assert.match(given.keyId, /^STS\./);
    const vpc = new Tea(server, given);
    assert.equal((await vpc.DescribeVpcs()).TotalCount, 0);
    await refused(vpc.CreateVpc(), 'Forbidden.RAM', { status: 403 });
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true });
  }
});
