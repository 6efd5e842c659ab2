import { problems } from '../answer.js';
import type { NewTotpView } from '../generated/types.gen.js';
import { inTime } from '../http.js';
import type { CallOptions } from '../operation.js';
import type {
  AddTotpInSignInCode,
  AddPasskeyInSignInCode,
  AttemptSignInCode,
  ConfirmTotpInSignInCode,
  CreateSignInChallengeCode,
  GetSignInCode,
  StartPasskeyInSignInCode,
  StartSignInCode,
} from '../generated/operations.gen.js';
import { type ErrorCode, type LatchkeyError, type Result, failed, ok, unexpected } from '../result.js';
import type { AttemptOptions, FlowParts, PasskeyOptions, ProviderOptions, ResumeOptions } from './flow-options.js';
import { passkeyDialogs } from './passkey-dialogs.js';
import { providerWindow } from './provider-window.js';
import { GONE, openSignIn } from './open-sign-in.js';
import { noSignIn, sentCodes } from './sent-codes.js';
import type { SignIn } from './state.js';
import type { Attempt, ChallengeAnswer, SignInBeginning } from './wire.js';
import { createPasskey, named } from './webauthn.js';

type Answer<T, Code extends ErrorCode = ErrorCode> = Promise<Result<T, Code>>;

