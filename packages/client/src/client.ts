import type { Client } from './generated/client/index.js';
import * as operations from './generated/sdk.gen.js';
import type * as Api from './generated/types.gen.js';
import { type Fetch, createPlainHttp, createSignedInHttp } from './http.js';
import { type Result, failed, ok, toResult } from './result.js';
import { type AuthListener, toSession } from './session.js';
import type { Keeper } from './keeper.js';
import { SessionKeeper, type SessionMode } from './session-keeper.js';
import { type SessionStorage, browserStorage, memoryStorage } from './storage.js';
import { TicketKeeper } from './tickets.js';

/** How a client is set up. */
export interface ClientOptions {
  /** Where the server is, such as `https://accounts.example.com`. */
  url: string;
  /**
   * `tokens` (the default): the refresh token is in `storage`. `cookie`, the safer one in browsers: in a cookie that no script can
   * read; needs a page of the server's own site that is listed in its `CORS_ORIGINS`.
   */
  mode?: SessionMode;
  /** Default: `localStorage` in browsers, memory elsewhere; in cookie mode the memory of all tabs. */
  storage?: SessionStorage;
  /** Instead of the global `fetch`. */
  fetch?: Fetch;
}

/** A client of a Latchkey server. Its methods never reject: failures are in `error`. */
export type LatchkeyClient = ReturnType<typeof createClient>;

/** Sets up a client; nothing is sent yet. */
export function createClient({ url, mode = 'tokens', storage, fetch = (...args) => globalThis.fetch(...args) }: ClientOptions) {
  const plain = createPlainHttp(url, mode, fetch);
  const keeper = new SessionKeeper(plain, storage ?? defaultStorage(mode, url), mode);
  return createMethods(plain, keeper, mode, new TicketKeeper(url));
}

/** The methods of a client, whatever keeps its session. */
export function createMethods<Kept extends { accessToken: string }>(
  plain: Client,
  keeper: Keeper<Kept>,
  mode: SessionMode,
  tickets: TicketKeeper,
) {
  const api = createSignedInHttp(plain, keeper);
  return {
    /** For every other operation: pass it as `client` to those of `@latchkey/client/operations`. */
    api,
    auth: createAuth(plain, api, keeper, mode, tickets),
    sessions: createSessions(api),
    profile: createProfile(api, keeper),
  };
}

function defaultStorage(mode: SessionMode, url: string): SessionStorage {
  if (mode === 'cookie') return memoryStorage(`latchkey ${url}`);
  return typeof localStorage === 'undefined' ? memoryStorage() : browserStorage();
}

function createAuth<Kept extends { accessToken: string }>(
  plain: Client,
  api: Client,
  keeper: Keeper<Kept>,
  mode: SessionMode,
  tickets: TicketKeeper,
) {
  return {
    /**
     * Creates an account and has a mail with a code and a link sent. Signs nobody in. `user` is null where the server does not tell
     * whether there was an account already. The ticket of the registration is kept for `confirmEmail`.
     */
    async signUp(fields: Api.RegisterUser): Promise<Result<{ user: Api.UserView | null }>> {
      const { data, error } = await toResult(operations.registerUser({ client: plain, body: fields }));
      if (error !== null) return failed(error);
      const { registrationTicket, ...user } = data;
      const address = fields.email ?? fields.mobile;
      if (address !== undefined) tickets.keep(address, registrationTicket);
      return ok({ user: isUser(user) ? user : null });
    },

    /** Has the confirmation mail sent again; succeeds whether or not there is such an account. */
    async resendConfirmation(fields: Api.RequestEmailVerification): Promise<Result<null>> {
      return nothing(await toResult(operations.requestEmailVerification({ client: plain, body: fields })));
    },

    /**
     * By `email` and `code`, or by the `token` of the link. Whoever registered with this client, or is signed in, needs nothing else;
     * otherwise the server answers `auth.proof_required`: send the `password` along, or a `newPassword`.
     */
    async confirmEmail(proof: Api.ConfirmEmail): Promise<Result<{ user: Api.UserView }>> {
      const isAlone = proof.password === undefined && proof.newPassword === undefined;
      const ticket = proof.ticket ?? (isAlone && proof.token === undefined ? tickets.find(proof.email) : undefined);
      const body = ticket === undefined ? proof : { ...proof, ticket };
      const result = await toResult(operations.confirmEmail({ client: isAlone ? api : plain, body }));
      if (result.error === null) tickets.forget();
      return noted(keeper, result);
    },

    /** Opens a session and keeps it. `identifier` is an e-mail address, a username or a mobile number. */
    async signInWithPassword(credentials: {
      identifier: string;
      password: string;
    }): Promise<Result<{ session: Kept; user: Api.UserView }>> {
      const { data, error } = await toResult(operations.signIn({ client: plain, body: { ...credentials, session: mode } }));
      if (error !== null) return failed(error);
      const kept = await keeper.open(toSession(data, data.user));
      return kept.error === null ? ok({ session: kept.data, user: data.user }) : failed(kept.error);
    },

    /**
     * Ends the session, here and on the server. Without an answer of the server the session is forgotten here all the same; except
     * in cookie mode, where only the server can take the cookie away: then nothing has changed, and `error` says why.
     */
    async signOut(): Promise<Result<null>> {
      const { data: session, error } = await keeper.fresh();
      const result = error === null ? nothing(await toResult(operations.signOut({ client: api }))) : failed(error);
      const isGone = result.error === null || result.error.status === 401 || result.error.code === 'client.signed_out';
      const forgotten = isGone || mode === 'tokens' ? await keeper.close(session?.accessToken) : ok(null);
      return isGone ? forgotten : result;
    },

    /** The account as it is on the server now. */
    async getUser(): Promise<Result<{ user: Api.UserView }>> {
      const { error } = await keeper.fresh();
      if (error !== null) return failed(error);
      return noted(keeper, await toResult(operations.getCurrentUser({ client: api })));
    },

    /** Who is signed in, with an access token that is good for a while yet; `session` is null when nobody is. */
    async getSession(): Promise<Result<{ session: Kept | null }>> {
      const { data, error } = await keeper.fresh();
      if (error === null) return ok({ session: data });
      return error.code === 'client.signed_out' || error.code.startsWith('refresh_token.') ? ok({ session: null }) : failed(error);
    },

    /** Gets a new access token now; needed only when what it says has changed, such as roles. */
    async refresh(): Promise<Result<{ session: Kept }>> {
      const { data, error } = await keeper.refresh((await keeper.read())?.accessToken);
      return error === null ? ok({ session: data }) : failed(error);
    },

    /** Has a mail with a code and a link sent; succeeds whether or not there is such an account. */
    async forgotPassword(fields: Api.RequestPasswordReset): Promise<Result<null>> {
      return nothing(await toResult(operations.requestPasswordReset({ client: plain, body: fields })));
    },

    /** Sets a new password by the `token` of the link, or by `identifier` and `code`. Ends every session; signs nobody in. */
    async resetPassword(fields: Api.ResetPassword): Promise<Result<null>> {
      return nothing(await toResult(operations.resetPassword({ client: plain, body: fields })));
    },

    /**
     * Calls the listener once with how things stand (`initial`), then at each change, also in other tabs.
     * @returns what ends the calls
     */
    onAuthStateChange(listener: AuthListener): () => void {
      return keeper.listen(listener);
    },
  };
}

