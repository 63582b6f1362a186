'use strict';
// A `causeway serve` process of a test's own.

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const KEY_ID = 'test-ak';
const KEY_SECRET = 'test-sk';
const REGION = 'cn-hangzhou';
const START_DEADLINE_MS = 15000;

/** The server to test: `CAUSEWAY_BIN`, or what cargo built in a directory above. */
function binary() {
  if (process.env.CAUSEWAY_BIN) return process.env.CAUSEWAY_BIN;
  for (let place = __dirname; place !== path.dirname(place); place = path.dirname(place)) {
    for (const kind of ['release', 'debug']) {
      const candidate = path.join(place, 'target', kind, 'causeway');
      if (existsSync(candidate)) return candidate;
    }
  }
  throw new Error('no server to test: set CAUSEWAY_BIN');
}

/** The surrounding environment without what would configure the server. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CAUSEWAY_')));
}

class Server {
  /** Starts a server; resolves when it is ready. */
  static async start({ tasks = 'immediate', storage = ['--memory'] } = {}) {
    const server = new Server();
    const common = ['--listen', '127.0.0.1:0', '--root-key', `${KEY_ID}:${KEY_SECRET}`, '--seed', '1', '--log', 'warn'];
    server.process = spawn(binary(), ['serve', ...common, '--tasks', tasks, ...storage], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server.ended = new Promise((resolve, reject) => {
      server.process.once('exit', resolve);
      server.process.once('error', reject);
    });
    server.greeting = await Promise.race([server.greet(), server.ended.then(() => null)]);
    if (!server.greeting) throw new Error('the server ended before it was ready');
    server.endpoint = server.greeting.http.replace('http://', '');
    server.port = Number(server.endpoint.split(':').at(-1));
    return server;
  }

  async greet() {
    // Only the server's own silence can make the loop wait, so the deadline ends the server.
    const deadline = setTimeout(() => this.process.kill('SIGKILL'), START_DEADLINE_MS);
    const greeting = {};
    try {
      for await (const line of readline.createInterface({ input: this.process.stdout })) {
        if (line.trim() === 'Ready.') return greeting;
        const [name, ...value] = line.trim().split(/ {2,}/);
        greeting[name] = value.join(' ');
      }
      return null;
    } finally {
      clearTimeout(deadline);
    }
  }

  async stop() {
    this.process.kill('SIGTERM');
    const deadline = setTimeout(() => this.process.kill('SIGKILL'), 10000);
    await this.ended;
    clearTimeout(deadline);
  }
}

module.exports = { Server, binary, KEY_ID, KEY_SECRET, REGION };
