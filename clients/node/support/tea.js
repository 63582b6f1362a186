'use strict';
// `@alicloud/vpc20160428`: signature V3, parameters in the query, some in a chunked form body.

const { $OpenApiUtil, OpenApiUtil } = require('@alicloud/openapi-core');
const sdk = require('@alicloud/vpc20160428');
const $dara = require('@darabonba/typescript');

const { Refused } = require('./refused.js');
const { KEY_ID, KEY_SECRET, REGION } = require('./server.js');

const Client = sdk.default;
const METHODS = new Map(
  Object.getOwnPropertyNames(Client.prototype)
    .filter((name) => name.endsWith('WithOptions'))
    .map((name) => [name.replace(/WithOptions$/, '').toLowerCase(), name]),
);

/** `tea.CreateVpc({...})` is `client.createVpcWithOptions(new CreateVpcRequest(...), runtime)`. */
class Tea {
  constructor(server, { keyId = KEY_ID, secret = KEY_SECRET, token, protocol = 'http', ca, signature } = {}) {
    this.client = new Client(
      new $OpenApiUtil.Config({
        accessKeyId: keyId,
        accessKeySecret: secret,
        securityToken: token,
        endpoint: server.endpoint,
        protocol,
        ca,
        signatureAlgorithm: signature,
      }),
    );
    this.protocol = protocol;
    this.runtime = new $dara.RuntimeOptions({ ca });
    return actions(this);
  }

  async call(action, parameters) {
    const type = sdk[`${action}Request`];
    const request = $dara.cast({ RegionId: REGION, ...parameters }, new type({}));
    const known = Object.keys(request.toMap());
    const unknown = Object.keys(parameters).filter((name) => !known.includes(name));
    if (unknown.length) throw new Error(`${type.name} would drop ${unknown}`);
    const method = METHODS.get(action.toLowerCase());
    return answer(async () => (await this.client[method](request, this.runtime)).body.toMap());
  }

  /** Causeway's own product, through the generic call. */
  own(action, parameters = {}) {
    return this.generic('2026-11-20', action, parameters);
  }

  /** Any action of any version. */
  generic(version, action, parameters = {}) {
    const params = new $OpenApiUtil.Params({
      action,
      version,
      protocol: this.protocol,
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query({ RegionId: REGION, ...parameters }) });
    return answer(async () => (await this.client.callApi(params, request, this.runtime)).body);
  }
}

async function answer(call) {
  try {
    return await call();
  } catch (error) {
    if (!error.code || error.statusCode === undefined) throw error;
    const said = { status: error.statusCode, code: error.code, message: error.data.Message, requestId: error.requestId };
    throw new Refused(said, error);
  }
}

/** Makes every capitalised name a call of that action. */
function actions(client) {
  return new Proxy(client, {
    get(target, name, receiver) {
      const isAction = typeof name === 'string' && /^[A-Z]/.test(name);
      return isAction ? (parameters = {}) => target.call(name, parameters) : Reflect.get(target, name, receiver);
    },
  });
}

module.exports = { Tea, actions, answer };
