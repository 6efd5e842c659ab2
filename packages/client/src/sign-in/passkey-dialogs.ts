import type { CallOptions } from '../operation.js';
import { type LatchkeyError, type LocalErrorCode, type Result, failed, localError, ok, unexpected } from '../result.js';
import type { AttemptOptions } from './flow-options.js';
import type { SignIn } from './state.js';
import { type CredentialJson, getPasskey, hasAutofill, hasPasskeys, undisturbed } from './webauthn.js';
import type { Attempt, ChallengeAnswer, SignInAnswer } from './wire.js';

/** How long before its end a question in the autofill is replaced by a new one, ms: choosing takes a moment. */
const MARGIN_MS = 30_000;

/** A server that has no passkeys, or does not know of them. */
const WITHOUT: ReadonlySet<string> = new Set(['auth.method_disabled', 'route.not_found']);

interface DialogParts<Kept> {
  state: () => SignIn<Kept> | null;
  /** Until it is known whether one is open from before a reload, which goes on instead of another one. */
  known: () => Promise<unknown>;
  /** A sign-in of its own, with its question. */
  begin: (options: CallOptions) => Promise<Result<SignInAnswer>>;
  /** A question of the one that is open. */
  challenge: (options: CallOptions) => Promise<Result<ChallengeAnswer>>;
  adopt: (answer: SignInAnswer, signal: AbortSignal | undefined) => Promise<Result<SignIn<Kept>>>;
  attempt: (proof: Attempt, options: AttemptOptions) => Promise<Result<SignIn<Kept>>>;
}

/**
 * Asks browsers for passkeys, in a dialog or in the autofill of a field. Both share one question: in cookie mode a browser keeps few open
 * sign-ins, and each further one takes the place of the oldest.
 */
export function passkeyDialogs<Kept>({ state, known, begin, challenge, adopt, attempt }: DialogParts<Kept>) {
  let autofilling: AbortController | undefined;
  /** The question that nobody has answered yet. */
  let kept: { asked: Promise<Asked>; until: number } | undefined;
  /** What is under way, and begins a sign-in or goes on with one: the autofill waits for it. */
  let busy: Promise<unknown> | undefined;

  const isOpen = (): boolean => state()?.status.startsWith('needs_') === true;

  const question = (): Promise<Asked> => {
    if (kept !== undefined && kept.until > Date.now()) return kept.asked;
    const asked = begin({}).then(begunWith);
    const mine = { asked, until: Number.POSITIVE_INFINITY };
    kept = mine;
    void asked.then(({ data }) => (mine.until = data === null ? 0 : Date.parse(data.expiresAt) - MARGIN_MS));
    return asked;
  };

  const endAutofill = (): void => {
    kept = undefined;
    autofilling?.abort();
  };

  /** The sign-in becomes the open one when its passkey was chosen, and not before: another may be under way meanwhile. */
  const answer = async (begun: SignInAnswer | null, challengeId: string, credential: CredentialJson, options: AttemptOptions) => {
    const { signal } = options;
    if (begun !== null) {
      const adopted = await adopt(begun, signal);
      if (adopted.error !== null) return adopted;
    }
    return attempt({ challengeId, credential }, options);
  };

  const show = async (options: AttemptOptions): Promise<Result<SignIn<Kept>>> => {
    const { signal } = options;
    await known();
    const asked = isOpen() ? { begun: null, ...(await challenge({ signal })) } : await question();
    if (asked.error !== null) return failed(asked.error);
    const { id, publicKey } = asked.data;
    if (publicKey === undefined) return failed(unexpected());
    const chosen = await getPasskey(publicKey, { signal });
    return chosen.error === null ? answer(asked.begun, id, chosen.data, options) : failed(chosen.error);
  };

  /** Does work after a question that is on its way, and keeps the autofill from another one meanwhile. */
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const run = async (): Promise<T> => {
      await kept?.asked;
      return work();
    };
    const done = run();
    const mine = done.then(
      () => {},
      () => {},
    );
    busy = mine;
    try {
      return await done;
    } finally {
      if (busy === mine) busy = undefined;
    }
  };

  const ask = async (options: AttemptOptions = {}): Promise<Result<SignIn<Kept>>> =>
    hasPasskeys()
      ? during(() => show(options))
      : failed(localError('client.passkey_unsupported', 'This browser cannot use passkeys here.'));

  const autofill = async ({ signal, ...options }: AttemptOptions): Promise<Result<SignIn<Kept> | null>> => {
    if (!(await hasAutofill())) return ok(null);
    const controller = new AbortController();
    const end = (): void => controller.abort();
    signal?.addEventListener('abort', end);
    autofilling = controller;
    try {
      await known();
      for (;;) {
        while (busy !== undefined) await busy;
        await undisturbed();
        await seen(controller.signal);
        if (signal?.aborted === true || controller.signal.aborted || isOpen()) return ok(null);
        if (busy !== undefined) continue;
        const asked = await question();
        if (asked.error !== null) return WITHOUT.has(asked.error.code) ? ok(null) : failed(asked.error);
        const { id, publicKey, expiresAt } = asked.data;
        if (publicKey === undefined) return failed(unexpected());
        if (busy !== undefined) continue;
        const chosen = await offer(publicKey, Date.parse(expiresAt) - Date.now() - MARGIN_MS, controller.signal);
        if (chosen.error === null) return await answer(asked.begun, id, chosen.data, { ...options, signal });
        // Ended by its time, or by a dialog of another kind: after that it goes on.
        if (chosen.error.code !== 'client.aborted') return failed(chosen.error);
      }
    } finally {
      signal?.removeEventListener('abort', end);
    }
  };

  return { ask, autofill, during, endAutofill };
}

/** In the autofill, until somebody chooses or the time is over. */
async function offer(publicKey: NonNullable<ChallengeAnswer['publicKey']>, milliseconds: number, signal: AbortSignal) {
  const patience = new AbortController();
  const end = (): void => patience.abort();
  signal.addEventListener('abort', end);
  const timer = setTimeout(end, milliseconds);
  try {
    return await getPasskey(publicKey, { mediation: 'conditional', signal: patience.signal });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Until the page is in front: in the back nobody chooses, and questions would be asked for hours. */
function seen(signal: AbortSignal): Promise<void> {
  if (document.visibilityState !== 'hidden' || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === 'hidden' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
  });
}

type Asked =
  | { begun: SignInAnswer; data: ChallengeAnswer; error: null }
  | { begun: null; data: null; error: LatchkeyError | LatchkeyError<LocalErrorCode> };

function begunWith({ data, error }: Result<SignInAnswer>): Asked {
  if (error !== null) return { begun: null, data: null, error };
  return data.challenge === undefined
    ? { begun: null, data: null, error: unexpected() }
    : { begun: data, data: data.challenge, error: null };
}
