import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.service.js';
import { CONTRACT_SLUGS } from '../../src/contracts/shared/contract-slugs.js';
import { signedInAs } from '../support/accounts.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import { NAUGHTY_STRINGS, inBatches } from '../support/naughty-strings.js';
import { type Operation, exampleBody, fill, operationsIn } from '../support/operations.js';
import type { TestApp } from '../support/start-app.js';
import { UserAuthFlow } from '../support/user-auth.js';

/* eslint-disable typescript/no-explicit-any -- documents of every shape are walked */

describe.each(['true', 'false'])('with CONTRACTS_OPEN=%s', (open) => {
  let app: TestApp;
  beforeAll(async () => {
    // Nobody looks at the mails of hundreds of sign-ups; but without open operations, accounts wait for their text messages.
    app = await startContracts({ MAIL_WORKER: open === 'true' ? 'off' : 'on', CONTRACTS_OPEN: open });
  });
  afterAll(() => app.stop());
  afterEach(() => vi.restoreAllMocks());

  /** Hashing thousands of good passwords would show nothing. */
  const hashNothing = (): void => {
    const hasher = app.nest.get(PasswordHasher);
    vi.spyOn(hasher, 'hash').mockResolvedValue('$');
    vi.spyOn(hasher, 'verify').mockResolvedValue(false);
  };

  describe.each(CONTRACT_SLUGS)('the contract %s', (slug) => {
    let api: ContractClient;
    let document: any;
    let operations: Operation[];
    beforeAll(async () => {
      api = new ContractClient(app, slug);
      document = (await app.get(`/docs/contracts/${slug}.json`)).body;
      operations = operationsIn(document);
    });

    it('never fails over naughty strings, numbers and objects in a field', async () => {
      // Somebody who may do everything: a stranger's fields would not even be looked at.
      const { id, accessToken } = await signedInAs(app, 'admin');
      const headers = { authorization: `Bearer ${accessToken}`, access_token: accessToken };
      hashNothing();
      const odd = [2_147_483_648, -1, 1e300, 0.5, true, null, [], ['a'], {}, { a: { b: [] } }, 'x'.repeat(3_000)];
      const bad: string[] = [];
      let fields = 0;
      for (const operation of operations.filter(({ spec }) => spec.requestBody !== undefined)) {
        const example = exampleBody(document, operation) ?? {};
        for (const field of Object.keys(example)) {
          // Each field gets another quarter of the strings: the contracts have few kinds of fields, and many of each.
          const share = (fields += 1) % 4;
          const strings = NAUGHTY_STRINGS.filter((_, index) => index % 4 === share);
          await inBatches([...strings, ...odd], async (value) => {
            const path = fill(operation.path, operation.path.includes('{uuid}') ? id : '1');
            const { status, text, body } = await api.send(operation.method, path, { ...example, [field]: value }, { headers });
            if (status >= 500 || body === undefined)
              bad.push(`${operation.path} ${field} ${JSON.stringify(value).slice(0, 40)}: ${status} ${text}`);
          });
        }
      }
      expect(bad).toEqual([]);
    });

    it('never fails over naughty strings in an address', async () => {
      const bad: string[] = [];
      for (const operation of operations.filter(({ path }) => path.includes('{'))) {
        for (const naughty of [...NAUGHTY_STRINGS, '..%2f', '2147483648', '99999999999999999999', '-1', '0']) {
          const { status, text } = await api.send(
            operation.method,
            fill(operation.path, encodeURIComponent(naughty.toWellFormed()) || '%20'),
            {},
          );
          if (status >= 500) bad.push(`${operation.path} ${JSON.stringify(naughty).slice(0, 40)}: ${status} ${text}`);
        }
      }
      expect(bad).toEqual([]);
    });
  });

  it('the contract user-auth never fails over naughty strings and objects, sent by somebody who is signed in', async () => {
    const [api, flow] = [new ContractClient(app, 'user-auth'), new UserAuthFlow(app)];
    const { uuid, token } = await flow.signedIn();
    hashNothing();
    const odd = [2_147_483_648, -1, 1e300, true, null, [], ['a'], {}, { a: { b: [] } }, 'x'.repeat(3_000)];
    const bad: string[] = [];
    const attempt = async (method: 'PATCH' | 'POST', path: string, fields: Record<string, unknown>) => {
      const { status, text, body } = await api.send(method, path, fields, { token });
      if (status >= 500 || body === undefined) bad.push(`${path} ${JSON.stringify(fields)}: ${status} ${text}`);
    };
    // One after the other: they are edits of one account.
    for (const value of [...NAUGHTY_STRINGS, ...odd]) {
      for (const field of ['username', 'email', 'mobile', 'gender']) await attempt('PATCH', `/user/${uuid}`, { [field]: value });
      await attempt('POST', `/user/change-password/${uuid}`, { old_password: value, new_password: value });
      await attempt('POST', '/user/activate-account', { mobile: value, code: value });
    }
    expect(bad).toEqual([]);
    expect(await app.rows('SELECT roles, activated_at IS NOT NULL AS activated FROM users WHERE id = $1', [uuid])).toEqual([
      { roles: ['user'], activated: true },
    ]);
  });
});
