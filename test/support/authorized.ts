import { type Authorization, CredentialChange } from '../../src/auth/passwords/credential-change.service.js';
import type { Role } from '../../src/common/access.js';
import type { Caller } from '../../src/common/caller.js';
import { CORE_CLIENT_ID, type Principal } from '../../src/common/principal.js';
import type { Asker } from '../../src/contracts/shared/accounts/asker.js';
import type { CredentialKind } from '../../src/users/confirmed-change.js';
import type { TestApp } from './start-app.js';

/** A caller without any particular properties. */
export const CALLER: Caller = { ip: '127.0.0.1', userAgent: null, requestId: 'test', limits: [] };

/** Somebody signed in, as an access token says; for services that are called without a request. */
export function principalOf(userId: string, roles: readonly Role[] = ['user'], clientId = CORE_CLIENT_ID): Principal {
  return { userId, sessionId: userId, clientId, roles, emailVerified: false, aal: 1, authTime: 0, recovered: false, expiresAt: 0 };
}

/** The owner of an account in a session that a contract opened, which is open, and who asks that contract. */
export async function askerOf(app: TestApp, userId: string): Promise<Asker> {
  await app.rows(
    `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at)
     VALUES ($1, $1, 'entity-user', now() + interval '1 hour', now() + interval '1 hour') ON CONFLICT (id) DO UPDATE SET revoked_at = NULL`,
    [userId],
  );
  return { contract: 'entity-user', user: principalOf(userId, ['user'], 'entity-user'), password: undefined };
}

/** Permission for an administrator to change an account; by default the administrator has no account. */
export function authorized<Kind extends CredentialKind>(
  app: TestApp,
  accountId: string,
  kind: Kind,
  { actorId = crypto.randomUUID(), caller = CALLER }: { actorId?: string; caller?: Caller } = {},
): Promise<Authorization<Kind>> {
  const admin = principalOf(actorId, ['admin', 'user']);
  return app.nest.get(CredentialChange).authorize(admin, kind, { accountId, as: 'administrator' }, caller);
}
