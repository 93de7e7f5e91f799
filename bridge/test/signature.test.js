/** The bridge's half of decision 20, against the vectors that the service's half is tested with, too. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

// The module exports nothing but its entry, as the platform wants it.
const source = read('../src/w7s-bridge.js') + '\nexport { claimOf, secretBytes, sign, signedHeaders, signedText, useOnce, verify };';
const bridge = await import('data:text/javascript;base64,' + Buffer.from(source).toString('base64'));
const vectors = JSON.parse(read('signature-vectors.json'));

const FROM_THE_BRIDGE = ['rpc', 'queue', 'workflow', 'schedule', 'public'];

const imported = (secret) =>
  crypto.subtle.importKey('raw', bridge.secretBytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);

const keysOf = ({ secret, previous, previousUntil }, now) =>
  [secret, ...(previous !== undefined && now < previousUntil ? [previous] : [])].map(imported);

const requestOf = (vector) => ({ ...vector.request, body: Buffer.from(vector.request.body, 'base64') });

const verified = async (keys, kinds, request, now) => bridge.verify(keys, bridge.claimOf(kinds, request, now), request);

for (const { name, text, valid } of vectors.secrets) {
  test(`secret: ${name}`, () => {
    assert.equal(bridge.secretBytes(text) !== null, valid);
  });
}

for (const vector of vectors.requests) {
  const kinds = vector.receiver === 'bridge' ? ['call'] : FROM_THE_BRIDGE;
  const verify = () => verified(keysOf(vector.secrets, vector.now), kinds, requestOf(vector), vector.now);

  test(vector.name, async () => {
    if (vector.refused) {
      const { check, status } = vector.refused;
      await assert.rejects(verify, (error) => error.status === status && error.message.endsWith(`(${check})`));
      return;
    }
    const { kind, id, time, signed } = vector.accepted;
    assert.deepEqual(await verify(), { kind, id, time });
    const request = requestOf(vector);
    assert.equal(await bridge.signedText(id, time, kind, request, bridge.signedHeaders(request.headers)), signed);
  });
}

test('what the bridge signs is what it takes', async () => {
  const { secret } = vectors.requests[0].secrets;
  const request = requestOf(vectors.requests.find((vector) => vector.accepted?.kind === 'queue'));
  request.headers = new Headers(request.headers.filter(([name]) => !/^x-w7s-(kind|signature)/.test(name)));

  await bridge.sign([imported(secret)], 'queue', request);

  const now = Math.floor(Date.now() / 1000);
  const { kind } = await verified([imported(secret)], FROM_THE_BRIDGE, request, now);
  assert.equal(kind, 'queue');
});

test('an isolate remembers 100,000 ids as long as their signatures are valid, and refuses more', () => {
  const use = (id, time, now) => bridge.useOnce({ id, time }, now);
  for (let i = 0; i < 100_000; i++) {
    use('id-' + i, 1000, 1000);
  }
  assert.throws(() => use('id-0', 1000, 1300), (error) => error.status === 401);
  assert.throws(() => use('id-more', 1300, 1300), (error) => error.status === 503 && error.mark === 'refused');

  use('id-more', 1301, 1301);
  use('id-0', 1301, 1301);
});