function createSessions(api: Client) {
  return {
    /** Where the account is signed in, this session first. */
    async list(): Promise<Result<Api.SessionView[]>> {
      const { data, error } = await toResult(operations.listSessions({ client: api }));
      return error === null ? ok(data.data) : failed(error);
    },

    /** Signs one device out at once. */
    async revoke(id: string): Promise<Result<null>> {
      return nothing(await toResult(operations.revokeSession({ client: api, path: { id } })));
    },

    /** Signs out everywhere but here. */
    async revokeOthers(): Promise<Result<null>> {
      return nothing(await toResult(operations.revokeOtherSessions({ client: api })));
    },
  };
}

function createProfile(api: Client, keeper: Keeper<{ accessToken: string }>) {
  /** After acts that end every session on the server. */
  const closing = async (act: () => Promise<Result<unknown>>): Promise<Result<null>> => {
    const session = await keeper.read();
    const result = await act();
    return result.error === null ? keeper.close(session?.accessToken) : nothing(result);
  };
  return {
    /** Changes the fields that are given, all or none; null clears one. */
    async update(fields: Api.UpdateProfile): Promise<Result<{ user: Api.UserView }>> {
      return noted(keeper, await toResult(operations.updateCurrentUser({ client: api, body: fields })));
    },

    /** A PNG, JPEG or WebP. */
    async setAvatar(picture: Blob | File): Promise<Result<{ user: Api.UserView }>> {
      return noted(keeper, await toResult(operations.setAvatar({ client: api, body: { avatar: picture } })));
    },

    async removeAvatar(): Promise<Result<{ user: Api.UserView }>> {
      const { error } = await toResult(operations.removeAvatar({ client: api }));
      return error === null ? noted(keeper, await toResult(operations.getCurrentUser({ client: api }))) : failed(error);
    },

    /** Ends every session, this one too: sign in again with the new password. */
    async changePassword(fields: Api.ChangePassword): Promise<Result<null>> {
      return closing(() => toResult(operations.changePassword({ client: api, body: fields })));
    },

    /** Has a code and a link sent to the new address; the old one stays until `confirmEmail`. */
    async changeEmail(fields: Api.RequestEmailChange): Promise<Result<null>> {
      return nothing(await toResult(operations.requestEmailChange({ client: api, body: fields })));
    },

    async confirmEmail(proof: Api.ConfirmEmailChange): Promise<Result<{ user: Api.UserView }>> {
      return noted(keeper, await toResult(operations.confirmEmailChange({ client: api, body: proof })));
    },

    /** For good, with everything that is kept of the account. */
    async delete(proof: Api.DeleteAccount): Promise<Result<null>> {
      return closing(() => toResult(operations.deleteCurrentUser({ client: api, body: proof })));
    },
  };
}

/** Keeps what is known of the account up to date with an answer that tells. */
async function noted(keeper: Pick<Keeper, 'updateUser'>, { data, error }: Result<Api.UserView>): Promise<Result<{ user: Api.UserView }>> {
  if (error !== null) return failed(error);
  await keeper.updateUser(data);
  return ok({ user: data });
}

function nothing({ error }: Result<unknown>): Result<null> {
  return error === null ? ok(null) : failed(error);
}

function isUser(body: unknown): body is Api.UserView {
  return typeof body === 'object' && body !== null && 'id' in body;
}
