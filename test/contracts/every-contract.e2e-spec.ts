import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.service.js';
import { BusyError, OutcomeUnknownError, ThrottledError, UnavailableError } from '../../src/common/errors.js';
import { StaleSecretError } from '../../src/config/secrets.js';
import { CONTRACT_SLUGS, type ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { signedInAs } from '../support/accounts.js';
import { CONTRACT_LOGINS, loginFields } from '../support/contract-logins.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import { type Operation, fill, handlersOf, operationsIn, operationsOf, servedRoutes } from '../support/operations.js';
import type { Answer, TestApp } from '../support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- documents and bodies of every shape are walked */

/** The keys of every failure of a contract, those of tokens aside. */
const FAILURE_KEYS: Record<ContractSlug, string[]> = {
  'test-library': ['message', 'status'],
  'entity-user': ['data', 'message'],
  sadhelx: ['status', 'msg'],
  'user-auth': ['message'],
  'user-spec': ['status', 'message', 'data', 'refrence', 'error'],
};

/** Somebody who has no account. */
const NOBODY = { email: 'ada@example.com', username: 'ada' };

let app: TestApp;
beforeAll(async () => {
  // Nobody looks at the mails of hundreds of sign-ups.
  app = await startContracts({ MAIL_WORKER: 'off' });
});
afterAll(() => app.stop());
afterEach(() => vi.restoreAllMocks());

describe.each(CONTRACT_SLUGS)('the contract %s', (slug) => {
  let api: ContractClient;
  let document: any;
  let operations: Operation[];
  beforeAll(async () => {
    api = new ContractClient(app, slug);
    document = (await app.get(`/docs/contracts/${slug}.json`)).body;
    operations = operationsIn(document);
  });

  // An operation without a token or an account: every contract has one that signs in.
  const { path: loginPath } = CONTRACT_LOGINS[slug];
  const fields = loginFields(slug, NOBODY, 'secret1');
  const login = () => api.send('POST', loginPath, fields);
  const raw = (payload: string | Buffer, type: string) =>
    app.call('POST', `/contracts/${slug}${loginPath}`, { body: payload, headers: { 'content-type': type } });

  const expectFailure = ({ status, body, headers, text }: Answer, least = 400) => {
    expect(status).toBeGreaterThanOrEqual(least);
    expect(status).toBeLessThan(least < 500 ? 500 : 600);
    expect([FAILURE_KEYS[slug], ['msg']]).toContainEqual(Object.keys(body));
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    expect(text).not.toMatch(/latchkey:problem|SELECT|node_modules|\bat \w+ \(/);
  };

  it('wears its envelope when a request cannot be read or leads nowhere', async () => {
    expectFailure(await raw('{"email":', 'application/json'));
    expectFailure(await raw('[]', 'application/json'));
    expectFailure(await raw('null', 'application/json'));
    expectFailure(await raw('"text"', 'application/json'));
    expectFailure(await raw(String.raw`{"constructor":"\u0000","toString":"\u0000"}`, 'application/json'));
    expectFailure(await raw('__proto__=a%00&constructor=a%00', 'application/x-www-form-urlencoded'));
    expectFailure(await raw('<xml/>', 'text/xml'));
    expectFailure(await raw('--x\r\nbroken', 'multipart/form-data; boundary=x'));
    expectFailure(await raw('no boundary', 'multipart/form-data'));
    expectFailure(await raw(JSON.stringify({ password: 'x'.repeat(1_000_000) }), 'application/json'));
    expectFailure(await api.send('POST', loginPath, { password: 'x'.repeat(100_000) }, { format: 'multipart' }));
    expectFailure(await api.get('/nothing/here'));
    expectFailure(await api.get('/%zz'));
    expectFailure(await app.get(`//contracts//${slug}/nothing`));
    expectFailure(await app.get(`/%63ontracts/${slug}/nothing`));
    expectFailure(await api.send('PUT', loginPath, {}), 405);
  });

  it('speaks as its document does, whatever language the caller prefers', async () => {
    const answers = await Promise.all(
      ['de', 'en'].map((language) => api.send('POST', loginPath, fields, { headers: { 'accept-language': language } })),
    );
    expect(answers[0]?.text).toBe(answers[1]?.text);
    for (const { headers } of answers) expect(headers).not.toHaveProperty('content-language');
  });

  it('wears its envelope when the server is at fault, busy or tired of the caller', async () => {
    const hasher = vi.spyOn(app.nest.get(PasswordHasher), 'admit');
    hasher.mockRejectedValueOnce(new Error('SELECT secret FROM users at somewhere (file.ts:1)'));
    expectFailure(await login(), 500);
    hasher.mockRejectedValueOnce(new BusyError());
    const busy = await login();
    expectFailure(busy, 503);
    expect(Number(busy.headers['retry-after'])).toBeGreaterThan(0);
    hasher.mockRejectedValueOnce(new ThrottledError(7));
    const throttled = await login();
    expectFailure(throttled);
    expect(throttled.headers['retry-after']).toBe('7');
    // The database: its disk is full, its connection broke between two statements, or during the last one; and an outdated secret.
    const full = Object.assign(new Error('could not extend file'), { code: '53100' });
    const ofTheDatabase = [full, new QueryRunnerAlreadyReleasedError(), new OutcomeUnknownError(full)];
    for (const failure of [new UnavailableError(), ...ofTheDatabase, new StaleSecretError()]) {
      hasher.mockRejectedValueOnce(failure);
      const answer = await login();
      expectFailure(answer, 503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('documents every operation, as OpenAPI 3.1 with examples', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.servers[0].url).toMatch(new RegExp(`/contracts/${slug}$`));
    const documented = operations.map(({ method, path }) => `${method} /contracts/${slug}${path === '/' ? '' : path}`);
    const handled = handlersOf(app).filter(({ path }) => path.startsWith(`/contracts/${slug}/`));
    expect(handled.length).toBeGreaterThan(5);
    expect(documented.toSorted()).toEqual(handled.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(handled.filter(({ access }) => access === undefined)).toEqual([]);
    const ids = operations.map(({ spec }) => spec.operationId);
    expect(ids.filter((id, index) => !/^[a-z][a-zA-Z]+$/.test(id) || ids.indexOf(id) !== index)).toEqual([]);
    for (const { spec } of operations) {
      expect(spec.summary).not.toBe('');
      const success = Object.entries<any>(spec.responses).filter(([status]) => status.startsWith('2'));
      expect(success.length).toBeGreaterThan(0);
      for (const [, { content }] of success) expect(content['image/jpeg'] ?? content['application/json'].examples).toBeDefined();
    }
    const bodies = operations.flatMap(({ spec }) => (spec.requestBody === undefined ? [] : [Object.keys(spec.requestBody.content)]));
    for (const formats of bodies) expect(formats).toContain('multipart/form-data');
  });

  it('never fails over fields with names that every object has', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
      for (const text of ['x', '%00', '%ED%A0%80']) {
        const answer = await raw(`${name}=${text}`, 'application/x-www-form-urlencoded');
        expectFailure(answer);
        expect(answer.status).toBeLessThan(500);
      }
    }
  });

  it('takes every path with a slash at its end', async () => {
    const { method, path } = { method: 'POST', path: loginPath } as const;
    expect((await api.send(method, path.replace(/\/?$/, '/'), fields)).status).toBe((await login()).status);
  });

  it('lets no token through that is not one of ours', async () => {
    const guarded = operations.filter(({ spec }) => spec.security?.every((each: object) => 'bearer' in each));
    for (const { method, path } of guarded) {
      const payload = Buffer.from(JSON.stringify({ sub: '1', exp: 9_999_999_999 })).toString('base64url');
      for (const header of [{ alg: 'none' }, { alg: 'nOnE', typ: 'at+jwt' }, { alg: 'HS256', typ: 'at+jwt', jwk: {} }]) {
        const token = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.`;
        const answer = await api.send(method, fill(path, '1'), {}, { headers: { authorization: `Bearer ${token}`, access_token: token } });
        expectFailure(answer);
        expect(answer.status).toBeLessThan(500);
      }
    }
    // A token in the address is none.
    for (const { path } of guarded.filter(({ method }) => method === 'GET')) {
      expectFailure(await api.get(`${fill(path, '1')}?access_token=eyJ`));
    }
  });
});

describe('the routes that contracts add outside of their prefixes', () => {
  it('are in the document of the core, and open to anyone', async () => {
    const operations = (await operationsOf(app)).filter(({ spec }) => spec.tags.includes('Contracts'));
    expect(operations.map(({ method, path, access }) => [method, path, access])).toEqual([['GET', '/static/{file}', { kind: 'public' }]]);
    const documented = (await operationsOf(app)).map(({ method, path }) => `${method} ${path}`);
    const served = servedRoutes(app).filter((route) => route.startsWith('GET ') && !/^GET \/(?:contracts|docs|openapi)\b/.test(route));
    expect(served.filter((route) => !documented.includes(route))).toEqual([]);
    const { accessToken: token } = await signedInAs(app, 'user');
    for (const headers of [{}, { authorization: `Bearer ${token}` }, { authorization: 'Bearer stale' }]) {
      expect(await app.get('/static/default.jpg', { headers })).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg' } });
      const { status, body } = await app.get('/static/19399091fd78591e.jpg', { headers });
      expect([status, body.code]).toEqual([404, 'route.not_found']);
    }
  });
});

describe('contracts that are not named in CONTRACTS', () => {
  it('are not there, nor their documents', async () => {
    const only = await startContracts({ CONTRACTS: 'user-spec' });
    try {
      expect((await only.get('/docs/contracts/user-spec.json')).status).toBe(200);
      expect((await only.get('/docs/contracts/sadhelx.json')).status).toBe(404);
      // This one has no pictures.
      expect((await only.get('/static/default.jpg')).body.code).toBe('route.not_found');
      const answer = await only.post('/contracts/sadhelx/login', {});
      expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    } finally {
      await only.stop();
    }
  });
});
