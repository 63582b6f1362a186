'use strict';
// `@alicloud/pop-core`: signature V1, everything in the query of a GET or in the form of a POST.

const { RPCClient } = require('@alicloud/pop-core');

const { Refused } = require('./refused.js');
const { KEY_ID, KEY_SECRET, REGION } = require('./server.js');
const { actions } = require('./tea.js');

/** `pop.CreateVpc({...})` is `client.request('CreateVpc', {...}, { method })`. */
class Pop {
  constructor(server, { keyId = KEY_ID, secret = KEY_SECRET, protocol = 'http', method = 'POST', region = REGION, ca } = {}) {
    this.options = { server, keyId, secret, protocol };
    this.method = method;
    this.region = region;
    this.ca = ca;
    this.client = this.of('2016-04-28');
    return actions(this);
  }

  /** The SDK's client of one version. */
  of(apiVersion) {
    const { server, keyId, secret, protocol } = this.options;
    const opts = { method: this.method, ...(this.ca && { ca: this.ca }) };
    return new RPCClient({
      accessKeyId: keyId,
      accessKeySecret: secret,
      endpoint: `${protocol}://${server.endpoint}`,
      apiVersion,
      opts,
    });
  }

  call(action, parameters) {
    return this.send(this.client, action, parameters);
  }

  /** Causeway's own product, through the generic call. */
  own(action, parameters = {}) {
    return this.generic('2026-11-20', action, parameters);
  }

  /** Any action of any version. */
  generic(version, action, parameters = {}) {
    return this.send(this.of(version), action, parameters);
  }

  async send(client, action, parameters) {
    try {
      return await client.request(action, Object.fromEntries(flat({ RegionId: this.region, ...parameters })));
    } catch (error) {
      if (!error.data) throw error;
      // The status of an error is kept beside it; the SDK itself never looks at it.
      const status = error.entry.response.statusCode;
      throw new Refused({ status, code: error.code, message: error.data.Message, requestId: error.data.RequestId }, error);
    }
  }
}

/** Lists and objects as `Name.1.Member`: the SDK itself flattens only the upper levels. */
function* flat(value, prefix = '') {
  for (const [name, member] of Object.entries(value)) {
    const index = Array.isArray(value) ? Number(name) + 1 : name;
    const full = prefix ? `${prefix}.${index}` : index;
    if (member !== null && typeof member === 'object') yield* flat(member, full);
    else yield [full, member];
  }
}

module.exports = { Pop };
