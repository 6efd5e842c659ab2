import { claimsOf, sessionOf } from '../access-token.js';
import { problems } from '../answer.js';
import type { RefreshSessionCode, StartSignInCode } from '../generated/operations.gen.js';
import { inTime } from '../http.js';
import type { RefreshedView } from '../generated/types.gen.js';
import type { Keeper } from '../keeper.js';
import type { CallOptions } from '../operation.js';
import { type LatchkeyError, type Result, failed, localError, ok, sessionChanged } from '../result.js';
import { withTokens } from '../tokens.js';
import type { Parts } from '../parts.js';
import type { SessionStorage } from '../storage.js';
import { createFlow } from './flow.js';
import type { SignIn } from './state.js';
import type { SignInAnswer, createWire } from './wire.js';

/** What a session has to be. */
export interface Demand {
  /** 2: two factors, or a passkey. */
  aal?: 1 | 2 | undefined;
  /** How long ago the last proof may be, seconds. */
  maxAgeSeconds?: number | undefined;
}

export type Flow<Kept extends { accessToken: string }> = ReturnType<typeof createFlow<Kept>>;

/** A step-up that waits for a person. A new object at each change. */
export interface OpenStepUp<Kept extends { accessToken: string }> {
  /** What to show them. */
  state: SignIn<Kept>;
  /** What to call with what they show. `cancel` gives up: the refused calls fail as they did. */
  signIn: Flow<Kept>;
}

interface StepUpParts<Kept extends { accessToken: string }> {
  parts: Parts;
  wire: ReturnType<typeof createWire>;
  device: SessionStorage;
  onStepUp: ((signIn: Flow<Kept>) => unknown) | undefined;
  /** Calls when the session ends or another takes its place. */
  watch: ((listener: (session: { accessToken: string } | null) => void) => () => void) | undefined;
}

/** Codes of the failures of a step-up; those of its attempts are the dialog's. */
export type StepUpCode = StartSignInCode | RefreshSessionCode;

/** What becomes of a step-up: the tokens of the raised session, or why there are none. */
type Ended<Kept> = Result<{ session: Kept; accessToken: string }, StepUpCode>;

/** Tolerated difference of clocks, seconds: rather once too often than not at all. */
const LEEWAY_SECONDS = 10;

