import * as operations from './generated/operations.gen.js';
import type * as Schemas from './generated/types.gen.js';
import { inTime } from './http.js';
import { noted } from './noted.js';
import type { Api, CallOptions } from './operation.js';
import { type ErrorCode, type Result, failed, ok } from './result.js';
import type { Keeper } from './keeper.js';

type User<Code extends ErrorCode> = Promise<Result<{ user: Schemas.UserView }, Code>>;
type Nothing<Code extends ErrorCode> = Promise<Result<null, Code>>;

export function createProfile(api: Api, keeper: Keeper<{ accessToken: string }>) {
  /** After acts that end every session on the server. */
  const closing = <Code extends ErrorCode>(input: CallOptions | undefined, act: () => Nothing<Code>): Nothing<Code> =>
    inTime<{ accessToken: string } | null, Code>({ input }, async () => ok(await keeper.read())).then(async ({ data: session, error }) => {
      if (error !== null) return failed(error);
      // It has a time of its own, which a step-up of the session may hold up.
      const result = await act();
      return result.error === null ? inTime<null, Code>({ input }, () => keeper.close(session?.accessToken)) : result;
    });
  return {
    /** Changes the fields that are given, all or none; null clears one. */
    async update(body: Schemas.UpdateAccount, options?: CallOptions): User<operations.UpdateCurrentUserCode> {
      return noted(keeper, await operations.updateCurrentUser({ ...options, client: api, body }), options?.signal);
    },

    /** A PNG, JPEG or WebP. */
    async setAvatar(avatar: Blob | File, options?: CallOptions): User<operations.SetAvatarCode> {
      return noted(keeper, await operations.setAvatar({ ...options, client: api, body: { avatar } }), options?.signal);
    },

    async removeAvatar(options?: CallOptions): User<operations.RemoveAvatarCode | operations.GetCurrentUserCode> {
      const { error } = await operations.removeAvatar({ ...options, client: api });
      return error === null ? noted(keeper, await operations.getCurrentUser({ ...options, client: api }), options?.signal) : failed(error);
    },

    /** Ends every session, this one too: sign in again with the new password. */
    async changePassword(body: Schemas.ChangePassword, options?: CallOptions): Nothing<operations.ChangePasswordCode> {
      return closing(options, () => operations.changePassword({ ...options, client: api, body }));
    },

    /** Has a code and a link sent to the new address; the old one stays until `confirmEmail`. */
    changeEmail(body: Schemas.RequestEmailChange, options?: CallOptions): Nothing<operations.RequestEmailChangeCode> {
      return operations.requestEmailChange({ ...options, client: api, body });
    },

    async confirmEmail(body: Schemas.ConfirmEmailChange, options?: CallOptions): User<operations.ConfirmEmailChangeCode> {
      return noted(keeper, await operations.confirmEmailChange({ ...options, client: api, body }), options?.signal);
    },

    /** For good, with everything that is kept of the account. */
    async delete(body: Schemas.DeleteAccount, options?: CallOptions): Nothing<operations.DeleteCurrentUserCode> {
      return closing(options, () => operations.deleteCurrentUser({ ...options, client: api, body }));
    },
  };
}
