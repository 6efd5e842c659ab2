import { InvalidFactorError } from '../../src/auth/authenticators/errors.js';
import { FactorRegistry } from '../../src/auth/sign-in/factor-registry.service.js';
import type { TestApp } from './start-app.js';

/** A code that the account's app does not show. */
export const WRONG_TOTP = '000000';

const RIGHT_TOTP = '287082';

/** Gives the account an authenticator app without a session of it; `code` shows a code that works. */
export async function addTotp(app: TestApp, userId: string): Promise<{ code: () => string }> {
  const registry = app.nest.get(FactorRegistry, { strict: false });
  if (registry.find('totp') === undefined)
    registry.add({
      type: 'totp',
      roles: ['second'],
      answers: ({ totp }) => totp !== undefined,
      offersOf: async () => [],
      attempt: async ({ userId: of }, { totp }) => {
        if (totp !== RIGHT_TOTP || of === null) throw new InvalidFactorError();
        await app.rows(`UPDATE authenticators SET last_used_at = now() WHERE user_id = $1`, [of]);
        return { type: 'totp', userId: of, authenticatorId: null, methods: ['otp'], level: 1 };
      },
    });
  await app.rows(
    `INSERT INTO authenticators (id, user_id, type, name, created_at, confirmed_at)
     VALUES (gen_random_uuid(), $1, 'totp', 'Phone', now() - interval '3 days', now() - interval '3 days')`,
    [userId],
  );
  await app.rows(`UPDATE users SET factors = '{totp}' WHERE id = $1`, [userId]);
  return { code: () => RIGHT_TOTP };
}

/** The account's factors as a sign-in sees them. */
export async function factorsOf(app: TestApp, userId: string): Promise<string[]> {
  const [row] = await app.rows<{ factors: string[] }>('SELECT factors FROM users WHERE id = $1', [userId]);
  return row?.factors ?? [];
}
