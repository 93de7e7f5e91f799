/**
 * The W7S bridge: the backend on W7S in front of a service that runs elsewhere.
 *
 * What the platform delivers is signed and sent to the service, whose response goes back unchanged. What the service
 * calls comes in signed and goes to the platform, or to a store, through this app's bindings. docs/bridge.md has the
 * variables, and docs/decisions/0020 says what is signed.
 */

const VERSION = '0.1.0';

const BRIDGE = '/_w7s/bridge';
const MARK = 'x-w7s-bridge';

const SECOND = 1000;
const MAX_DELAY = 2 ** 31 - 1; // a longer one is none to setTimeout
const TOLERANCE_SECONDS = 300;
const MAX_IDS = 100_000;
const MAX_TARGET = 8192;

/** The headers that are signed, in the order in which they are. */
const SIGNED_HEADERS = [
  'content-type',
  'x-w7s-rpc',
  'x-w7s-rpc-caller-owner',
  'x-w7s-rpc-caller-repo',
  'x-w7s-rpc-caller-repository',
  'x-w7s-rpc-caller-environment',
  'x-w7s-queue',
  'x-w7s-queue-name',
  'x-w7s-workflow',
  'x-w7s-workflow-name',
  'x-w7s-workflow-instance',
  'x-w7s-schedule',
  'x-w7s-schedule-cron',
  'x-w7s-schedule-time',
  'x-w7s-org-slug',
  'x-w7s-repo-slug',
  'x-w7s-original-path',
  'x-w7s-queue-delay-seconds',
  'x-w7s-workflow-instance-id',
  'x-w7s-queue-caller-repository',
  'x-w7s-queue-environment',
];

const ID = 'x-w7s-signature-id';
const TIME = 'x-w7s-signature-time';
const SIGNATURE = 'x-w7s-signature';
const KIND = 'x-w7s-kind';

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The bindings that calls go through, each with its token. */
const CALLS = {
  rpc: { binding: 'W7S_RPC', token: 'W7S_RPC_TOKEN' },
  queues: { binding: 'W7S_QUEUE', token: 'W7S_QUEUE_TOKEN' },
  workflows: { binding: 'W7S_WORKFLOW', token: 'W7S_WORKFLOW_TOKEN' },
  events: { binding: 'W7S_EVENTS', token: 'W7S_EVENTS_TOKEN' },
};

/** The kinds of stores that an app can be bound to: what each must be able to do, and what handles a request for it. */
const STORES = {
  kv: { title: 'KV namespace', methods: ['get', 'put', 'delete', 'list', 'getWithMetadata'], handle: handleKv },
  r2: { title: 'R2 bucket', methods: ['get', 'put', 'delete', 'list', 'head'], handle: handleR2 },
  d1: { title: 'D1 database', methods: ['prepare', 'batch'], handle: handleD1 },
};

const MAX_KV_KEY_BYTES = 512;
const MIN_KV_TTL_SECONDS = 60;
const MAX_R2_KEY_BYTES = 1024;
const MAX_LISTED = 1000;
const MAX_DELETED = 100;
const MAX_STATEMENTS = 20;
const MAX_STATEMENTS_BYTES = 2_200_000; // a value of 1 MiB, escaped; more cannot be read and written in 50 ms
const MAX_SQL_BYTES = 100_000;
const MAX_PARAMETERS = 100;
const MAX_ROWS = 1000;

const PREVIOUS = 'W7S_BRIDGE_PREVIOUS_SECRET';
const PREVIOUS_UNTIL = 'W7S_BRIDGE_PREVIOUS_SECRET_UNTIL';

/** It protects nothing. */
const LOCAL_SECRET = 'whsec_ekLMIOHYK6bIboFyEaMqNJW1ll7N9J6yCklRZKums/8=';

const utf8 = new TextEncoder();

// ---------------------------------------------------------------------------------------------- errors and logs

/** What the bridge responds itself. */
class BridgeError extends Error {
  /**
   * @param status the HTTP status
   * @param message what is said to whoever sent the request
   * @param mark whether a call was certainly not passed on ("refused") or may have been ("failed")
   */
  constructor(status, message, mark = 'refused') {
    super(message);
    this.status = status;
    this.mark = mark;
  }
}

