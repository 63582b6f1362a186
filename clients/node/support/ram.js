'use strict';
// `@alicloud/ram20150501` and `@alicloud/sts20150401`: identities, managed the provider's way.

const { $OpenApiUtil } = require('@alicloud/openapi-core');
const ram = require('@alicloud/ram20150501');
const sts = require('@alicloud/sts20150401');
const $dara = require('@darabonba/typescript');

const { KEY_ID, KEY_SECRET } = require('./server.js');
const { actions, answer } = require('./tea.js');

/** The methods of an SDK's client, by action in lower case. */
const methods = (Client) =>
  new Map(
    Object.getOwnPropertyNames(Client.prototype)
      .filter((name) => name.endsWith('WithOptions'))
      .map((name) => [name.replace(/WithOptions$/, '').toLowerCase(), name]),
  );

/** `ram.CreateUser({...})` is `client.createUserWithOptions(new CreateUserRequest(...), runtime)`. */
class Ram {
  constructor(server, { keyId = KEY_ID, secret = KEY_SECRET, token, sdk = ram } = {}) {
    const config = new $OpenApiUtil.Config({
      accessKeyId: keyId,
      accessKeySecret: secret,
      securityToken: token,
      endpoint: server.endpoint,
      protocol: 'http',
    });
    this.sdk = sdk;
    this.methods = methods(sdk.default);
    this.client = new sdk.default(config);
    this.runtime = new $dara.RuntimeOptions({});
    return actions(this);
  }

  call(action, parameters) {
    const method = this.methods.get(action.toLowerCase());
    const type = this.sdk[`${action}Request`];
    if (!type) return answer(async () => (await this.client[method](this.runtime)).body.toMap());
    const request = $dara.cast(parameters, new type({}));
    const unknown = Object.keys(parameters).filter((name) => !Object.keys(request.toMap()).includes(name));
    if (unknown.length) throw new Error(`${type.name} would drop ${unknown}`);
    return answer(async () => (await this.client[method](request, this.runtime)).body.toMap());
  }
}

/** The same with the STS SDK. */
class Sts extends Ram {
  constructor(server, options = {}) {
    super(server, { ...options, sdk: sts });
  }
}

/** A new user with an access key: what clients are made with. */
async function user(ram, name) {
  await ram.CreateUser({ UserName: name });
  const { AccessKey } = await ram.CreateAccessKey({ UserName: name });
  return { keyId: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
}

/** What clients are made with that use a temporary key. */
function temporary({ Credentials }) {
  return { keyId: Credentials.AccessKeyId, secret: Credentials.AccessKeySecret, token: Credentials.SecurityToken };
}

module.exports = { Ram, Sts, user, temporary };
