import * as operations from '../generated/operations.gen.js';
import type {
  AuthenticatorsView,
  AuthenticatorView,
  ConfirmedTotpView,
  NewTotpView,
  PasskeyAddedView,
  RecoveryCodesView,
} from '../generated/types.gen.js';
import type { Api, CallOptions } from '../operation.js';
import { type ErrorCode, type Result, failed, ok } from '../result.js';
import { createPasskey, named, signalAccount, takesSignals } from './webauthn.js';

type Answer<T, Code extends ErrorCode = ErrorCode> = Promise<Result<T, Code>>;

/** One's own authenticators. All but `list` want a recent proof: without one the session is stepped up, where the app shows that. */
export function createAuthenticators(api: Api) {
  return {
    list(options?: CallOptions): Answer<AuthenticatorsView, operations.ListAuthenticatorsCode> {
      return operations.listAuthenticators({ ...options, client: api });
    },

    /** A secret for an authenticator app; `qrSvg` is a picture of it. It counts once `confirmTotp` has a code of it, within 15 minutes. */
    addTotp(name?: string, options?: CallOptions): Answer<NewTotpView, operations.AddTotpCode> {
      return operations.addTotp({ ...options, client: api, body: name === undefined ? {} : { name } });
    },

    /** With the first second factor come recovery codes, to be shown now: they never come again. */
    confirmTotp(id: string, code: string, options?: CallOptions): Answer<ConfirmedTotpView, operations.ConfirmTotpCode> {
      return operations.confirmTotp({ ...options, client: api, path: { id }, body: { code } });
    },

    /** Has the browser make a passkey; `authenticator.exists` where there is one of the account already. */
    async addPasskey(
      name?: string,
      options?: CallOptions,
    ): Answer<PasskeyAddedView, operations.StartPasskeyCode | operations.AddPasskeyCode> {
      const asked = await operations.startPasskey({ ...options, client: api });
      if (asked.error !== null) return failed(asked.error);
      const made = await createPasskey(asked.data, options);
      if (made.error !== null) return failed(made.error);
      const added = await operations.addPasskey({ ...options, client: api, body: named(name, made.data) });
      signalAccount(added.data?.signal);
      return added;
    },

    rename(id: string, name: string, options?: CallOptions): Answer<AuthenticatorView, operations.RenameAuthenticatorCode> {
      return operations.renameAuthenticator({ ...options, client: api, path: { id }, body: { name } });
    },

    /** Browsers that can be told stop to offer a passkey that is gone. */
    async remove(id: string, options?: CallOptions): Answer<null, operations.RemoveAuthenticatorCode> {
      const removed = await operations.removeAuthenticator({ ...options, client: api, path: { id } });
      if (removed.error !== null) return failed(removed.error);
      if (takesSignals()) signalAccount((await operations.listPasskeys({ ...options, client: api })).data?.signal);
      return ok(null);
    },

    /** Ends the former ones. To be shown now. */
    newRecoveryCodes(options?: CallOptions): Answer<RecoveryCodesView, operations.RenewRecoveryCodesCode> {
      return operations.renewRecoveryCodes({ ...options, client: api });
    },
  };
}
