import { problems } from '../answer.js';
import { inTime } from '../http.js';
import type { CallOptions } from '../operation.js';
import { type ErrorCode, type LatchkeyError, type Result, failed, ok, unexpected } from '../result.js';
import type { FlowParts } from './flow-options.js';
import { read, write } from './places.js';
import { noSignIn } from './sent-codes.js';
import type { SignIn } from './state.js';
import { signalAccount, signalUnknown } from './webauthn.js';
import type { Authority, SignInAnswer } from './wire.js';

type Answer<T, Code extends ErrorCode = ErrorCode> = Promise<Result<T, Code>>;

/** Codes after which a sign-in is no more. */
export const GONE: ReadonlySet<string> = new Set(['sign_in.expired', 'sign_in.not_found']);

/**
 * The sign-in that is open, if any: how it stands, what allows to go on with it, and what answers of the server make of both.
 * @param beforeAdopting called before another one takes its place
 */
export function openSignIn<Kept extends { accessToken: string }>(flowParts: FlowParts<Kept>, beforeAdopting: () => void) {
  const { wire, keeper, mode, place, device, restart, accept } = flowParts;
  let state: SignIn<Kept> | null = null;
  /** Undefined until it was looked for. */
  let current: Authority | null | undefined;
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
    beforeAdopting();
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

  return {
    get state(): SignIn<Kept> | null {
      return state;
    },
    /** What is known of the sign-in without looking for it. */
    get authority(): Authority | null | undefined {
      return current;
    },
    find,
    /** Notes by what one goes on with it, for this page and after a reload. */
    async keep(authority: Authority): Promise<void> {
      current = authority;
      await place?.set(write(authority));
    },
    forget,
    show,
    alone,
    settle,
    adopt,
    note,
    advance,
    question,
    /** Calls the listener at each change. @returns what ends the calls */
    listen(listener: (state: SignIn<Kept> | null) => void): () => void {
      const each = { listener };
      listeners.add(each);
      return () => void listeners.delete(each);
    },
  };
}
