'use strict';
// Tests with a server of their own.

const test = require('node:test');

const { Pop } = require('./pop.js');
const { Server } = require('./server.js');
const { Tea } = require('./tea.js');

// The server is on loopback; the SDKs honour these.
process.env.NO_PROXY = process.env.no_proxy = '127.0.0.1,localhost';

/** One test; `body` gets a server with these options. */
function withServer(name, options, body) {
  test(name, async () => {
    const server = await Server.start(options);
    try {
      await body(server);
    } finally {
      await server.stop();
    }
  });
}

/** The same test with each SDK; `body` gets the SDK and its server. */
function each(name, options, body) {
  if (typeof options === 'function') [options, body] = [{}, options];
  for (const [label, Sdk] of [['tea', Tea], ['pop', Pop]]) {
    withServer(`${name} (${label})`, options, (server) => body(new Sdk(server), server));
  }
}

/** Polls until `read` gives what is wanted; resolves to all values seen on the way, each once, in order. */
async function waitFor(read, wanted, deadlineMs = 5000) {
  const seen = [];
  const end = Date.now() + deadlineMs;
  while (Date.now() < end) {
    const value = await read();
    if (!seen.includes(value)) seen.push(value);
    if (value === wanted) return seen;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never ${wanted}, only ${seen}`);
}

module.exports = { each, waitFor, withServer };
