import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.service.js';
import { freshEmail } from '../support/accounts.js';
import { EveryOperation, FOR_EVERY_OPERATION } from '../support/every-operation.js';
import { NAUGHTY_STRINGS, inBatches } from '../support/naughty-strings.js';
import { fill } from '../support/operations.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- documents of every shape are walked */

describe('naughty strings', () => {
  let app: TestApp;
  let every: EveryOperation;
  beforeAll(async () => {
    app = await startApp(FOR_EVERY_OPERATION);
    every = await EveryOperation.of(app);
  });
  afterAll(() => app.stop());

  /** Collects what must never be said, whatever was sent. */
  class Verdicts {
    readonly bad: string[] = [];
    check(what: string, { status, text }: Answer): void {
      if (status >= 500 || status === 0) this.bad.push(`${what}: ${status} ${text.slice(0, 200)}`);
    }
  }

  it('in every field of every body is never a failure of the server', async () => {
    const hasher = app.nest.get(PasswordHasher);
    const { hash, verify } = hasher;
    const verdicts = new Verdicts();
    let fields = 0;
    for (const operation of every.withBody()) {
      for (const [field, { format }] of every.fieldsOf(operation)) {
        // Hashing thousands of good passwords would show nothing.
        Object.assign(hasher, format === 'password' ? { hash, verify } : { hash: async () => '$', verify: async () => false });
        // Each field gets another third of the strings: there are few kinds of fields, and many of each.
        const share = (fields += 1) % 3;
        const strings = NAUGHTY_STRINGS.filter((_, index) => index % 3 === share);
        await inBatches(strings, async (naughty) => {
          // A body of the one field is refused for what is missing; a whole one is looked at.
          const valid = {
            ...every.example(operation),
            ...(operation.spec.operationId === 'registerUser' ? { email: freshEmail(), username: undefined, mobile: undefined } : {}),
          };
          const answer = await every.send(operation, { ...valid, [field]: naughty });
          verdicts.check(`${operation.path} ${field} ${JSON.stringify(naughty).slice(0, 60)}`, answer);
        });
      }
    }
    Object.assign(hasher, { hash, verify });
    expect(verdicts.bad).toEqual([]);
  });

  it('in every path and query parameter is never a failure of the server', async () => {
    const verdicts = new Verdicts();
    for (const operation of every.operations.filter(({ method }) => method === 'GET')) {
      for (const naughty of NAUGHTY_STRINGS) {
        const written = encodeURIComponent(naughty.toWellFormed());
        const names: string[] = (operation.spec.parameters ?? []).filter((each: any) => each.in === 'query').map(({ name }: any) => name);
        const query = [...names, 'unknown'].map((name) => `${name}=${written}`).join('&');
        verdicts.check(
          `${operation.path} ${written.slice(0, 60)}`,
          await app.get(`${fill(operation.path, written || '%20')}?${query}`, { token: every.token }),
        );
      }
    }
    expect(verdicts.bad).toEqual([]);
  });

  it('in headers is never a failure of the server', async () => {
    const verdicts = new Verdicts();
    for (const naughty of NAUGHTY_STRINGS) {
      const value = Buffer.from(naughty.toWellFormed())
        .toString('latin1')
        .replaceAll(/[^\t\u0020-\u007E\u0080-\u00FF]/g, '');
      for (const header of [
        'authorization',
        'user-agent',
        'origin',
        'x-forwarded-for',
        'x-request-id',
        'accept-language',
        'content-type',
        'if-match',
        'idempotency-key',
        'cookie',
      ]) {
        verdicts.check(
          `${header} ${value.slice(0, 60)}`,
          await app.post('/v1/auth/login', { identifier: 'ada', password: '' }, { headers: { [header]: value } }),
        );
      }
    }
    expect(verdicts.bad).toEqual([]);
  });
});