/** Returns a text of others on one line, in printable ASCII, and not too long. */
function shown(text) {
  const line = String(text).replace(/[^\x20-\x7e]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
  return line.length > 200 ? line.slice(0, 200) + '...' : line;
}

function log(message) {
  console.error('w7s-bridge: ' + message);
}

const loggedOnce = new Set();

/** What is wrong with the configuration is wrong with each request, so it is logged once in an isolate. */
function logOnce(message) {
  if (!loggedOnce.has(message) && loggedOnce.size < 100) {
    loggedOnce.add(message);
    log(message);
  }
}

function json(status, body, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

// ---------------------------------------------------------------------------------------------- configuration

function misconfigured(name, problem) {
  const message = `${name} ${problem}`;
  logOnce(`${message}; requests get a 503`);
  return new BridgeError(503, `the bridge is not configured: ${message}`);
}

function required(env, name) {
  const value = env[name];
  if (typeof value !== 'string' || value === '') {
    throw misconfigured(name, 'is not set');
  }
  return value;
}

function positive(env, name, fallback) {
  const value = env[name];
  if (value === undefined || value === '') {
    return fallback;
  }
  if (!/^[1-9][0-9]{0,8}$/.test(value)) {
    throw misconfigured(name, 'is not a positive whole number');
  }
  return Number(value);
}

const maxBody = (env) => positive(env, 'W7S_BRIDGE_MAX_BODY', 10 * 1024 * 1024);
const timeout = (env) => Math.min(positive(env, 'W7S_BRIDGE_TIMEOUT_SECONDS', 290) * SECOND, MAX_DELAY);

/** Returns where the service is, as a URL without a slash at its end. */
function origin(env) {
  const text = required(env, 'W7S_BRIDGE_ORIGIN');
  let url;
  try {
    url = new URL(text);
  } catch {
    throw misconfigured('W7S_BRIDGE_ORIGIN', 'is not a URL');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw misconfigured('W7S_BRIDGE_ORIGIN', 'has user info, a query or a fragment');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPrivate(url.hostname))) {
    throw misconfigured('W7S_BRIDGE_ORIGIN', 'is not https');
  }
  return { host: url.host, base: url.origin + url.pathname.replace(/\/$/, ''), prefix: url.pathname.replace(/\/$/, '') };
}

function isPrivate(host) {
  return (
    host === 'localhost' ||
    host === '[::1]' ||
    /^(127|10)(\.\d{1,3}){3}$/.test(host) ||
    /^192\.168(\.\d{1,3}){2}$/.test(host) ||
    /^172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}$/.test(host)
  );
}

/** Returns the two headers of a service token of an access proxy in front of the service, if there is one. */
function accessHeaders(env) {
  const id = env.W7S_BRIDGE_ACCESS_CLIENT_ID;
  const secret = env.W7S_BRIDGE_ACCESS_CLIENT_SECRET;
  if (!id && !secret) {
    return {};
  }
  return {
    'cf-access-client-id': required(env, 'W7S_BRIDGE_ACCESS_CLIENT_ID'),
    'cf-access-client-secret': required(env, 'W7S_BRIDGE_ACCESS_CLIENT_SECRET'),
  };
}

/** Importing a key costs more than signing with it, so it is done once in an isolate. */
const keys = new Map();

function key(env, name) {
  const secret = required(env, name);
  let imported = keys.get(secret);
  if (imported === undefined) {
    imported = importedKey(secret, name);
    keys.set(secret, imported);
  }
  return imported;
}