/** One sign-in at a time, step by step: `state` says what it waits for. */
export function createFlow<Kept extends { accessToken: string }>(flowParts: FlowParts<Kept>) {
  const { wire, mode, place, device } = flowParts;
  const open = openSignIn(flowParts, () => dialogs.endAutofill());
  const { find, forget, show, alone, settle, adopt, note, advance, question } = open;
  let looking: Answer<SignIn<Kept> | null> | undefined;

  const attempt = (proof: Attempt, { trustDevice, ...options }: AttemptOptions = {}): Answer<SignIn<Kept>, AttemptSignInCode> =>
    advance((of, each) => wire.attempt(of, { ...proof, ...(trustDevice === true && { trustDevice }) }, each), options);

  const challenge = (options?: CallOptions): Answer<ChallengeAnswer, CreateSignInChallengeCode> =>
    question((of) => wire.challenge(of, 'passkey', options));

  const codes = (type: 'email_code' | 'sms_code') =>
    sentCodes<Kept>({
      ask: (options) => question((of) => wire.challenge(of, type, options)),
      note: async (id) => {
        if (open.authority) await open.keep({ ...open.authority, sent: id });
      },
      sent: async () => (await find())?.sent,
      attempt,
    });

  const dialogs = passkeyDialogs<Kept>({
    state: () => open.state,
    known: () => (place === undefined ? Promise.resolve() : (looking ??= resume())),
    begin: (options) => wire.beginWithPasskey(mode, options),
    challenge,
    adopt,
    attempt,
  });

  const elsewhere = providerWindow({
    ask: (slug, returnTo, options) => question((of) => wire.provider(of, slug, returnTo, options)),
    standing: () => open.authority && { id: open.authority.id, status: open.state?.status },
    look: async () => {
      const of = await find();
      if (of === null) return;
      const { data, error } = await wire.read(of);
      if (error !== null) await note(of, error);
      else if (data.status !== open.state?.status) await settle(data, undefined);
    },
  });

  const resume = ({ id, ...options }: ResumeOptions = {}): Answer<SignIn<Kept> | null, GetSignInCode> =>
    inTime({ input: options }, async (abort = options.signal): Answer<SignIn<Kept> | null, GetSignInCode> => {
      // One that this tab began itself is known here with its secret.
      if (id !== undefined && (await find())?.id !== id) await open.keep({ id });
      const of = await find();
      if (of === null) return ok(open.state);
      const answer = await alone(() => wire.read(of, { signal: abort }));
      if (answer.error !== null && !GONE.has(answer.error.code)) return failed(answer.error);
      const { data } = answer;
      const isOver = data === null || data.status === 'expired' || (data.status === 'complete' && !data.session);
      if (!isOver) return settle(data, abort);
      // Over while nobody looked: nothing to tell about.
      await forget();
      show(null);
      return ok(null);
    });

  const start = (credentials: SignInBeginning = {}, options?: CallOptions): Answer<SignIn<Kept>, StartSignInCode> =>
    inTime({ input: options }, async (abort = options?.signal): Answer<SignIn<Kept>, StartSignInCode> => {
      const deviceToken = (await device.get()) ?? undefined;
      const answer = await dialogs.during(() => alone(() => wire.begin({ ...credentials, mode, deviceToken }, { signal: abort })));
      return answer.error === null ? adopt(answer.data, abort) : failed(answer.error);
    });

  return {
    /** How it stands; null when none is open. After a reload null until `resume`, or the first listener, has asked the server. */
    get state(): SignIn<Kept> | null {
      return open.state;
    },

    /**
     * Begins to sign in. With a password that is enough for the account, the session is open: `complete`. A wrong one is
     * `auth.bad_credentials`, and nothing is open then.
     */
    start,

    /** Goes on where `auth.signInWithPassword`, or the operation `signIn`, was refused because more is needed. */
    async continue(error: LatchkeyError, options?: CallOptions): Answer<SignIn<Kept>, never> {
      const { signIn } = problems.get(error) ?? {};
      return signIn === undefined ? failed(noSignIn()) : adopt(signIn, options?.signal);
    },

    /** Finds the sign-in that was open before the page was loaded again; null when there is none. */
    resume,

    password(password: string, options?: AttemptOptions): Answer<SignIn<Kept>, AttemptSignInCode> {
      return attempt({ password }, options);
    },

    /** The six digits that an authenticator app shows. */
    totp(code: string, options?: AttemptOptions): Answer<SignIn<Kept>, AttemptSignInCode> {
      return attempt({ totp: code }, options);
    },

    /** Works once. Until a factor is shown the session may do nothing but read and, for 15 minutes, set factors in order. */
    recoveryCode(code: string, options?: AttemptOptions): Answer<SignIn<Kept>, AttemptSignInCode> {
      return attempt({ recoveryCode: code }, options);
    },

    /**
     * As the first factor, when none is open, or as the next one. With `autofill` it is null, and no failure, where the browser has none,
     * and when `signal` ends it or another way was taken.
     */
    passkey(options?: PasskeyOptions): Answer<SignIn<Kept> | null> {
      return options?.autofill === true ? dialogs.autofill(options) : dialogs.ask(options);
    },

    /**
     * Sends the browser to an identity provider, such as `google`. It comes back to `returnTo` with `error` in the address if that failed;
     * `resume`, or the first listener, goes on there. Where there is no page, only `redirectUrl` comes of it.
     *
     * A step-up lives in its page alone, so it opens another window: call it in the handler of a click. When the person is back, the step-up
     * goes on here; the page of `returnTo` can close its window.
     */
    async provider(
      slug: string,
      { returnTo, ...options }: ProviderOptions = {},
    ): Answer<{ redirectUrl: string }, CreateSignInChallengeCode | StartSignInCode> {
      if (place === undefined) return elsewhere(slug, returnTo, options);
      if ((await find()) === null || open.state?.status !== 'needs_first_factor') {
        const begun = await start({}, options);
        if (begun.error !== null) return failed(begun.error);
      }
      const { data, error } = await question((of) => wire.provider(of, slug, returnTo, options));
      if (error !== null) return failed(error);
      const { redirectUrl } = data;
      if (typeof redirectUrl !== 'string') return failed(unexpected());
      globalThis.location?.assign(redirectUrl);
      return ok({ redirectUrl });
    },

    /** A code by mail, as the first factor; where nobody has the address and the server lets people, it makes the account. */
    emailCode: codes('email_code'),

    /** A code by text message to a proven number, where the server offers that. */
    smsCode: codes('sms_code'),

    newPassword(newPassword: string, options?: AttemptOptions): Answer<SignIn<Kept>, AttemptSignInCode> {
      return attempt({ newPassword }, options);
    },

    /** A secret for an authenticator app, where the account has to have a second factor. */
    enrollTotp(name?: string, options?: CallOptions): Answer<NewTotpView, AddTotpInSignInCode> {
      return question((of) => wire.addTotp(of, name, options));
    },

    /** Completes the sign-in; its `recoveryCodes` are to be shown now. */
    confirmTotp(id: string, code: string, options?: CallOptions): Answer<SignIn<Kept>, ConfirmTotpInSignInCode> {
      return advance((of, each) => wire.confirmTotp(of, id, code, each), options);
    },

    /** Has a passkey made where the account has to have a second factor; completes the sign-in. */
    async enrollPasskey(name?: string, options?: CallOptions): Answer<SignIn<Kept>, AddPasskeyInSignInCode | StartPasskeyInSignInCode> {
      const { data, error } = await question((of) => wire.passkeyOptions(of, options));
      if (error !== null) return failed(error);
      const made = await createPasskey(data, options);
      return made.error === null ? advance((of, each) => wire.addPasskey(of, named(name, made.data), each), options) : failed(made.error);
    },

    /** For a passkey that another program asks for, such as the page of a server that renders it. */
    challenge,

    /** Any one proof. */
    attempt,

    /** Forgets it here, also a complete one; the server forgets it after 15 minutes. */
    cancel(): void {
      dialogs.endAutofill();
      void forget();
      show(null);
    },

    /**
     * Calls the listener at each change, and makes the client find a sign-in from before a reload.
     * @returns what ends the calls
     */
    onChange(listener: (state: SignIn<Kept> | null) => void): () => void {
      const end = open.listen(listener);
      if (place !== undefined) looking ??= resume();
      return end;
    },

    adopt,
  };
}
