/**
 * Runs the bridge with stores: a KV namespace CACHE, an R2 bucket FILES and a D1 database DB, which miniflare's
 * simulators serve in memory. Prints its URL on the first line, and ends when its input does.
 *
 * The simulator of R2 has the machine's clock. `POST /age?ms=...` makes all objects older, as lists of the bucket show
 * them.
 *
 *   node stores.mjs '{"W7S_OWNER":"acme",...}'
 */

import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';

const entry = `
  import bridge from './w7s-bridge.js';

  let age = 0;
  const bornAt = new Map();

  const ageing = (bucket) => ({
    get: (...all) => bucket.get(...all),
    head: (...all) => bucket.head(...all),
    delete: (...all) => bucket.delete(...all),
    async put(key, ...rest) {
      const object = await bucket.put(key, ...rest);
      bornAt.set(key, age);
      return object;
    },
    async list(options) {
      const { objects, truncated, cursor } = await bucket.list(options);
      const older = ({ key, size, uploaded }) => ({
        key,
        size,
        uploaded: new Date(uploaded.getTime() - (age - (bornAt.get(key) ?? 0))),
      });
      return { objects: objects.map(older), truncated, cursor };
    },
  });

  export default {
    async fetch(request, env) {
      const url = new URL(request.url);
      if (url.pathname === '/age') {
        age += Number(url.searchParams.get('ms'));
        return new Response();
      }
      return bridge.fetch(request, { ...env, FILES: ageing(env.FILES) });
    },
  };`;

const miniflare = new Miniflare({
  host: '127.0.0.1',
  port: 0,
  compatibilityDate: '2026-04-01',
  modules: [
    { type: 'ESModule', path: 'entry.js', contents: entry },
    {
      type: 'ESModule',
      path: 'w7s-bridge.js',
      contents: readFileSync(new URL('../../bridge/src/w7s-bridge.js', import.meta.url), 'utf8'),
    },
  ],
  bindings: JSON.parse(process.argv[2]),
  serviceBindings: { SERVICE: () => new Response('a service') },
  kvNamespaces: ['CACHE'],
  r2Buckets: ['FILES'],
  d1Databases: ['DB'],
  handleRuntimeStdio(out, err) {
    out.pipe(process.stderr);
    err.pipe(process.stderr);
  },
});

console.log(String(await miniflare.ready));
process.stdin.resume().on('end', async () => {
  await miniflare.dispose();
  process.exit();
});