function importedKey(secret, name) {
  if (secret === LOCAL_SECRET) {
    throw misconfigured(name, 'is the published secret of local development');
  }
  const bytes = secretBytes(secret);
  if (bytes === null) {
    throw misconfigured(name, 'is not whsec_ and base64 of 32 to 64 bytes');
  }
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

/** Returns the bytes of a secret; null where a text is none. */
function secretBytes(secret) {
  const base64 = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(secret)?.[1];
  if (base64 === undefined) {
    return null;
  }
  const bytes = bytesOf(base64);
  return bytes.length >= 32 && bytes.length <= 64 && base64Of(bytes) === base64 ? bytes : null;
}

/** Returns the keys that sign and are taken: the one of the secret, and the previous one while it is valid. */
function keysOf(env) {
  const current = [key(env, 'W7S_BRIDGE_SECRET')];
  if (!env[PREVIOUS] && !env[PREVIOUS_UNTIL]) {
    return current;
  }
  const previous = key(env, PREVIOUS);
  const until = required(env, PREVIOUS_UNTIL);
  const end = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(until) ? Date.parse(until) : NaN;
  if (Number.isNaN(end)) {
    throw misconfigured(PREVIOUS_UNTIL, 'is not an instant such as 2026-12-01T00:00:00Z');
  }
  return Date.now() < end ? [...current, previous] : current;
}

// ---------------------------------------------------------------------------------------------- signatures

const nowInSeconds = () => Math.floor(Date.now() / SECOND);

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function base64Of(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** The checks of a signed request, by the names that decision 20 gives them: the status of a refusal, and its text. */
const CHECKS = {
  target: [400, 'the request target is ambiguous or too long'],
  method: [400, 'the method is not 1 to 16 letters'],
  'signature-missing': [401, 'the request is not signed'],
  'header-twice': [400, 'a header of the signature, or one that is signed, comes twice'],
  'id-format': [401, 'the id of the signature is malformed'],
  'time-format': [401, 'the time of the signature is malformed'],
  'signature-format': [401, 'the signature is malformed'],
  'kind-unknown': [401, 'the kind is unknown'],
  'header-value': [400, 'a signed header is empty or not printable ASCII'],
  'kind-headers': [400, 'the x-w7s-* headers are not those of the kind'],
  'kind-direction': [401, 'the kind is not one that the bridge takes'],
  'too-old': [401, 'the time of the signature is too old'],
  'too-new': [401, 'the time of the signature is too new'],
  'signature-wrong': [401, 'the signature is wrong'],
  'id-used': [401, 'the signature was used before'],
};

/** What a kind must have, and with what its further headers begin; none where it has no x-w7s-* header. */
const KINDS = {
  rpc: { required: ['x-w7s-rpc', '1'], prefix: 'x-w7s-rpc' },
  queue: { required: ['x-w7s-queue', null], prefix: 'x-w7s-queue' },
  workflow: { required: ['x-w7s-workflow', '1'], prefix: 'x-w7s-workflow' },
  schedule: { required: ['x-w7s-schedule', '1'], prefix: 'x-w7s-schedule' },
  public: {},
  call: {},
};

const OF_ALL_PLATFORM_KINDS = ['x-w7s-org-slug', 'x-w7s-repo-slug', 'x-w7s-original-path'];

/** What a call says beside its target. */
const OF_CALLS = ['x-w7s-queue-delay-seconds', 'x-w7s-workflow-instance-id'];

/** Returns whether a signed header belongs to a kind; the platform passes on those that an RPC's caller made up. */
function belongsTo(kind, name) {
  if (OF_CALLS.includes(name)) {
    return kind === 'call';
  }
  const { prefix } = KINDS[kind];
  return (
    name === 'content-type' ||
    (prefix !== undefined && (name.startsWith(prefix) || OF_ALL_PLATFORM_KINDS.includes(name)))
  );
}

function refusal(check, mark) {
  const [status, text] = CHECKS[check];
  return new BridgeError(status, `${text} (${check})`, mark);
}

/** Refuses a request target about which those on the way, or the service, may differ. */
function checkTarget(target) {
  const path = target.split('?', 1)[0];
  if (
    target.length > MAX_TARGET ||
    !/^\/[\x21-\x7e]*$/.test(target) ||
    /[\\#]/.test(target) ||
    /\/\/|%2f|%5c/i.test(path) ||
    path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))
  ) {
    throw refusal('target');
  }
}

/** Returns those signed headers of a request that it has, trimmed, in their order. */
function signedHeaders(headers) {
  const values = new Map();
  for (const [anyCase, value] of headers) {
    const name = anyCase.toLowerCase();
    if (SIGNED_HEADERS.includes(name)) {
      if (values.has(name)) {
        throw refusal('header-twice');
      }
      values.set(name, value.replace(/^[ \t]+|[ \t]+$/g, ''));
    }
  }
  const ordered = SIGNED_HEADERS.filter((name) => values.has(name)).map((name) => [name, values.get(name)]);
  if (!ordered.every(([, value]) => /^[\x20-\x7e]+$/.test(value))) {
    throw refusal('header-value');
  }
  return ordered;
}

/** Returns the text that is signed. */
async function signedText(id, time, kind, { method, target, body }, ordered) {
  const head = ['w7s-request-1', kind, method.toUpperCase(), target, ...ordered.map((header) => header.join(':'))];
  const digest = hex(await crypto.subtle.digest('SHA-256', body));
  return `${id}.${time}.${head.join('\n')}\n${digest}\n`;
}

/**
 * Signs a request with each of the keys, and adds the signature to its headers.
 *
 * @param request its method, target, headers (of the class Headers) and body
 */
async function sign(signingKeys, kind, request) {
  checkTarget(request.target);
  const id = crypto.randomUUID();
  const time = String(nowInSeconds());
  const text = utf8.encode(await signedText(id, time, kind, request, signedHeaders(request.headers)));
  const signatures = [];
  for (const each of signingKeys) {
    signatures.push('v1,' + base64Of(await crypto.subtle.sign('HMAC', await each, text)));
  }
  request.headers.set(ID, id);
  request.headers.set(TIME, time);
  request.headers.set(SIGNATURE, signatures.join(' '));
  request.headers.set(KIND, kind);
}

/** Returns the values of the four headers of a signature. */
function signatureHeaders(headers) {
  const names = [ID, TIME, SIGNATURE, KIND];
  const values = new Map();
  for (const [anyCase, value] of headers) {
    const name = anyCase.toLowerCase();
    if (names.includes(name)) {
      if (values.has(name)) {
        throw refusal('header-twice');
      }
      values.set(name, value);
    }
  }
  if (values.size < names.length) {
    throw refusal('signature-missing');
  }
  return names.map((name) => values.get(name));
}

/**
 * Returns what a request says of its signature; refuses what can be refused without its body.
 *
 * @param kinds the kinds that the receiver takes
 * @param request its method, target and headers (pairs of name and value)
 * @param now the receiver's time in seconds
 */
function claimOf(kinds, request, now) {
  checkTarget(request.target);
  if (!/^[A-Za-z]{1,16}$/.test(request.method)) {
    throw refusal('method');
  }
  const headers = [...request.headers];
  const [id, time, signature, kind] = signatureHeaders(headers);
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(id)) {
    throw refusal('id-format');
  }
  if (!/^[0-9]{1,12}$/.test(time)) {
    throw refusal('time-format');
  }
  const candidates = candidatesOf(signature);
  if (!Object.hasOwn(KINDS, kind)) {
    throw refusal('kind-unknown');
  }
  const ordered = signedHeaders(headers);
  checkKind(kind, ordered);
  if (!kinds.includes(kind)) {
    throw refusal('kind-direction');
  }
  checkAge(Number(time), now);
  if (Number(time) - now > TOLERANCE_SECONDS) {
    throw refusal('too-new');
  }
  return { id, time, kind, ordered, candidates };
}

