/** First and longest wait between two attempts, ms. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** One row of attempts, for all who want to know at the time. */
interface Asking<T> {
  known: Promise<T>;
  wake: () => void;
  stop: () => void;
  waiting: number;
}

/** Asks until there is an answer: at once, after 1 s, 2 s and so on up to every 30 s, and whenever it may be known. */
export class UntilKnown<T> {
  private asking: Asking<T> | undefined;

  /** @param ask answers undefined as long as it is not known */
  constructor(private readonly ask: () => Promise<T | undefined>) {}

  /** @returns the answer, and what ends the wait for it; nobody asks any more when all have left */
  join(): { known: Promise<T>; leave: () => void } {
    const asking = (this.asking ??= this.start());
    asking.waiting += 1;
    const leave = (): void => {
      asking.waiting -= 1;
      if (asking.waiting === 0) asking.stop();
    };
    return { known: asking.known, leave };
  }

  /** It may be known by now. */
  wake(): void {
    this.asking?.wake();
  }

  private start(): Asking<T> {
    let isWanted = true;
    let isUnderWay = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitMs = FIRST_MS;
    const stop = (): void => {
      isWanted = false;
      clearTimeout(timer);
      if (this.asking === asking) this.asking = undefined;
    };
    const { promise: known, resolve } = deferred<T>();
    const attempt = async (): Promise<void> => {
      if (isUnderWay) return;
      isUnderWay = true;
      clearTimeout(timer);
      const answer = await this.ask();
      isUnderWay = false;
      if (!isWanted) return;
      if (answer !== undefined) {
        stop();
        return resolve(answer);
      }
      timer = setTimeout(() => void attempt(), waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_MS);
      // Node.js would stay alive for it.
      (timer as { unref?: () => void }).unref?.();
    };
    const asking = { known, wake: () => void attempt(), stop, waiting: 0 };
    asking.wake();
    return asking;
  }
}

/** `Promise.withResolvers` for browsers that lack it. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
