import { codeOf, stepAt } from '../../src/auth/factors/totp/one-time-code.js';
import type { FactorAnswer, PassedFactor } from '../../src/auth/factors/factor.js';
import { FactorRegistry } from '../../src/auth/factors/factor-registry.service.js';
import type { Caller } from '../../src/common/caller.js';
import { CALLER } from './authorized.js';
import type { TestUser } from './accounts.js';
import type { Answer, TestApp } from './start-app.js';
import { sidOf } from './tokens.js';

const AUTHENTICATORS = '/v1/users/me/authenticators';

/** An authenticator app, in place of a phone. */
export interface TestTotp {
  id: string;
  secret: string;
  recoveryCodes: string[];
}

/** The code that an app shows; `ahead` steps of 30 s later. */
export function totpCode(secret: string, ahead = 0): string {
  return codeOf(fromBase32(secret), stepAt(Date.now() / 1_000) + ahead);
}

/** Six digits that are not good now. */
export function wrongTotp(secret: string): string {
  const good = new Set([-2, -1, 0, 1, 2].map((ahead) => totpCode(secret, ahead)));
  for (let number = 0; ; number += 1) if (!good.has(String(number).padStart(6, '0'))) return String(number).padStart(6, '0');
}

/** Sets up and confirms an authenticator app; throws if that fails. The code of the present step stays good for the sign-in that follows. */
export async function addTotp(app: TestApp, token: string, name?: string): Promise<TestTotp> {
  const added = await app.post(`${AUTHENTICATORS}/totp`, { name }, { token });
  if (added.status !== 201) throw new Error(`totp: ${added.status} ${added.text}`);
  const { id, secret } = added.body;
  const confirmed = await confirmTotp(app, token, id, totpCode(secret));
  if (confirmed.status !== 200) throw new Error(`confirm: ${confirmed.status} ${confirmed.text}`);
  await forgetStep(app, id);
  return { id, secret, recoveryCodes: confirmed.body.recoveryCodes ?? [] };
}

export function confirmTotp(app: TestApp, token: string, id: string, code: string): Promise<Answer> {
  return app.post(`${AUTHENTICATORS}/${id}/confirm`, { code }, { token });
}

/** Lets a code work that was used before, as if half a minute had passed. */
export async function forgetStep(app: TestApp, id: string): Promise<void> {
  await app.rows('UPDATE authenticators SET last_step = NULL WHERE id = $1', [id]);
}

/** Raises the session to the second level, as a step-up does, or leaves it as it would be otherwise. */
export async function atLevel(app: TestApp, user: TestUser, changes = 'aal = 2, auth_time = now()'): Promise<TestUser> {
  await app.rows(`UPDATE sessions SET ${changes} WHERE id = $1`, [sidOf(user.accessToken)]);
  const { body } = await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken });
  return { ...user, accessToken: body.accessToken, refreshToken: body.refreshToken };
}

/** Shows a second factor in a sign-in of an account that has passed its first one. */
export function showFactor(app: TestApp, userId: string, answer: FactorAnswer, caller: Caller = CALLER): Promise<PassedFactor> {
  const [factor] = app.nest.get(FactorRegistry).answeredBy(answer);
  if (factor === undefined) throw new Error('No factor takes this answer');
  return factor.attempt(
    { id: crypto.randomUUID(), begunAt: new Date(), purpose: 'sign_in', identifier: null, userId, passed: [] },
    answer,
    caller,
  );
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes of base32 (RFC 4648 §6), as an app reads the secret. */
function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