/** Refuses a signature whose time is too long ago. */
function checkAge(time, now) {
  if (now - time > TOLERANCE_SECONDS) {
    throw refusal('too-old');
  }
}

/**
 * Checks the signature of a request, but not whether it was used before, and returns its id, time and kind.
 *
 * @param verifyingKeys the keys, of which one must have made it
 * @param claim what the request says of it
 * @param request its method, target and body
 */
async function verify(verifyingKeys, { id, time, kind, ordered, candidates }, request) {
  const text = utf8.encode(await signedText(id, time, kind, request, ordered));
  for (const candidate of candidates) {
    for (const each of verifyingKeys) {
      if (await crypto.subtle.verify('HMAC', await each, candidate, text)) {
        return { id, time: Number(time), kind };
      }
    }
  }
  throw refusal('signature-wrong');
}

function candidatesOf(signature) {
  const parts = signature.split(' ');
  if (parts.length > 2 || !parts.every((part) => /^v1,[A-Za-z0-9+/]{43}=$/.test(part))) {
    throw refusal('signature-format');
  }
  return parts.map((part) => {
    const base64 = part.slice('v1,'.length);
    const bytes = bytesOf(base64);
    if (base64Of(bytes) !== base64) {
      throw refusal('signature-format');
    }
    return bytes;
  });
}

function checkKind(kind, ordered) {
  const { required: [name, value] = [] } = KINDS[kind];
  const has = name === undefined || ordered.some((header) => header[0] === name && (value ?? header[1]) === header[1]);
  if (!has || !ordered.every((header) => belongsTo(kind, header[0]))) {
    throw refusal('kind-headers');
  }
}

/**
 * The ids that this isolate has seen, oldest first, each with the time until which its signature is valid. Several
 * isolates do not share it.
 */
const usedIds = new Map();

function useOnce({ id, time }, now) {
  for (const [old, until] of usedIds) {
    if (until >= now) {
      break;
    }
    usedIds.delete(old);
  }
  if (usedIds.has(id)) {
    throw refusal('id-used', 'failed'); // its first use may have been passed on
  }
  if (usedIds.size >= MAX_IDS) {
    throw new BridgeError(503, 'the bridge has no room for the ids of more signatures');
  }
  usedIds.set(id, time + TOLERANCE_SECONDS);
}

// ---------------------------------------------------------------------------------------------- requests

/** Returns the request target: the path and the query as they came, not decoded. An empty query is none. */
function targetOf(request) {
  const url = request.url;
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const target = start < 0 ? '/' : url.slice(start);
  return target.indexOf('?') === target.length - 1 ? target.slice(0, -1) : target;
}

const tooLarge = (limit) => new BridgeError(413, `the body has more than ${limit} bytes`);

/** Refuses a body that says itself that it is too large. */
function checkLength(request, limit) {
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > limit) {
    throw tooLarge(limit);
  }
}

/** Reads a body of limited size, which is signed as a whole before the first byte of it is passed on. */
async function bodyOf(request, limit) {
  const length = request.headers.get('content-length');
  checkLength(request, limit);
  if (request.body === null) {
    return new Uint8Array(0);
  }
  if (length !== null) {
    return new Uint8Array(await request.arrayBuffer());
  }
  const chunks = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) {
      throw tooLarge(limit);
    }
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

