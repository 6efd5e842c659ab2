import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Access } from '../../src/common/access.js';
import { CONTRACT_SLUGS, type ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { freshEmail } from '../support/accounts.js';
import { CALLERS, type CallerKind, Callers, refusalOf } from '../support/callers.js';
import { startContracts } from '../support/contracts.js';
import { type Method, type Operation, exampleBody, fill, handlersOf } from '../support/operations.js';
import type { TestApp } from '../support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- OpenAPI documents are walked */

const msg = (status: number, text: string) => `${status} ${JSON.stringify({ msg: text })}`;
const JWT_WORDS = {
  'access.unauthenticated': msg(401, 'Missing Authorization Header'),
  'token.revoked': msg(401, 'Token has been revoked'),
  'token.invalid': msg(422, 'Signature verification failed'),
};
const SADHELX = '401 {"status":false,"msg":"Authentication failed. Invalid token"}';
const USER_SPEC = '400 {"status":400,"message":"please provided a valid access_token!","data":null,"refrence":null,"error":true}';

/** How each contract says what the guard says. */
const WORDS: Record<ContractSlug, Record<string, string>> = {
  'test-library': {
    ...JWT_WORDS,
    'access.unauthenticated': msg(401, 'Missing access_token Header'),
    'access.forbidden': '401 {"message":"ACCESS UNAUTHORIZED","status":401}',
  },
  'entity-user': JWT_WORDS,
  'user-auth': { ...JWT_WORDS, 'access.forbidden': '401 {"message":"Unauthorized access!"}' },
  sadhelx: { 'access.unauthenticated': SADHELX, 'token.revoked': SADHELX, 'token.invalid': SADHELX },
  'user-spec': { 'access.unauthenticated': USER_SPEC, 'token.revoked': USER_SPEC, 'token.invalid': USER_SPEC },
};

let serial = 0;

/** Fields that would change credentials, if the caller could. */
async function hostileBody(app: TestApp, document: any, operation: Operation, id: string | undefined) {
  const body = exampleBody(document, operation);
  if (body === undefined) return undefined;
  serial += 1;
  const [account] = await app.rows<{ username: string | null; email: string }>('SELECT username, email FROM users WHERE id = $1', [
    id ?? null,
  ]);
  const wanted: Record<string, unknown> = {
    username: `matrix.${serial}`,
    new_username: `matrix.new${serial}`,
    current_username: account?.username ?? 'nobody',
    email: freshEmail('matrix'),
    mobile: `+1202555${1_000 + serial}`,
    identity: account?.email ?? 'nobody@example.com',
    your_email: account?.email ?? 'nobody@example.com',
  };
  const known = Object.entries(wanted).filter(([name]) => name in body);
  return { ...body, ...Object.fromEntries(known) };
}

describe.each(['true', 'false'])('every operation of every contract, with CONTRACTS_OPEN=%s', (open) => {
  let app: TestApp;
  let callers: Callers;
  let operations: (Operation & { slug: ContractSlug; document: any; access: Exclude<Access, { kind: 'open' }> | undefined })[];
  beforeAll(async () => {
    app = await startContracts({ CONTRACTS_OPEN: open, MAIL_WORKER: 'off' });
    callers = new Callers(app, () => ({ username: `caller.${(serial += 1)}` }));
    const accesses = new Map(handlersOf(app).map(({ method, path, access }) => [`${method} ${path}`, access]));
    operations = [];
    for (const slug of CONTRACT_SLUGS) {
      const { body: document } = await app.get(`/docs/contracts/${slug}.json`);
      for (const [below, item] of Object.entries<any>(document.paths)) {
        for (const [verb, spec] of Object.entries<any>(item)) {
          const method = verb.toUpperCase() as Method;
          const path = `/contracts/${slug}${below === '/' ? '' : below}`;
          const access = accesses.get(`${method} ${path}`);
          const fixed = access?.kind === 'open' ? access[open === 'true' ? 'open' : 'closed'] : access;
          operations.push({ slug, document, method, path, spec, access: fixed });
        }
      }
    }
  });
  afterAll(() => app.stop());

  const credentials = (ids: readonly (string | undefined)[]) =>
    app.rows(
      `SELECT id, username, email, email_verified_at, recovery_email, mobile, mobile_verified_at, password_hash, password_locked_at, roles
       FROM users WHERE id = ANY ($1::uuid[]) ORDER BY id`,
      [ids.filter((id) => id !== undefined)],
    );

  it.each(CALLERS)('lets in whom it says, and changes no credential for a token of the core alone: %s', async (kind: CallerKind) => {
    const wrong: string[] = [];
    const victim = await callers.victim();
    for (const operation of operations) {
      const { slug, document, method, path, access, spec } = operation;
      const { id, token } = await callers.get(kind);
      const before = await credentials([id, victim]);
      const { status, body, text } = await app.call(method, fill(path, id ?? victim), {
        ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}`, access_token: token } }),
        body: await hostileBody(app, document, operation, id),
      });
      const name = `${method} ${path}`;
      const said = `${status} ${JSON.stringify(body)}`;
      const expected = refusalOf(access, kind);
      if (expected !== undefined && said !== WORDS[slug][expected]) wrong.push(`${name}: ${said}, not ${expected}`);
      // Public operations read other tokens in the same place, and handlers refuse strangers in the same words.
      const isGuarded = access?.kind === 'signed-in' || access?.kind === 'roles';
      const ofTokens = ['access.unauthenticated', 'token.revoked', 'token.invalid'].map((code) => WORDS[slug][code]);
      if (isGuarded && expected === undefined && ofTokens.includes(said)) wrong.push(`${name}: ${said}, not let in`);
      if (status >= 500) wrong.push(`${name}: ${status} ${text}`);
      if (spec.responses[status] === undefined) wrong.push(`${name}: ${status} is not documented`);
      const after = await credentials([id, victim]);
      if (JSON.stringify(after) !== JSON.stringify(before)) wrong.push(`${name}: changed a credential: ${JSON.stringify([before, after])}`);
    }
    expect(wrong).toEqual([]);
  });
});
