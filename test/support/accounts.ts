import type { Role } from '../../src/common/access.js';
import type { TestApp } from './start-app.js';

/** A password that the core's policy accepts. */
export const PASSWORD = 'four bright birds sing';

let serial = 0;

/** An e-mail address that nobody else in this run uses. */
export function freshEmail(name = 'ada'): string {
  serial += 1;
  return `${name}.${serial}.${process.pid}@example.com`;
}

export interface TestUser {
  id: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
}

/** Registers an account; throws if that fails. */
export async function register(
  app: TestApp,
  fields: Record<string, unknown> = {},
): Promise<{ id: string; email: string; password: string }> {
  const body = { email: freshEmail(), password: PASSWORD, ...fields };
  const answer = await app.post('/v1/auth/register', body);
  if (answer.status !== 201) throw new Error(`register: ${answer.status} ${answer.text}`);
  return { id: answer.body.id, email: String(body.email), password: body.password };
}

/** Registers an account and signs it in. */
export async function signedIn(app: TestApp, fields: Record<string, unknown> = {}): Promise<TestUser> {
  const account = await register(app, fields);
  return { ...account, ...(await signIn(app, account.email, account.password)) };
}

/** Registers an account, gives it a role and signs it in. */
export async function signedInAs(app: TestApp, role: Role): Promise<TestUser> {
  const account = await register(app);
  await app.rows('UPDATE users SET roles = $2 WHERE id = $1', [account.id, role === 'user' ? ['user'] : [role, 'user']]);
  return { ...account, ...(await signIn(app, account.email, account.password)) };
}

/** Signs in; throws if that fails. */
export async function signIn(
  app: TestApp,
  identifier: string,
  password = PASSWORD,
): Promise<{ accessToken: string; refreshToken: string }> {
  const answer = await app.post('/v1/auth/login', { identifier, password });
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
  return { accessToken: answer.body.accessToken, refreshToken: answer.body.refreshToken };
}