/** Returns the body as fetch takes it, which refuses one with GET and HEAD. */
function bodyToSend(method, body) {
  if (method !== 'GET' && method !== 'HEAD') {
    return body;
  }
  if (body.length > 0) {
    throw new BridgeError(400, `a ${method} with a body cannot be passed on`);
  }
  return undefined;
}

/** Returns the headers of a request that are not about its connection, which those that are signed never are. */
function endToEnd(request) {
  const headers = new Headers(request.headers);
  for (const listed of (headers.get('connection') ?? '').split(',')) {
    const name = listed.trim().toLowerCase();
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !SIGNED_HEADERS.includes(name)) {
      headers.delete(name);
    }
  }
  [...HOP_BY_HOP, 'content-length', 'host'].forEach((name) => headers.delete(name));
  return headers;
}

/** Removes the x-w7s-* headers but those that belong to the kind, and what is signed but empty. */
function keepOnly(headers, kind) {
  for (const [name, value] of [...headers]) {
    const signed = SIGNED_HEADERS.includes(name);
    if ((name.startsWith('x-w7s-') && !(signed && belongsTo(kind, name))) || (signed && value.trim() === '')) {
      headers.delete(name);
    }
  }
}

// ---------------------------------------------------------------------------------------------- to the service

/** Returns the kind of a request that the platform itself has made; null where it makes no such request. */
function kindOfPlatform(headers) {
  if (headers.get('x-w7s-rpc') !== null) {
    return headers.get('x-w7s-rpc') === '1' ? 'rpc' : null; // whatever else it has, its caller can have written
  }
  const kinds = ['queue', 'workflow', 'schedule'].filter((kind) => headers.get('x-w7s-' + kind) !== null);
  if (kinds.length !== 1) {
    return null;
  }
  const value = headers.get('x-w7s-' + kinds[0]);
  return (kinds[0] === 'queue' ? value !== '' : value === '1') ? kinds[0] : null;
}

/** Signs a request, sends it to the service, and returns the service's response as it is. */
async function forward(request, env, kind) {
  const service = origin(env);
  const signingKeys = keysOf(env);
  const access = accessHeaders(env);
  const limit = timeout(env);
  const target = targetOf(request);
  checkTarget(target); // before the body is read
  const url = new URL(service.base + target);
  if (url.pathname + url.search !== service.prefix + target) {
    throw new BridgeError(400, 'the request target would be changed on the way');
  }
  const body = await bodyOf(request, maxBody(env));
  const headers = endToEnd(request);
  keepOnly(headers, kind);
  for (const [name, value] of Object.entries(access)) {
    headers.set(name, value);
  }
  const sent = bodyToSend(request.method, body);
  await sign(signingKeys, kind, { method: request.method, target, headers, body });
  let response;
  try {
    response = await fetch(url, {
      method: request.method,
      headers,
      body: sent,
      redirect: 'manual',
      signal: AbortSignal.timeout(limit),
    });
  } catch (failure) {
    const late = failure.name === 'TimeoutError' || failure.name === 'AbortError';
    const what = late ? `did not respond within ${limit / SECOND} s` : 'could not be reached, or broke off';
    log(`the service at ${service.host} ${what}: ${kind} ${shown(target)}: ${shown(failure.message)}`);
    throw new BridgeError(late ? 504 : 502, `the service behind the bridge ${what} (bridge)`);
  }
  if (response.status === 401 && response.headers.has('x-w7s-time')) {
    logSkew(service, kind, target, response.headers.get('x-w7s-time'));
  }
  return response;
}

function logSkew(service, kind, target, serviceTime) {
  const skew = /^[0-9]{1,12}$/.test(serviceTime)
    ? `skew ${Number(serviceTime) - nowInSeconds()} s (its clock minus the bridge's)`
    : 'its time is malformed';
  log(`the service at ${service.host} refused the signature: ${kind} ${shown(target)}: ${skew}`);
}

// ---------------------------------------------------------------------------------------------- to the platform

