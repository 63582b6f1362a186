'use strict';
// An error answer, the same whichever SDK met it.

const assert = require('node:assert/strict');

/** What the server said, with the SDK's own error as `cause`. */
class Refused extends Error {
  constructor({ status, code, message, requestId }, cause) {
    super(message, { cause });
    Object.assign(this, { status, code, requestId });
  }
}

/** The call is answered by exactly this error; resolves to it. */
async function refused(call, code, { status = 400, message } = {}) {
  const error = await call.then(
    (answer) => assert.fail(`${code} expected, not ${JSON.stringify(answer)}`),
    (error) => error,
  );
  if (!(error instanceof Refused)) throw error;
  assert.deepEqual([error.status, error.code], [status, code], error.message);
  assert.ok(error.message, 'an error without words');
  assert.ok(error.requestId, 'an error without a RequestId');
  if (message !== undefined) assert.equal(error.message, message);
  return error;
}

module.exports = { Refused, refused };
