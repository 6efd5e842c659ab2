import type { AssuranceLevel } from '../common/access.js';

/** The hooks that there are. */
export type HookName = 'before_sign_up' | 'before_token';

/** How somebody signs up. */
export const SIGN_UP_METHODS = ['password', 'email_code', 'provider', 'invitation', 'legacy'] as const;

/** Somebody who is about to get an account. Fields that are not given are null. */
export interface SignUp {
  method: (typeof SIGN_UP_METHODS)[number];
  /** `latchkey` for the server's own API, a contract's slug otherwise. */
  clientId: string;
  email: string | null;
  /** Whether they have shown to read that address. */
  emailProven: boolean;
  mobile: string | null;
  username: string | null;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  /** Slug of the identity provider. */
  provider: string | null;
}

export const TOKEN_REASONS = ['sign_in', 'refresh', 'step_up'] as const;

/** Somebody who is about to get an access token. */
export interface TokenAsked {
  reason: (typeof TOKEN_REASONS)[number];
  accountId: string;
  /** Null at a sign-in: there is no session yet. */
  sessionId: string | null;
  clientId: string;
  emailVerified: boolean;
  level: AssuranceLevel;
  methods: readonly string[];
}