/** Raises the session: one step-up at a time, which all refused calls share. */
export function createStepUps<Kept extends { accessToken: string }>({ parts, wire, device, onStepUp, watch }: StepUpParts<Kept>) {
  const keeper = parts.keeper as Keeper<Kept>;
  const listeners = new Set<{ listener: () => void }>();
  let open: { of: string; flow: Flow<Kept>; ended: Promise<Ended<Kept>> } | undefined;
  let shown: OpenStepUp<Kept> | null = null;

  const show = (flow: Flow<Kept> | null): void => {
    const state = flow?.state;
    shown = flow && state ? { state, signIn: flow } : null;
    for (const { listener } of listeners) listener();
  };

  const run = async (accessToken: string, demand: Demand, opened: (flow: Flow<Kept>) => void): Promise<Ended<Kept>> => {
    const of = sessionOf(accessToken);
    let raised: string | undefined;
    /** Asks with the token as it is by now; it may have been exchanged while the dialog was open. */
    const begin = async (options?: CallOptions): Promise<Result<SignInAnswer, StepUpCode>> => {
      const session = await keeper.fresh();
      if (session.error !== null) return failed(session.error);
      if (sessionOf(session.data.accessToken) !== of) return failed(sessionChanged());
      const { aal: requiredAal, maxAgeSeconds: maxAge } = demand;
      // Its secret stays in this page: the few sign-ins of which a browser has cookies are left alone.
      const body = { purpose: 'step_up', requiredAal, maxAge, mode: 'tokens' } as const;
      return wire.begin(body, { ...options, token: session.data.accessToken });
    };
    const begun = await inTime({}, (signal) => begin({ signal }));
    if (begun.error !== null) return failed(begun.error);

    let settle: (ended: Ended<Kept>) => void = () => {};
    const ended = new Promise<Ended<Kept>>((resolve) => (settle = resolve));
    const flow: Flow<Kept> = createFlow<Kept>({
      wire,
      keeper,
      mode: 'tokens',
      device,
      restart: begin,
      async accept(tokens) {
        const good = withTokens<RefreshedView, never>(ok(tokens), true);
        if (good.error !== null) return failed(good.error);
        raised = good.data.accessToken;
        return keeper.raise(good.data);
      },
      onChange() {
        show(flow);
        const { state } = flow;
        if (state?.status === 'complete') settle(ok({ session: state.session, accessToken: raised ?? state.session.accessToken }));
        else if (state === null) settle(failed(localError('client.aborted', 'The step-up was cancelled.')));
      },
    });
    const stopWatching = watch?.((session) => {
      if (session === null || sessionOf(session.accessToken) !== of) flow.cancel();
    });
    opened(flow);
    await flow.adopt(begun.data, undefined);
    void present(flow);
    return ended.finally(() => {
      stopWatching?.();
      show(null);
    });
  };

  /** Has the app show it. A promise of the app's ends together with the dialog. */
  const present = async (flow: Flow<Kept>): Promise<void> => {
    try {
      const dialog = onStepUp?.(flow);
      if (!isPromise(dialog)) return;
      await dialog;
    } catch {
      // As if it were closed.
    }
    flow.cancel();
  };

  const stepUp = (accessToken: string, demand: Demand): Promise<Ended<Kept>> => {
    const of = sessionOf(accessToken);
    if (open?.of === of) return open.ended;
    open?.flow.cancel();
    let flow: Flow<Kept> | undefined;
    const ended = run(accessToken, demand, (made) => (flow = made)).finally(() => {
      if (open === mine) open = undefined;
    });
    const mine = {
      of,
      ended,
      get flow() {
        return flow ?? ({ cancel: () => {} } as Flow<Kept>);
      },
    };
    open = mine;
    return ended;
  };

  // Without anybody to show it, calls fail as they did before.
  parts.api.raise = async (refusal, refused, signal) => {
    if (onStepUp === undefined && listeners.size === 0) return null;
    const ended = await orAborted(stepUp(refused, demandOf(refusal)), signal);
    return ended?.data?.accessToken ?? null;
  };

  return Object.assign(
    /**
     * Has the person prove again, or more strongly, who they are, unless the session says that they have. Shown by `onStepUp`, or by whatever
     * listens. Resolves when it is done; cancelled it is `client.aborted`.
     */
    async function (demand: Demand = {}, options?: CallOptions): Promise<Result<{ session: Kept }, StepUpCode>> {
      const session = await inTime({ input: options }, () => keeper.fresh());
      if (session.error !== null) return failed(session.error);
      const { accessToken } = session.data;
      if (isMet(accessToken, demand)) return ok({ session: session.data });
      const ended = await orAborted(stepUp(accessToken, demand), options?.signal);
      if (ended === null) return failed(localError('client.aborted', 'The call was cancelled.'));
      return ended.error === null ? ok({ session: ended.data.session }) : failed(ended.error);
    },
    {
      /** The step-up that waits for a person now. */
      current: (): OpenStepUp<Kept> | null => shown,

      /**
       * Calls the listener when a step-up begins, changes and ends. Whoever listens shows it.
       * @returns what ends the calls
       */
      onChange(listener: () => void): () => void {
        const each = { listener };
        listeners.add(each);
        return () => void listeners.delete(each);
      },
    },
  );
}

/** What the server wants, as it says (RFC 9470 §3). */
function demandOf(refusal: LatchkeyError): Demand {
  const { acrValues, maxAge } = problems.get(refusal) ?? {};
  const [, level] = /aal(\d)$/.exec(acrValues ?? '') ?? [];
  return {
    ...(level === undefined ? {} : { aal: level === '1' ? 1 : 2 }),
    maxAgeSeconds: maxAge,
  };
}

function isMet(accessToken: string, { aal, maxAgeSeconds }: Demand): boolean {
  const { acr, auth_time: authTime = 0, recovered } = claimsOf(accessToken);
  const level = recovered === true ? 1 : Number(/aal(\d)$/.exec(acr ?? '')?.[1] ?? 0);
  const isRecent = maxAgeSeconds === undefined || Date.now() / 1_000 - authTime + LEEWAY_SECONDS <= maxAgeSeconds;
  return (aal !== undefined || maxAgeSeconds !== undefined) && level >= (aal ?? 0) && isRecent;
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (signal === undefined) return work;
  if (signal.aborted) return null;
  let end = (): void => {};
  const aborted = new Promise<null>((resolve) => {
    end = () => resolve(null);
    signal.addEventListener('abort', end);
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', end));
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