/** Handles a signed request of the service. Its body is read only when its head could be that of one. */
async function handleCall(request, env, target) {
  const verifyingKeys = keysOf(env);
  const limit = maxBody(env);
  checkLength(request, limit);
  const claim = claimOf(['call'], { method: request.method, target, headers: request.headers }, nowInSeconds());
  const body = await bodyOf(request, limit);
  const signature = await verify(verifyingKeys, claim, { method: request.method, target, body });
  const now = nowInSeconds(); // the body may have taken its time
  checkAge(signature.time, now);
  useOnce(signature, now);
  const path = target.slice(BRIDGE.length);
  if (path === '/health') {
    return health(request, env, signature, now);
  }
  const store = /^\/(kv|r2|d1)\/([A-Za-z_$][\w$]{0,99})(?:\?(.*))?$/.exec(path);
  if (store !== null) {
    const [, kind, name, query = ''] = store;
    return callStore(STORES[kind], name, { method: request.method, parameters: decoded(query), body }, env);
  }
  const kind = /^\/api\/v1\/(rpc|queues|workflows|events)\//.exec(path);
  if (kind === null) {
    throw noSuchPath();
  }
  return relay(request, env, path, body, CALLS[kind[1]]);
}

/** Returns the parameters of a query; refuses what URLSearchParams would change, so that two keys became one. */
function decoded(query) {
  try {
    decodeURIComponent(query);
  } catch {
    throw malformed('the query is not percent-encoded UTF-8');
  }
  return new URLSearchParams(query);
}

const noSuchPath = () => new BridgeError(404, 'the bridge has no such path');

async function relay(request, env, path, body, { binding, token }) {
  if (typeof env[binding]?.fetch !== 'function') {
    throw misconfigured(binding, 'is not bound');
  }
  const proof = required(env, token);
  const limit = timeout(env);
  const url = new URL('https://w7s.internal' + path);
  if (url.pathname + url.search !== path) {
    throw new BridgeError(400, 'the request target would be changed on the way');
  }
  const headers = endToEnd(request);
  [ID, TIME, SIGNATURE, KIND].forEach((name) => headers.delete(name));
  headers.set('authorization', 'Bearer ' + proof);
  const sent = bodyToSend(request.method, body);
  let response;
  try {
    response = await env[binding].fetch(url, {
      method: request.method,
      headers,
      body: sent,
      redirect: 'manual',
      signal: AbortSignal.timeout(limit),
    });
  } catch (failure) {
    const late = failure.name === 'TimeoutError' || failure.name === 'AbortError';
    const what = late ? `did not respond within ${limit / SECOND} s` : 'could not be reached, or broke off';
    log(`the platform ${what}: ${binding} ${shown(path)}: ${shown(failure.message)}`);
    throw new BridgeError(late ? 504 : 502, `the platform ${what}`, 'failed');
  }
  const relayed = new Response(response.body, response);
  relayed.headers.set(MARK, 'relayed'); // a target behind a bridge of its own has set one, too
  return relayed;
}

// ---------------------------------------------------------------------------------------------- to the stores

/** Returns whether a name is that of a store of a kind. The names that begin with W7S_ are the platform's and ours. */
function isBound(env, name, { methods }) {
  if (!Object.hasOwn(env, name) || name.startsWith('W7S_')) {
    return false;
  }
  const binding = env[name];
  return (
    typeof binding === 'object' &&
    binding !== null &&
    typeof binding.fetch !== 'function' && // a service, whose every property is a function
    methods.every((method) => typeof binding[method] === 'function')
  );
}

async function callStore(store, name, request, env) {
  if (!isBound(env, name, store)) {
    throw misconfigured(shown(name), `is not bound to a ${store.title}`);
  }
  const limit = timeout(env);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new BridgeError(504, `the ${store.title} ${name} did not respond within ${limit / SECOND} s`, 'failed')), limit);
  });
  try {
    const response = await Promise.race([store.handle(env[name], request), late]);
    response.headers.set(MARK, 'relayed');
    response.headers.set('cache-control', 'no-store'); // a cache in front of the app would ask for no signature
    return response;
  } catch (failure) {
    if (failure instanceof BridgeError) {
      throw failure;
    }
    const what = `the ${store.title} ${name} failed: ${shown(failure.message)}`;
    log(what);
    throw new BridgeError(502, what, 'failed');
  } finally {
    clearTimeout(timer);
  }
}

function malformed(problem) {
  return new BridgeError(400, problem);
}

/** Returns the parameters of a request by their names, each at most once; refuses others. */
function parametersOf({ parameters }, allowed) {
  const values = {};
  for (const [name, value] of parameters) {
    if (!allowed.includes(name) || Object.hasOwn(values, name)) {
      throw malformed(`the parameter ${shown(name)} is unknown, or comes twice`);
    }
    values[name] = value;
  }
  return values;
}

function keyOf(key, maxBytes) {
  const length = key === undefined ? 0 : utf8.encode(key).length;
  if (length === 0 || length > maxBytes) {
    throw malformed(`the key has ${length} bytes; it may have 1 to ${maxBytes}`);
  }
  return key;
}

function wholeNumber(name, text, least, most) {
  const number = Number(text);
  if (!/^[0-9]{1,10}$/.test(text) || number < least || number > most) {
    throw malformed(`${name} is not a whole number from ${least} to ${most}`);
  }
  return number;
}

