'use strict';
// Groups, roles, versions of policies and temporary keys, with the official RAM and STS SDKs.

const assert = require('node:assert/strict');
const test = require('node:test');

const { Ram, Sts, user, temporary } = require('./support/ram.js');
const { refused } = require('./support/refused.js');
const { Server } = require('./support/server.js');
const { Tea } = require('./support/tea.js');

const ACCOUNT = '1234567890123456';
const ROLE = `acs:ram::${ACCOUNT}:role/router`;
const TRUST = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [`acs:ram::${ACCOUNT}:root`] } }],
});

const policy = (action) =>
  JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const system = (name) => ({ PolicyName: name, PolicyType: 'System' });

/** A test with a server of its own and the account's RAM client. */
function withRam(name, body) {
  test(name, async () => {
    const server = await Server.start();
    try {
      await body(server, new Ram(server));
    } finally {
      await server.stop();
    }
  });
}

withRam('what a group holds counts for its users', async (server, ram) => {
  const vpc = new Tea(server, await user(ram, 'alice'));
  await ram.CreateGroup({ GroupName: 'readers', Comments: 'They read.' });
  await ram.AttachPolicyToGroup({ ...system('AliyunVPCReadOnlyAccess'), GroupName: 'readers' });
  await refused(vpc.DescribeVpcs(), 'Forbidden.RAM', { status: 403 });
  await ram.AddUserToGroup({ UserName: 'alice', GroupName: 'readers' });
  assert.equal((await vpc.DescribeVpcs()).TotalCount, 0);
  const users = (await ram.ListUsersForGroup({ GroupName: 'readers' })).Users.User;
  assert.deepEqual(users.map((it) => it.UserName), ['alice']);
  const groups = (await ram.ListGroupsForUser({ UserName: 'alice' })).Groups.Group;
  assert.deepEqual(groups.map((it) => it.GroupName), ['readers']);
  const held = (await ram.ListPoliciesForGroup({ GroupName: 'readers' })).Policies.Policy;
  assert.deepEqual(held.map((it) => it.PolicyName), ['AliyunVPCReadOnlyAccess']);
  await ram.RemoveUserFromGroup({ UserName: 'alice', GroupName: 'readers' });
  await refused(vpc.DescribeVpcs(), 'Forbidden.RAM', { status: 403 });
  await refused(ram.DeleteGroup({ GroupName: 'readers' }), 'DeleteConflict.Group.Policy', { status: 409 });
});

withRam('the default version of a policy has effect', async (server, ram) => {
  const vpc = new Tea(server, await user(ram, 'alice'));
  await ram.CreatePolicy({ PolicyName: 'routes', PolicyDocument: policy('vpc:Describe*') });
  await ram.AttachPolicyToUser({ PolicyName: 'routes', PolicyType: 'Custom', UserName: 'alice' });
  await refused(vpc.CreateVpc(), 'Forbidden.RAM', { status: 403 });
  const next = { PolicyName: 'routes', PolicyDocument: policy('vpc:*'), SetAsDefault: true };
  assert.equal((await ram.CreatePolicyVersion(next)).PolicyVersion.VersionId, 'v2');
  await vpc.CreateVpc();
  const versions = await ram.ListPolicyVersions({ PolicyName: 'routes', PolicyType: 'Custom' });
  const shown = versions.PolicyVersions.PolicyVersion.map((it) => [it.VersionId, it.IsDefaultVersion]);
  assert.deepEqual(shown, [['v1', false], ['v2', true]]);
});

withRam('a temporary key acts as its role', async (server, ram) => {
  await ram.CreateRole({ RoleName: 'router', AssumeRolePolicyDocument: TRUST });
  await ram.AttachPolicyToRole({ ...system('AliyunVPCFullAccess'), RoleName: 'router' });
  const maker = new Sts(server, await user(ram, 'maker'));
  const asked = { RoleArn: ROLE, RoleSessionName: 'deploy' };
  await refused(maker.AssumeRole(asked), 'NoPermission', { status: 403 });
  await ram.AttachPolicyToUser({ ...system('AliyunSTSAssumeRoleAccess'), UserName: 'maker' });
  const made = await maker.AssumeRole(asked);
  assert.equal(made.AssumedRoleUser.Arn, `${ROLE}/deploy`);
  const identity = await new Sts(server, temporary(made)).GetCallerIdentity();
  assert.equal(identity.IdentityType, 'AssumedRoleUser');
  assert.equal(identity.Arn, `acs:ram::${ACCOUNT}:assumed-role/router/deploy`);
  const session = new Ram(server, temporary(made));
  await refused(session.ListUsers({}), 'NoPermission', { status: 403 });
  const narrow = await maker.AssumeRole({ ...asked, Policy: policy('vpc:Describe*'), DurationSeconds: 900 });
  for (const [who, code] of [[made, ''], [narrow, 'Forbidden.RAM']]) {
    const vpc = new Tea(server, temporary(who));
    await vpc.DescribeVpcs();
    if (code) await refused(vpc.CreateVpc(), code, { status: 403 });
    else await vpc.CreateVpc();
  }
  await refused(new Sts(server).AssumeRole(asked), 'NoPermission', { status: 403 });
  await ram.DetachPolicyFromRole({ ...system('AliyunVPCFullAccess'), RoleName: 'router' });
  await ram.DeleteRole({ RoleName: 'router' });
  await refused(session.ListUsers({}), 'InvalidAccessKeyId.NotFound', { status: 404 });
});
