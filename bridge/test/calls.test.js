/** What the bridge does with signed calls, on Node and with stand-ins of the stores. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const source = readFileSync(new URL('../src/w7s-bridge.js', import.meta.url), 'utf8') + '\nexport { key, sign };';
const bridge = await import('data:text/javascript;base64,' + Buffer.from(source).toString('base64'));

const SECRET = 'whsec_' + Buffer.alloc(32, 7).toString('base64');
const ENV = { W7S_OWNER: 'acme', W7S_BRIDGE_SECRET: SECRET };

const signed = async (method, target, body = '', change = () => {}) => {
  const headers = new Headers();
  const bytes = new TextEncoder().encode(body);
  await bridge.sign([bridge.key(ENV, 'W7S_BRIDGE_SECRET')], 'call', { method, target, headers, body: bytes });
  change(headers);
  return new Request('https://acme.w7s.cloud' + target, { method, headers, body: body === '' ? undefined : bytes });
};

const call = async (env, request) => {
  const response = await bridge.default.fetch(request, { ...ENV, ...env });
  return { status: response.status, mark: response.headers.get('x-w7s-bridge'), body: await response.json() };
};

const namespace = (changes) => ({
  get: async () => null,
  getWithMetadata: async () => null,
  put: async () => {},
  delete: async () => {},
  list: async () => ({ keys: [], list_complete: true }),
  ...changes,
});

test('a store that does not respond gives 504, and whether it did anything is unknown', async () => {
  const CACHE = namespace({ put: () => new Promise(() => {}) });
  const request = await signed('PUT', '/_w7s/bridge/kv/CACHE?key=a', 'x');

  const { status, mark, body } = await call({ CACHE, W7S_BRIDGE_TIMEOUT_SECONDS: '1' }, request);

  assert.deepEqual([status, mark], [504, 'failed']);
  assert.match(body.error, /the KV namespace CACHE did not respond within 1 s/);
});

test('a store may take as long as it is told', async () => {
  const CACHE = namespace({ delete: () => new Promise((done) => setTimeout(done, 20)) });
  const request = await signed('DELETE', '/_w7s/bridge/kv/CACHE?key=a');

  assert.equal((await call({ CACHE, W7S_BRIDGE_TIMEOUT_SECONDS: '999999999' }, request)).status, 200);
});

test('a store that fails is named, and whether it did anything is unknown', async () => {
  const CACHE = namespace({
    delete: async () => {
      throw new Error('too many\nrequests');
    },
  });

  const { status, mark, body } = await call({ CACHE }, await signed('DELETE', '/_w7s/bridge/kv/CACHE?key=a'));

  assert.deepEqual([status, mark], [502, 'failed']);
  assert.equal(body.error, 'the KV namespace CACHE failed: too many\\u000arequests');
});

test('a service, whose every property is a function, is no store', async () => {
  const SERVICE = new Proxy({}, { get: () => () => assert.fail('called') });

  for (const [method, target] of [
    ['GET', '/_w7s/bridge/kv/SERVICE?key=a'],
    ['GET', '/_w7s/bridge/r2/SERVICE?key=a'],
    ['POST', '/_w7s/bridge/d1/SERVICE'],
  ]) {
    const { status, mark, body } = await call({ SERVICE }, await signed(method, target, method === 'POST' ? '{}' : ''));
    assert.deepEqual([status, mark], [503, 'refused']);
    assert.match(body.error, /SERVICE is not bound to a /);
  }
});

test("a name of the platform's is no store, whatever it is bound to", async () => {
  const { status } = await call({ W7S_CACHE: namespace() }, await signed('GET', '/_w7s/bridge/kv/W7S_CACHE?key=a'));

  assert.equal(status, 503);
});

test('a call takes its key as it was before it was encoded', async () => {
  const keys = [];
  const CACHE = namespace({ delete: async (key) => keys.push(key) });
  const key = 'a b&c=d+e%/ä😀';

  const { status } = await call({ CACHE }, await signed('DELETE', '/_w7s/bridge/kv/CACHE?key=' + encodeURIComponent(key)));

  assert.equal(status, 200);
  assert.deepEqual(keys, [key]);
});

/** Or whoever has no secret could have an isolate hold 10 MiB for each request. */
for (const [name, change, expected] of [
  ['that is not signed', (headers) => ['id', 'time'].forEach((part) => headers.delete('x-w7s-signature-' + part)), 401],
  ['whose signature is malformed', (headers) => headers.set('x-w7s-signature', 'v1,x'), 401],
  ['whose signature is too old', (headers) => headers.set('x-w7s-signature-time', '1'), 401],
  ['of another kind', (headers) => headers.set('x-w7s-kind', 'public'), 401],
  ['of an ambiguous kind', (headers) => headers.set('x-w7s-queue', 'jobs'), 400],
  ['that says it is too large', (headers) => headers.set('content-length', '10485761'), 413],
]) {
  test(`the body of a call ${name} is not read`, async () => {
    const { headers } = await signed('POST', '/_w7s/bridge/d1/DB', '{}', change);
    let read = false;
    const body = new ReadableStream(
      {
        pull(controller) {
          read = true;
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request('https://acme.w7s.cloud/_w7s/bridge/d1/DB', { method: 'POST', headers, body, duplex: 'half' });

    const { status, mark } = await call({}, request);

    assert.deepEqual([status, mark, read], [expected, 'refused', false]);
  });
}

/** Changes the clock of the bridge for a test. */
const withClock = async (run) => {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  try {
    return await run((seconds) => (ahead += seconds * 1000));
  } finally {
    Date.now = now;
  }
};

const copyOf = ({ url, method, headers }, text) =>
  new Request(url, { method, headers, body: new TextEncoder().encode(text) }); // a text would bring a content type

test('a write is made once, however often its signature comes', async () => {
  const values = [];
  const CACHE = namespace({ put: async (key, value) => values.push(key, new TextDecoder().decode(value)) });
  const request = await signed('PUT', '/_w7s/bridge/kv/CACHE?key=a', 'x');

  const first = await call({ CACHE }, copyOf(request, 'x'));
  const again = await Promise.all([1, 2, 3].map(() => call({ CACHE }, copyOf(request, 'x'))));

  assert.deepEqual([first.status, first.mark], [200, 'relayed']);
  assert.deepEqual(again.map(({ status, mark }) => [status, mark]), Array(3).fill([401, 'failed']));
  assert.match(again[0].body.error, /id-used/);
  assert.deepEqual(values, ['a', 'x']);
});

test('a signature that gets too old while its body comes is refused', () =>
  withClock(async (pass) => {
    const values = [];
    const CACHE = namespace({ put: async (key) => values.push(key) });
    const request = await signed('PUT', '/_w7s/bridge/kv/CACHE?key=a', 'x');
    await call({ CACHE }, copyOf(request, 'x'));
    pass(290);
    const slow = new ReadableStream(
      {
        async pull(controller) {
          pass(400);
          await call({ CACHE }, await signed('PUT', '/_w7s/bridge/kv/CACHE?key=other', 'y')); // old ids are forgotten
          controller.enqueue(new TextEncoder().encode('x'));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );

    const { status, body } = await call({ CACHE }, new Request(copyOf(request, ''), { body: slow, duplex: 'half' }));

    assert.equal(status, 401);
    assert.match(body.error, /too-old/);
    assert.deepEqual(values, ['a', 'other']);
  }));

for (const [name, change] of [
  ['another key', (request) => new Request(request.url.replace('key=a', 'key=b'), copyOf(request, 'x'))],
  ['another binding', (request) => new Request(request.url.replace('CACHE', 'OTHER'), copyOf(request, 'x'))],
  ['another method', ({ url, headers }) => new Request(url, { method: 'DELETE', headers })],
  ['another value', (request) => copyOf(request, 'y')],
]) {
  test(`a signature is not valid for ${name}`, async () => {
    const none = namespace({ put: () => assert.fail('put'), delete: () => assert.fail('deleted') });
    const request = await signed('PUT', '/_w7s/bridge/kv/CACHE?key=a', 'x');

    const { status, body } = await call({ CACHE: none, OTHER: none }, change(request));

    assert.equal(status, 401);
    assert.match(body.error, /signature-wrong/);
  });
}

test('what every object has is no store', async () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) {
    for (const [method, kind, body] of [['GET', 'kv', ''], ['GET', 'r2', ''], ['POST', 'd1', '{}']]) {
      const { status, mark } = await call({}, await signed(method, `/_w7s/bridge/${kind}/${name}`, body));
      assert.deepEqual([status, mark], [503, 'refused']);
    }
  }
});

test('keys that are no UTF-8 are refused', async () => {
  const CACHE = namespace({ delete: () => assert.fail('deleted') });
  for (const key of ['%FF', '%zz', 'a%', '%ED%A0%80', '%C0%AF']) {
    const { status, mark } = await call({ CACHE }, await signed('DELETE', '/_w7s/bridge/kv/CACHE?key=' + key));
    assert.deepEqual([status, mark], [400, 'refused']);
  }
});

const database = () => {
  const bound = [];
  const statement = { bind: (...values) => bound.push(...values) };
  return { bound, prepare: () => statement, batch: async (all) => all.map(() => ({ results: [], meta: { changes: 1 } })) };
};

const statementWith = (parameters, sql = 'INSERT INTO t VALUES (?)') =>
  `{"statements":[{"sql":${JSON.stringify(sql)},"parameters":${parameters}}]}`;

test('a number that would be changed on its way to a database is refused', async () => {
  const DB = database();
  for (const number of ['1e400', '-1e400', '9007199254740993', '-9007199254740993', '1234567890123456789']) {
    const { status, mark } = await call({ DB }, await signed('POST', '/_w7s/bridge/d1/DB', statementWith(`[${number}]`)));
    assert.deepEqual([status, mark], [400, 'refused']);
  }
  assert.deepEqual(DB.bound, []);

  const exact = '[9007199254740991,-9007199254740991,0.1,1e-300,"1234567890123456789",null]';
  await call({ DB }, await signed('POST', '/_w7s/bridge/d1/DB', statementWith(exact)));
  assert.deepEqual(DB.bound, JSON.parse(exact));
});

test('a statement is as long as its UTF-8', async () => {
  const DB = database();
  const sql = (length) => statementWith('[]', 'ä'.repeat(length / 2));
  assert.equal((await call({ DB }, await signed('POST', '/_w7s/bridge/d1/DB', sql(100_000)))).status, 200);
  assert.equal((await call({ DB }, await signed('POST', '/_w7s/bridge/d1/DB', sql(100_002)))).status, 400);
});

/** A cache in front of the app would give it to whoever asks, without a signature. */
test('what a store has, and health says, is for no cache', async () => {
  const CACHE = namespace({ get: async () => new TextEncoder().encode('secret of the shop').buffer });
  const R2 = { put() {}, delete() {}, list() {}, head() {}, get: async () => ({ body: 'secret of the shop' }) };

  for (const path of ['kv/CACHE?key=a', 'kv/CACHE', 'r2/R2?key=a', 'health']) {
    const request = await signed('GET', '/_w7s/bridge/' + path);
    const response = await bridge.default.fetch(request, { ...ENV, CACHE, R2 });
    assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'no-store']);
  }
});

test('statements are as long as a value of 1 MiB needs, and not longer', async () => {
  const DB = database();
  const value = '\\"'.repeat(1_048_576 / 2);
  const of = async (text) =>
    call({ DB }, await signed('POST', '/_w7s/bridge/d1/DB', statementWith(JSON.stringify([text, 'k'.repeat(400)]))));

  assert.equal((await of(value)).status, 200);
  const { status, mark } = await of(value + 'x'.repeat(110_000));
  assert.deepEqual([status, mark], [413, 'refused']);
  assert.equal(DB.bound[0], value);
  assert.equal(DB.bound.length, 2);
});
