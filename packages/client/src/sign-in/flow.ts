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
import { noSignIn, sentCodes } from './sent-codes.js';
import { read, write } from './places.js';
import type { SignIn } from './state.js';
import type { Attempt, Authority, ChallengeAnswer, SignInAnswer, SignInBeginning } from './wire.js';
import { createPasskey, named, signalAccount, signalUnknown } from './webauthn.js';

type Answer<T, Code extends ErrorCode = ErrorCode> = Promise<Result<T, Code>>;

/** Codes after which a sign-in is no more. */
const GONE: ReadonlySet<string> = new Set(['sign_in.expired', 'sign_in.not_found']);

/** One sign-in at a time, step by step: `state` says what it waits for. */
export function createFlow<Kept extends { accessToken: string }>(flowParts: FlowParts<Kept>) {
  const { wire, keeper, mode, place, device, restart, accept } = flowParts;
  let state: SignIn<Kept> | null = null;
  /** Undefined until it was looked for. */
  let current: Authority | null | undefined;
  let looking: Answer<SignIn<Kept> | null> | undefined;
  const listeners = new Set<{ listener: (state: SignIn<Kept> | null) => void }>();

  const show = (next: SignIn<Kept> | null): void => {
    if (state === null && next === null) return;
    state = next;
    flowParts.onChange();
    for (const { listener } of listeners) listener(state);
  };

  const find = async (): Promise<Authority | null> => {
    if (current === undefined) {
      const found = read((await place?.get()) ?? null);
      current ??= found;
    }
    return current;
  };

  const forget = async (): Promise<void> => {
    current = null;
    await place?.remove();
  };

  /** In cookie mode, what may set the cookie of a session has its turn among all tabs. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => (mode === 'cookie' ? keeper.alone(work) : work());

  /** Shows what the server says; opens the session when it is complete. */
  const settle = async (answer: SignInAnswer, abort: AbortSignal | undefined): Answer<SignIn<Kept>, never> => {
    const { id, status, session, factors, requiredAal, expiresAt, link, recoveryCodes, deviceToken } = answer;
    signalAccount(answer.signal);
    if (deviceToken !== undefined) await device.set(deviceToken);
    const isCurrent = current?.id === id;
    if (status !== 'complete') {
      const next: SignIn<Kept> =
        status === 'expired' ? { status, id } : { status, id, factors, requiredAal, expiresAt, ...(link && { link }) };
      if (isCurrent) show(next);
      return ok(next);
    }
    if (isCurrent) await forget();
    if (!session) {
      if (isCurrent) show(null);
      return failed(unexpected());
    }
    const accepted = await accept(session, session.user, abort);
    if (accepted.error !== null) {
      if (isCurrent) show(null);
      return failed(accepted.error);
    }
    const done: SignIn<Kept> = { status, id, session: accepted.data, user: session.user, recoveryCodes };
    if (isCurrent) show(done);
    return ok(done);
  };

  /** Makes it the one that is open. */
  const adopt = async (answer: SignInAnswer, abort: AbortSignal | undefined): Answer<SignIn<Kept>, never> => {
    dialogs.endAutofill();
    current = { id: answer.id, secret: answer.secret };
    if (answer.status !== 'complete') await place?.set(write(current));
    return settle(answer, abort);
  };

  /** What a refusal says of the sign-in itself. */
  const note = async (of: Authority, error: LatchkeyError): Promise<void> => {
    const code: string = error.code;
    signalUnknown(problems.get(error)?.unknownCredential);
    if (current?.id !== of.id) return;
    if (GONE.has(code)) {
      await forget();
      show({ status: 'expired', id: of.id });
    } else if (code === 'sign_in.wrong_state') {
      const { data } = await wire.read(of);
      if (data !== null) await settle(data, undefined);
    }
  };

  /** Goes on with what is open. A step-up that is over begins again by itself, and the same is shown there. */
  const advance = <Code extends ErrorCode>(
    ask: (of: Authority, options: CallOptions) => Answer<SignInAnswer, Code>,
    options: CallOptions | undefined,
  ): Answer<SignIn<Kept>, Code> =>
    inTime({ input: options }, async (abort = options?.signal): Answer<SignIn<Kept>, Code> => {
      const of = await find();
      if (of === null) return failed(noSignIn());
      const answer = await alone(() => ask(of, { signal: abort }));
      if (answer.error === null) return settle(answer.data, abort);
      if (!GONE.has(answer.error.code) || restart === undefined) {
        await note(of, answer.error);
        return failed(answer.error);
      }
      const again = await restart({ signal: abort });
      if (again.error !== null) {
        await note(of, answer.error);
        return failed(answer.error);
      }
      await adopt(again.data, abort);
      const next = { id: again.data.id, secret: again.data.secret };
      const second = await alone(() => ask(next, { signal: abort }));
      if (second.error === null) return settle(second.data, abort);
      await note(next, second.error);
      return failed(second.error);
    });

  /** A question that does not change the state. */
  const question = async <T, Code extends ErrorCode>(ask: (of: Authority) => Answer<T, Code>): Answer<T, Code> => {
    const of = await find();
    if (of === null) return failed(noSignIn());
    const answer = await ask(of);
    if (answer.error !== null) await note(of, answer.error);
    return answer;
  };

  const attempt = (proof: Attempt, { trustDevice, ...options }: AttemptOptions = {}): Answer<SignIn<Kept>, AttemptSignInCode> =>
    advance((of, each) => wire.attempt(of, { ...proof, ...(trustDevice === true && { trustDevice }) }, each), options);

  const challenge = (options?: CallOptions): Answer<ChallengeAnswer, CreateSignInChallengeCode> =>
    question((of) => wire.challenge(of, 'passkey', options));

  const codes = (type: 'email_code' | 'sms_code') =>
    sentCodes<Kept>({
      ask: (options) => question((of) => wire.challenge(of, type, options)),
      note: async (id) => {
        if (!current) return;
        current = { ...current, sent: id };
        await place?.set(write(current));
      },
      sent: async () => (await find())?.sent,
      attempt,
    });

  const dialogs = passkeyDialogs<Kept>({
    state: () => state,
    known: () => (place === undefined ? Promise.resolve() : (looking ??= resume())),
    begin: (options) => wire.beginWithPasskey(mode, options),
    challenge,
    adopt,
    attempt,
  });

  const elsewhere = providerWindow({
    ask: (slug, returnTo, options) => question((of) => wire.provider(of, slug, returnTo, options)),
    standing: () => current && { id: current.id, status: state?.status },
    look: async () => {
      const of = await find();
      if (of === null) return;
      const { data, error } = await wire.read(of);
      if (error !== null) await note(of, error);
      else if (data.status !== state?.status) await settle(data, undefined);
    },
  });

  const resume = ({ id, ...options }: ResumeOptions = {}): Answer<SignIn<Kept> | null, GetSignInCode> =>
    inTime({ input: options }, async (abort = options.signal): Answer<SignIn<Kept> | null, GetSignInCode> => {
      // One that this tab began itself is known here with its secret.
      if (id !== undefined && (await find())?.id !== id) {
        current = { id };
        await place?.set(write(current));
      }
      const of = await find();
      if (of === null) return ok(state);
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
      return state;
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
      if ((await find()) === null || state?.status !== 'needs_first_factor') {
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
      const each = { listener };
      listeners.add(each);
      if (place !== undefined) looking ??= resume();
      return () => void listeners.delete(each);
    },

    adopt,
  };
}
