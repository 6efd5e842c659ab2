import type { StartSignInCode } from '../generated/operations.gen.js';
import type { RefreshedView, UserView } from '../generated/types.gen.js';
import type { Keeper } from '../keeper.js';
import type { CallOptions } from '../operation.js';
import type { Result } from '../result.js';
import type { SessionMode } from '../rotation.js';
import type { SessionStorage } from '../storage.js';
import type { SignInAnswer, createWire } from './wire.js';

export interface AttemptOptions extends CallOptions {
  /** Skips the second factor on this device from now on; never a step-up. */
  trustDevice?: boolean | undefined;
}

export interface ResumeOptions extends CallOptions {
  /** In cookie mode: the sign-in that a page of the server has begun, which leads back with its id in `?sign_in=`. */
  id?: string | undefined;
}

export interface PasskeyOptions extends AttemptOptions {
  /** In the autofill of a field with `autocomplete="username webauthn"`, for as long as nobody chooses a passkey. */
  autofill?: boolean | undefined;
}

export interface ProviderOptions extends CallOptions {
  /** The page to come back to, one of `RETURN_URLS`. Default: the first of them. */
  returnTo?: string | undefined;
}

/** What a sign-in is made of. */
export interface FlowParts<Kept extends { accessToken: string }> {
  wire: ReturnType<typeof createWire>;
  keeper: Keeper<Kept>;
  mode: SessionMode;
  /** Where it outlives the page; a step-up does not. */
  place?: SessionStorage;
  /** The token of a remembered device, where no cookie holds it. */
  device: SessionStorage;
  /** Begins another one in its place, for a step-up, which needs nothing that a person has typed before. */
  restart?: (options?: CallOptions) => Promise<Result<SignInAnswer, StartSignInCode>>;
  /** What a complete sign-in does to the session. */
  accept: (tokens: RefreshedView, user: UserView | undefined, signal: AbortSignal | undefined) => Promise<Result<Kept, never>>;
  onChange: () => void;
}