function listOptions({ prefix = '', limit = String(MAX_LISTED), cursor }, maxBytes) {
  if (prefix !== '') {
    keyOf(prefix, maxBytes);
  }
  return { prefix, limit: wholeNumber('limit', limit, 1, MAX_LISTED), cursor };
}

const absent = () => json(404, { ok: false, error: 'there is nothing with this key' });

async function handleKv(namespace, request) {
  const keyed = request.parameters.has('key');
  if (request.method === 'GET' && !keyed) {
    const options = listOptions(parametersOf(request, ['prefix', 'limit', 'cursor']), MAX_KV_KEY_BYTES);
    const { keys, cursor } = await namespace.list(options);
    return json(200, { keys: keys.map((each) => each.name), cursor: cursor || null });
  }
  const { key, ttl } = parametersOf(request, request.method === 'PUT' ? ['key', 'ttl'] : ['key']);
  keyOf(key, MAX_KV_KEY_BYTES);
  if (key === '.' || key === '..') {
    throw malformed('a KV namespace has no key . or ..');
  }
  switch (request.method) {
    case 'GET': {
      const value = await namespace.get(key, 'arrayBuffer');
      return value === null ? absent() : new Response(value, { headers: { 'content-type': 'application/octet-stream' } });
    }
    case 'PUT':
      await namespace.put(
        key,
        request.body,
        ttl === undefined ? {} : { expirationTtl: wholeNumber('ttl', ttl, MIN_KV_TTL_SECONDS, 9_999_999_999) },
      );
      return json(200, { ok: true });
    case 'DELETE':
      await namespace.delete(key);
      return json(200, { ok: true });
    default:
      throw noSuchPath();
  }
}

async function handleR2(bucket, request) {
  const keyed = request.parameters.has('key');
  if (request.method === 'GET' && !keyed) {
    const options = listOptions(parametersOf(request, ['prefix', 'limit', 'cursor']), MAX_R2_KEY_BYTES);
    const { objects, truncated, cursor } = await bucket.list(options);
    return json(200, {
      objects: objects.map((each) => ({ key: each.key, size: each.size, uploaded: each.uploaded.getTime() })),
      cursor: truncated ? cursor : null,
    });
  }
  switch (request.method) {
    case 'GET': {
      const { key, length } = parametersOf(request, ['key', 'length']);
      const range = length === undefined ? {} : { range: { offset: 0, length: wholeNumber('length', length, 1, 9_999_999_999) } };
      const object = await bucket.get(keyOf(key, MAX_R2_KEY_BYTES), range);
      return object === null
        ? absent()
        : new Response(object.body, { headers: { 'content-type': 'application/octet-stream' } });
    }
    case 'PUT': {
      const { key, sha256 } = parametersOf(request, ['key', 'sha256']);
      if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
        throw malformed('sha256 is not 64 hexadecimal digits in lower case');
      }
      await bucket.put(keyOf(key, MAX_R2_KEY_BYTES), request.body, sha256 === undefined ? {} : { sha256 });
      return json(200, { ok: true });
    }
    case 'DELETE': {
      const keys = request.parameters.getAll('key');
      if (keys.length === 0 || keys.length > MAX_DELETED || keys.length !== request.parameters.size) {
        throw malformed(`there are not 1 to ${MAX_DELETED} keys and nothing else`);
      }
      await bucket.delete(keys.map((key) => keyOf(key, MAX_R2_KEY_BYTES)));
      return json(200, { ok: true });
    }
    default:
      throw noSuchPath();
  }
}

/** Runs statements as one transaction. Values are parameters, so that no text of others becomes SQL. */
async function handleD1(database, request) {
  parametersOf(request, []);
  if (request.method !== 'POST') {
    throw noSuchPath();
  }
  const statements = statementsOf(request.body);
  const results = await database.batch(
    statements.map(({ sql, parameters }) => database.prepare(sql).bind(...parameters)),
  );
  if (results.reduce((rows, each) => rows + each.results.length, 0) > MAX_ROWS) {
    throw new BridgeError(502, `the statements returned more than ${MAX_ROWS} rows`, 'failed');
  }
  return json(200, { results: results.map((each) => ({ rows: each.results, changes: each.meta.changes })) });
}

