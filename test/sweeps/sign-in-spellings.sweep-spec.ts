import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS, type ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { PASSWORD, register } from '../support/accounts.js';
import { CONTRACT_LOGINS } from '../support/contract-logins.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { type TestApp, startApp } from '../support/start-app.js';

const WRONG = 'four bright birds sang';
/** More than `LIMIT_SIGN_IN`. */
const TRIES = 9;

/** Ways to write one identifier, of which `n` makes another one each time. */
const SPELLINGS: Record<string, { field: 'email' | 'mobile' | 'username'; of: (n: number) => string[] }> = {
  'number formats': {
    field: 'mobile',
    of: (n) => [
      `+1 202 555 0${n}`,
      `(202) 555-0${n}`,
      `+12025550${n}`,
      `202.555.0${n}`,
      `\u202A+12025550${n}\u202C`,
      `\uFF0B1\uFF1202\u200B5550${n}`,
    ],
  },
  'U-label and A-label of a domain': {
    field: 'email',
    of: (n) => [
      `ada${n}@bücher.example`,
      `ada${n}@xn--bcher-kva.example`,
      `ada${n}@BU\u0308CHER.example`,
      `ada${n}@bücher.example`,
      `\u200Bada${n}@bücher.example\uFEFF`,
    ],
  },
  case: {
    field: 'email',
    of: (n) => [`eve${n}@example.com`, `EVE${n}@example.com`, ` eve${n}@EXAMPLE.com `, `Eve${n}@Example.Com`],
  },
  'full-width and invisible letters': {
    field: 'username',
    of: (n) => [`mira.${n}`, `ｍira.${n}`, `MIRA.${n}`, `mi\u00ADra.${n}`, `mira\uFF0E${n}`, `\u2066mira.${n}\u2069`],
  },
};

/** Contracts whose documents tell an unknown account from a wrong password. */
const TELLING: readonly ContractSlug[] = ['entity-user', 'user-auth'];

/** Every sign-in, and the field in which it takes an identifier. */
const SIGN_INS: [path: string, field: string, tells: boolean][] = [
  ['/v1/auth/login', 'identifier', false],
  ...CONTRACT_SLUGS.map((slug): [string, string, boolean] => {
    const { path, field } = CONTRACT_LOGINS[slug];
    return [`/contracts/${slug}${path}`, field, TELLING.includes(slug)];
  }),
];

describe('spellings of an identifier at sign-in', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ CONTRACTS: 'all', RATE_LIMIT: 'on', LIMIT_REGISTER: '1000/3600', LIMIT_SIGN_IN_NETWORK: '10000/900' });
  });
  afterAll(() => app.stop());

  let serial = 100;
  const fresh = (): number => (serial += 1);

  /** Status, body and headers of wrong passwords in one spelling after the other, five in the first. */
  async function steps(path: string, field: string, spellings: string[], remoteAddress: string): Promise<object[]> {
    const seen = [];
    for (let i = 0; i < TRIES; i += 1) {
      const spelling = spellings[Math.max(0, i - 4) % spellings.length];
      const { status, body, headers } = await app.post(path, { [field]: spelling, password: WRONG }, { remoteAddress });
      const { 'x-request-id': _id, date: _date, 'retry-after': wait, ratelimit, ...rest } = headers;
      const steady = { ratelimit: String(ratelimit).replace(/t=\d+/, ''), 'retry-after': typeof wait };
      seen.push({ status, body: { ...body, requestId: '' }, headers: { ...rest, ...steady } });
    }
    return seen;
  }

  /** Of what a document that tells who exists may not tell besides: whether the limit is reached, and the headers of the limit. */
  const limitsOf = (seen: object[]): object[] =>
    (seen as { status: number; headers: Record<string, unknown> }[]).map(({ status, headers }) => ({
      isThrottled: status === 429,
      ratelimit: headers['ratelimit'],
      policy: headers['ratelimit-policy'],
      wait: headers['retry-after'],
    }));

  describe.each(Object.entries(SPELLINGS))('%s', (_, { field, of }) => {
    it.each(SIGN_INS)('tell nothing at %s: known and unknown accounts answer alike at every step', async (path, name, tells) => {
      const [known, unknown] = [of(fresh()), of(fresh())];
      const account = field === 'email' ? {} : { email: `owner${fresh()}@example.com` };
      await register(app, { ...account, [field]: known[0] });
      const address = `192.0.2.${fresh() % 250}`;
      const [first, second] = [await steps(path, name, known, address), await steps(path, name, unknown, address)];
      const told = tells ? limitsOf : (seen: object[]): object[] => seen;
      expect(told(first)).toEqual(told(second));
      // user-spec takes e-mail addresses alone, and refuses others before it counts them.
      const isThrottled = !path.includes('user-spec') || field === 'email';
      expect(limitsOf(first)).toMatchObject([...Array(5).fill({ isThrottled: false }), ...Array(TRIES - 5).fill({ isThrottled })]);
    });
  });

  it('are forgotten with a reset, in every identifier of the account', async () => {
    const n = fresh();
    const [email, username] = [`ada${n}@bücher.example`, `ada.${n}`];
    await register(app, { email, username });
    const remoteAddress = '192.0.2.251';
    const login = (identifier: string, password: string) => app.post('/v1/auth/login', { identifier, password }, { remoteAddress });
    for (const identifier of [email, username]) for (let i = 0; i < 5; i += 1) await login(identifier, WRONG);
    expect((await login(username, PASSWORD)).status).toBe(429);
    const before = await app.mailbox.newest(`ada${n}@xn--bcher-kva.example`);
    await app.post('/v1/auth/password/forgot', { identifier: username }, { remoteAddress });
    const { token } = await app.mailbox.newest(`ada${n}@xn--bcher-kva.example`, before);
    expect((await app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD }, { remoteAddress })).status).toBe(204);
    for (const identifier of [email, username]) expect((await login(identifier, NEW_PASSWORD)).status).toBe(200);
  });
});
