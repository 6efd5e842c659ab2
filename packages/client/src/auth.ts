import { withDeadline } from './deadline.js';
import * as operations from './generated/operations.gen.js';
import type * as Schemas from './generated/types.gen.js';
import { inTime, isOver } from './http.js';
import { noted } from './noted.js';
import type { Api, CallOptions } from './operation.js';
import { type ErrorCode, type Result, failed, ok, unexpected } from './result.js';
import { type AuthListener, toSession } from './session.js';
import type { Keeper } from './keeper.js';
import type { SessionMode } from './rotation.js';
import { soon } from './soon.js';
import type { Tickets } from './tickets.js';
import { withTokens } from './tokens.js';

/** What signing in and out needs. */
interface Parts<Kept extends { accessToken: string }> {
  plain: Api;
  api: Api;
  keeper: Keeper<Kept>;
  mode: SessionMode;
  tickets: Tickets;
}

/** How long `signOut` waits for the server, ms: what is left of its time is for forgetting the session here. */
const SERVER_MS = 9_000;

type Answer<T, Code extends ErrorCode> = Promise<Result<T, Code>>;
type SignedIn<Kept> = Answer<{ session: Kept; user: Schemas.UserView }, operations.SignInCode>;

export function createAuth<Kept extends { accessToken: string }>({ plain, api, keeper, mode, tickets }: Parts<Kept>) {
  return {
    /**
     * Creates an account and has a mail with a code and a link sent. Signs nobody in. `user` is null where the server does not tell
     * whether there was an account already. The ticket of the registration is kept for `confirmEmail`.
     */
    async signUp(
      fields: Schemas.RegisterUser,
      options?: CallOptions,
    ): Answer<{ user: Schemas.UserView | null }, operations.RegisterUserCode> {
      const { data, error } = await operations.registerUser({ ...options, client: plain, body: fields });
      if (error !== null) return failed(error);
      const { registrationTicket, ...user } = data;
      if (typeof registrationTicket !== 'string') return failed(unexpected());
      const { email, mobile }: { email?: string; mobile?: string } = fields;
      const address = email ?? mobile;
      if (address !== undefined) await tickets.keep(address, registrationTicket);
      return ok({ user: 'id' in user ? user : null });
    },

    /** Has the confirmation mail sent again; succeeds whether or not there is such an account. */
    resendConfirmation(
      body: Schemas.RequestEmailVerification,
      options?: CallOptions,
    ): Answer<null, operations.RequestEmailVerificationCode> {
      return operations.requestEmailVerification({ ...options, client: plain, body });
    },

    /**
     * By `email` and `code`, or by the `token` of the link. Whoever registered with this client, or is signed in, needs nothing else;
     * otherwise the server answers `auth.proof_required`: send the `password` along, or a `newPassword`.
     */
    async confirmEmail(
      proof: Schemas.ConfirmEmail | { code: string },
      options?: CallOptions,
    ): Answer<{ user: Schemas.UserView }, operations.ConfirmEmailCode> {
      const {
        token,
        email,
        password,
        newPassword,
        ticket: given,
      }: Partial<Schemas.ConfirmEmailByToken & Schemas.ConfirmEmailByCode> = proof;
      const isAlone = password === undefined && newPassword === undefined;
      const ticket = given ?? (isAlone && token === undefined ? await tickets.find(email) : undefined);
      // Without a ticket, a code alone is for the server to refuse.
      const body = (ticket === undefined ? proof : { ...proof, ticket }) as Schemas.ConfirmEmail;
      const result = await operations.confirmEmail({ ...options, client: isAlone ? api : plain, body });
      if (result.error === null) await tickets.forget();
      return noted(keeper, result, options?.signal);
    },

    /**
     * Opens a session and keeps it. `identifier` is an e-mail address, a username or a mobile number. A session that cannot take its place
     * before `client.timeout` or `client.aborted` is ended; in cookie mode, where the browser has it by then, it takes its place later.
     */
    async signInWithPassword(credentials: { identifier: string; password: string }, options?: CallOptions): SignedIn<Kept> {
      const result = await inTime({ input: options }, async (signal = options?.signal): SignedIn<Kept> => {
        // With the signal of the whole call: one that ended while it waited for its turn is not sent any more.
        const ask = () => operations.signIn({ ...options, signal, client: plain, body: { ...credentials, session: mode } });
        const { data, error } = withTokens(await (mode === 'cookie' ? keeper.alone(ask) : ask()), mode === 'cookie');
        if (error !== null) return failed(error);
        const kept = await keeper.open(toSession(data, data.user), signal);
        return kept.error === null ? ok({ session: kept.data, user: data.user }) : failed(kept.error);
      });
      await soon(keeper.ending, options?.signal);
      return result;
    },

    /**
     * Ends the session, here and on the server. Without an answer of the server the session is forgotten here all the same; except
     * in cookie mode, where only the server can take the cookie away: then nothing has changed, and `error` says why.
     * What the end of the call overtakes, as when another tab holds the lock, is forgotten as soon as that can be.
     */
    signOut(options?: CallOptions): Answer<null, operations.SignOutCode> {
      return inTime({ input: options }, async () => {
        const former = await keeper.read();
        const result = await withDeadline(SERVER_MS, options?.signal, async (): Answer<null, operations.SignOutCode> => {
          const { error } = await keeper.fresh();
          return error === null ? operations.signOut({ client: api }) : failed(error);
        });
        const isGone = result.error === null || isOver(result.error);
        const forgotten = isGone || mode === 'tokens' ? await keeper.close(former?.accessToken) : ok(null);
        return isGone ? forgotten : result;
      });
    },

    /** The account as it is on the server now. */
    async getUser(options?: CallOptions): Answer<{ user: Schemas.UserView }, operations.GetCurrentUserCode> {
      return noted(keeper, await operations.getCurrentUser({ ...options, client: api }), options?.signal);
    },

    /** Who is signed in, with an access token that is good for a while yet; `session` is null when nobody is. */
    async getSession(options?: CallOptions): Answer<{ session: Kept | null }, operations.RefreshSessionCode> {
      const { data, error } = await inTime({ input: options }, () => keeper.fresh());
      return error === null || isOver(error) ? ok({ session: data }) : failed(error);
    },

    /** Gets a new access token now; needed only when what it says has changed, such as roles. */
    async refresh(options?: CallOptions): Answer<{ session: Kept }, operations.RefreshSessionCode> {
      const { data, error } = await inTime({ input: options }, async () => keeper.refresh((await keeper.read())?.accessToken));
      return error === null ? ok({ session: data }) : failed(error);
    },

    /** Has a mail with a code and a link sent; succeeds whether or not there is such an account. */
    forgotPassword(body: Schemas.RequestPasswordReset, options?: CallOptions): Answer<null, operations.RequestPasswordResetCode> {
      return operations.requestPasswordReset({ ...options, client: plain, body });
    },

    /** Sets a new password by the `token` of the link, or by `identifier` and `code`. Ends every session; signs nobody in. */
    resetPassword(body: Schemas.ResetPassword, options?: CallOptions): Answer<null, operations.ResetPasswordCode> {
      return operations.resetPassword({ ...options, client: plain, body });
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