function statementsOf(body) {
  if (body.length > MAX_STATEMENTS_BYTES) {
    throw tooLarge(MAX_STATEMENTS_BYTES);
  }
  let statements;
  try {
    ({ statements } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    throw malformed('the body is not JSON');
  }
  if (!Array.isArray(statements) || statements.length === 0 || statements.length > MAX_STATEMENTS) {
    throw malformed(`there are not 1 to ${MAX_STATEMENTS} statements`);
  }
  for (const each of statements) {
    if (typeof each?.sql !== 'string' || utf8.encode(each.sql).length > MAX_SQL_BYTES || !Array.isArray(each.parameters)) {
      throw malformed(`a statement has no SQL of at most ${MAX_SQL_BYTES} bytes, or no list of parameters`);
    }
    if (each.sql.includes(';')) {
      throw malformed('a statement has a semicolon: each is one statement, and values are parameters');
    }
    if (each.parameters.length > MAX_PARAMETERS || !each.parameters.every(isParameter)) {
      throw malformed(
        `a statement has more than ${MAX_PARAMETERS} parameters, or one that is no text, null, or number that JavaScript has exactly; a larger one can be text, and CAST(? AS INTEGER)`,
      );
    }
  }
  return statements;
}

/** JSON.parse rounds a whole number of more than 53 bits, and takes one beyond all bounds for Infinity. */
const isParameter = (value) =>
  value === null ||
  typeof value === 'string' ||
  (typeof value === 'number' && (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)));

// ---------------------------------------------------------------------------------------------- health

function health(request, env, signature, now) {
  if (request.method !== 'GET') {
    throw noSuchPath();
  }
  const isSet = (name) => typeof env[name] === 'string' && env[name] !== '';
  const calls = Object.values(CALLS);
  let host = null;
  try {
    host = origin(env).host;
  } catch {
    // what is wrong with it is logged
  }
  return json(
    200,
    {
      ok: true,
      version: VERSION,
      clockSkewSeconds: now - signature.time,
      origin: host,
      public: env.W7S_BRIDGE_PUBLIC === 'forward' ? 'forward' : 'refuse',
      bindings: calls.map((each) => each.binding).filter((name) => typeof env[name]?.fetch === 'function'),
      stores: Object.fromEntries(
        Object.entries(STORES).map(([kind, store]) => [kind, Object.keys(env).filter((name) => isBound(env, name, store))]),
      ),
      tokens: calls.map((each) => each.token).filter(isSet),
      secrets: ['W7S_BRIDGE_SECRET', 'W7S_BRIDGE_ACCESS_CLIENT_ID', 'W7S_BRIDGE_ACCESS_CLIENT_SECRET'].filter(isSet),
    },
    { [MARK]: 'relayed', 'cache-control': 'no-store' },
  );
}

// ---------------------------------------------------------------------------------------------- entry

/** Handles what the platform sends: it alone reaches an app under this host. */
async function fromPlatform(request, env) {
  const kind = kindOfPlatform(request.headers);
  if (kind === null) {
    throw new BridgeError(400, 'the request is neither an RPC nor a delivery');
  }
  return forward(request, env, kind);
}

async function fromPublic(request, env) {
  if (env.W7S_BRIDGE_PUBLIC !== 'forward' || /^\/(_|%5f)(w|%57|%77)(7|%37)(s|%53|%73)(\/|$)/i.test(pathOf(request))) {
    throw new BridgeError(404, 'not found');
  }
  return forward(request, env, 'public');
}

/** Returns the host as it came: URL takes many others for the same, such as x@host, host# and ho%73t. */
function hostOf(request) {
  return /^https?:\/\/([^/]*)/i.exec(request.url)?.[1].toLowerCase();
}

function pathOf(request) {
  return targetOf(request).split('?', 1)[0];
}

/** Refuses a host that is none: URL takes a part of it for the path or the user, and an app must not. */
function checkHost(request) {
  const host = request.headers.get('host');
  if (host !== null && !/^([a-z0-9._-]+|\[[0-9a-f:.]+\])?(:[0-9]{1,5})?$/i.test(host)) {
    throw new BridgeError(400, 'the host is none, or there are several');
  }
}

export default {
  async fetch(request, env) {
    let isCall = false;
    try {
      checkHost(request);
      if (hostOf(request) === required(env, 'W7S_OWNER').toLowerCase() + '.w7s.internal') {
        return await fromPlatform(request, env);
      }
      isCall = pathOf(request).startsWith(BRIDGE + '/');
      return isCall ? await handleCall(request, env, targetOf(request)) : await fromPublic(request, env);
    } catch (failure) {
      const known = failure instanceof BridgeError;
      const error = known ? failure : new BridgeError(502, 'the bridge failed', 'failed');
      if (!known || [400, 401, 413].includes(error.status)) {
        log(`${known ? 'refused' : 'failed'}: ${shown(request.method)} ${shown(pathOf(request))}: ${shown(failure.message)}`);
      }
      return json(error.status, { ok: false, error: error.message }, isCall ? { [MARK]: error.mark } : {});
    }
  },
};
