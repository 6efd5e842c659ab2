import { randomBytes } from 'node:crypto';
import { TotpSecrets } from '../../src/auth/authenticators/totp-secrets.service.js';
import { codeOf, stepAt } from '../../src/auth/factors/totp/one-time-code.js';
import type { TestApp } from './start-app.js';

/** An authenticator app that an account has had for days. */
export interface OldTotp {
  id: string;
  /** A code that works now, once. */
  code(): string;
  /** Six digits that do not work now. */
  wrongCode(): string;
}

/**
 * Gives the account an authenticator app without a session of it and without a mail, as if it had it for days; see `addTotp` for one that
 * the account sets up itself.
 */
export async function plantTotp(app: TestApp, userId: string): Promise<OldTotp> {
  const secret = randomBytes(20);
  const [{ id } = { id: '' }] = await app.rows<{ id: string }>(
    `INSERT INTO authenticators (id, user_id, type, name, secret, created_at, confirmed_at)
     VALUES (gen_random_uuid(), $1, 'totp', 'Phone', $2, now() - interval '3 days', now() - interval '3 days') RETURNING id`,
    [userId, app.nest.get(TotpSecrets, { strict: false }).seal(secret)],
  );
  await app.rows(`UPDATE users SET factors = '{totp}' WHERE id = $1`, [userId]);
  const code = (ahead = 0): string => codeOf(secret, stepAt(Date.now() / 1_000) + ahead);
  const wrongCode = (): string => {
    const good = new Set([-2, -1, 0, 1, 2].map(code));
    for (let number = 0; ; number += 1) if (!good.has(String(number).padStart(6, '0'))) return String(number).padStart(6, '0');
  };
  return { id, code: () => code(), wrongCode };
}

/** The account's factors as a sign-in sees them. */
export async function factorsOf(app: TestApp, userId: string): Promise<string[]> {
  const [row] = await app.rows<{ factors: string[] }>('SELECT factors FROM users WHERE id = $1', [userId]);
  return row?.factors ?? [];
}
