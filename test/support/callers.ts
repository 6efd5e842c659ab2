import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';
import type { Access } from '../../src/common/access.js';
import { register, signIn, signedIn } from './accounts.js';
import type { TestApp } from './start-app.js';
import { claimsOf } from './tokens.js';

/** Who asks. `other` is signed in, and names an account and things that are not theirs. All tokens are of the core's own API. */
export const CALLERS = ['anonymous', 'other', 'self', 'unverified', 'disabled', 'signed-out', 'forged', 'librarian', 'admin'] as const;
export type CallerKind = (typeof CALLERS)[number];

export interface TestCaller {
  /** Account that the caller names; undefined for callers without one. */
  id?: string;
  token?: string;
}

type FixedAccess = Exclude<Access, { kind: 'open' }>;

/** What the access guard has to say; undefined where it lets the caller through. */
export function refusalOf(access: FixedAccess | undefined, caller: CallerKind): string | undefined {
  const dead = { disabled: 'token.revoked', 'signed-out': 'token.revoked', forged: 'token.invalid' }[caller as string];
  switch (access?.kind) {
    case 'public':
    case 'guarded':
      return undefined;
    case 'optional':
      return dead;
    case 'signed-in':
      return caller === 'anonymous' ? 'access.unauthenticated' : dead;
    case 'roles': {
      if (caller === 'anonymous') return 'access.unauthenticated';
      const role = caller === 'admin' || caller === 'librarian' ? caller : 'user';
      return dead ?? (access.roles.includes(role) ? undefined : 'access.forbidden');
    }
    case undefined:
      return 'access.forbidden';
  }
}

/** Callers of every kind, each as good as new: some operations end the session or the account, or change it. */
export class Callers {
  private readonly known = new Map<CallerKind, TestCaller & { state: string }>();
  private target: string | undefined;

  /** @param fields that each account registers with, beside its address */
  constructor(
    private readonly app: TestApp,
    private readonly fields: () => Record<string, unknown> = () => ({}),
  ) {}

  /** An account that nobody is signed in to. */
  async victim(): Promise<string> {
    this.target ??= (await register(this.app, this.fields())).id;
    return this.target;
  }

  /** A caller to whom nothing has happened. */
  async get(kind: CallerKind): Promise<TestCaller> {
    const before = this.known.get(kind);
    if (before !== undefined && (await this.stateOf(before.token)) === before.state) return before;
    const fresh = await this.make(kind);
    this.known.set(kind, { ...fresh, state: await this.stateOf(fresh.token) });
    return fresh;
  }

  private async make(kind: CallerKind): Promise<TestCaller> {
    if (kind === 'anonymous') return {};
    const { app } = this;
    const user = await signedIn(app, this.fields());
    switch (kind) {
      case 'librarian':
      case 'admin':
        await app.rows(`UPDATE users SET roles = ARRAY[$2, 'user'] WHERE id = $1`, [user.id, kind]);
        return { id: user.id, token: (await signIn(app, user.email)).accessToken };
      case 'disabled':
        await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
        await app.nest.get(SessionsService).endAll(user.id, 'disabled');
        break;
      case 'signed-out':
        await app.post('/v1/auth/logout', undefined, { token: user.accessToken });
        break;
      case 'forged':
        return { id: user.id, token: `${user.accessToken.slice(0, -4)}AAAA` };
      case 'other':
        return { id: await this.victim(), token: user.accessToken };
      case 'self':
        await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
        return { id: user.id, token: (await signIn(app, user.email)).accessToken };
      case 'unverified':
        break;
    }
    return { id: user.id, token: user.accessToken };
  }

  /** The account that a token is of, and its living sessions, as text. */
  private async stateOf(token?: string): Promise<string> {
    return JSON.stringify(
      await this.app.rows(
        `SELECT u::text AS account, ARRAY(SELECT id FROM sessions WHERE user_id = u.id AND revoked_at IS NULL ORDER BY id) AS sessions
         FROM users u WHERE id = $1`,
        [token === undefined ? null : claimsOf(token).sub],
      ),
    );
  }
}
