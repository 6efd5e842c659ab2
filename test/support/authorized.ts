import { type Authorization, CredentialChange } from '../../src/auth/passwords/credential-change.service.js';
import type { Role } from '../../src/common/access.js';
import type { Caller } from '../../src/common/caller.js';
import type { Principal } from '../../src/common/principal.js';
import type { CredentialKind } from '../../src/users/confirmed-change.js';
import type { TestApp } from './start-app.js';

/** A caller from nowhere in particular. */
export const CALLER: Caller = { ip: '127.0.0.1', userAgent: null, requestId: 'test', limits: [] };

/** Somebody signed in, as an access token says; for services that are called without a request. */
export function principalOf(userId: string, roles: readonly Role[] = ['user']): Principal {
  return { userId, sessionId: userId, clientId: 'latchkey', roles, emailVerified: false, expiresAt: 0 };
}

/** Leave to change an account as an administrator has it, by default one who has no account. */
export function authorized<Kind extends CredentialKind>(
  app: TestApp,
  accountId: string,
  kind: Kind,
  { actorId = crypto.randomUUID(), caller = CALLER }: { actorId?: string; caller?: Caller } = {},
): Promise<Authorization<Kind>> {
  const admin = principalOf(actorId, ['admin', 'user']);
  return app.nest.get(CredentialChange).authorize(admin, kind, { accountId, as: 'administrator' }, caller);
}
