import type { AssuranceLevel } from '../../common/access.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import type { IssuedTokens } from '../../tokens/sessions/session-tokens.service.js';
import type { Account, Credentials } from '../../users/account.js';
import type { RememberedDevice } from '../devices/devices.service.js';
import { SignInExpiredError } from './errors.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import type { SignedIn } from './sign-in.service.js';
import type { SignInStatus } from './sign-in-status.js';

/** Sign-ins are of the core's own API: wire contracts have no fields for them. */
export const CLIENT = { clientId: CORE_CLIENT_ID } as const;

/** The account of a sign-in, and its epoch. */
export type Owner = Pick<Credentials, 'account' | 'sessionEpoch'>;

/** A sign-in as it stands. */
export interface UnderWay {
  row: OpenSignIn;
  /** Its account; null before the first factor. */
  credentials: Owner | null;
  status: SignInStatus;
  required: AssuranceLevel;
}

/** What came of a step. */
export interface Step extends UnderWay {
  /** The session that was opened. */
  session?: SignedIn;
  /** The access token of the session that was raised. */
  raised?: { account: Account; tokens: Omit<IssuedTokens, 'refreshToken'> };
  /** The device that was remembered. */
  device?: RememberedDevice;
}

/** Whether all sessions of the account ended since the first factor. */
export function hasEnded({ epoch }: OpenSignIn, owner: Owner | null): boolean {
  return owner === null || owner.account.disabledAt !== null || owner.sessionEpoch !== epoch;
}

export function expired({ purpose, returnTo }: OpenSignIn): SignInExpiredError {
  return new SignInExpiredError({ purpose, clientId: CORE_CLIENT_ID, returnTo });
}
