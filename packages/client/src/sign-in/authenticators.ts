import { type Api, type CallOptions, type Traits, send } from '../operation.js';
import { type Result, failed, ok } from '../result.js';
import type { NewTotp } from './wire.js';
import { type CreationOptionsJson, type PasskeySignal, createPasskey, signalAccount, takesSignals } from './webauthn.js';

/** A passkey of the account. */
export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
}

/** A passkey that was made just now. */
export interface NewPasskey extends Passkey {
  /** With the first second factor of the account: to be shown now, for they never come again. */
  recoveryCodes?: string[];
  signal?: PasskeySignal;
}

/** An authenticator app of the account. */
export interface Totp {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
}

/** What the account proves itself with. */
export interface Authenticators {
  password: boolean;
  passkeys: Passkey[];
  totp: Totp[];
  recoveryCodes: { left: number };
}

type Answer<T> = Promise<Result<T>>;

const MINE = '/v1/users/me/authenticators';

/** One's own authenticators. All but `list` want a recent proof: without one the session is stepped up, where the app shows that. */
export function createAuthenticators(api: Api) {
  const ask = <T>(method: string, path: string, input: CallOptions & { path?: object; body?: object }, traits: Traits = {}): Answer<T> =>
    send<T, never>({ ...input, client: api }, method, path, { auth: 'required', ...traits }) as Answer<T>;
  return {
    list(options?: CallOptions): Answer<Authenticators> {
      return ask('GET', MINE, { ...options });
    },

    /** A secret for an authenticator app; `qrSvg` is a picture of it. It counts once `confirmTotp` has a code of it, within 15 minutes. */
    addTotp(name?: string, options?: CallOptions): Answer<NewTotp> {
      return ask('POST', `${MINE}/totp`, { ...options, body: { name } });
    },

    /** With the first second factor come recovery codes, to be shown now: they never come again. */
    confirmTotp(id: string, code: string, options?: CallOptions): Answer<{ recoveryCodes?: string[] | null }> {
      return ask('POST', `${MINE}/{id}/confirm`, { ...options, path: { id }, body: { code } });
    },

    /** Has the browser make a passkey; `authenticator.exists` where there is one of the account already. */
    async addPasskey(name?: string, options?: CallOptions): Answer<NewPasskey> {
      const asked = await ask<CreationOptionsJson>('POST', `${MINE}/passkeys/options`, { ...options, body: {} });
      if (asked.error !== null) return failed(asked.error);
      const made = await createPasskey(asked.data, options);
      if (made.error !== null) return failed(made.error);
      const added = await ask<NewPasskey>('POST', `${MINE}/passkeys`, { ...options, body: { name, credential: made.data } });
      signalAccount(added.data?.signal);
      return added;
    },

    rename(id: string, name: string, options?: CallOptions): Answer<unknown> {
      return ask('PATCH', `${MINE}/{id}`, { ...options, path: { id }, body: { name } });
    },

    /** Browsers that can be told stop to offer a passkey that is gone. */
    async remove(id: string, options?: CallOptions): Answer<null> {
      const removed = await ask<null>('DELETE', `${MINE}/{id}`, { ...options, path: { id } }, { silent: 204 });
      if (removed.error !== null) return failed(removed.error);
      if (takesSignals()) signalAccount((await ask<{ signal?: PasskeySignal }>('GET', `${MINE}/passkeys`, { ...options })).data?.signal);
      return ok(null);
    },

    /** Ends the former ones. To be shown now. */
    newRecoveryCodes(options?: CallOptions): Answer<{ recoveryCodes: string[] }> {
      return ask('POST', '/v1/users/me/recovery-codes', { ...options });
    },
  };
}
