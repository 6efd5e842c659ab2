import type { VerifierError, VerifierReason } from './errors.js';

/** What is wrong at the moment. Tells of each problem once, for as long as it lasts. */
export class Status {
  private readonly problems = new Map<string, VerifierError>();
  private readonly watchers = new Set<() => void>();

  constructor(private readonly tell: (problem: VerifierError) => void) {}

  /** The newest problem; null if all is well. */
  get problem(): VerifierError | null {
    return [...this.problems.values()].at(-1) ?? null;
  }

  /** A setting that is wrong, so that no token can be checked. */
  get misconfiguration(): VerifierError | undefined {
    if (this.problems.size === 0) return undefined;
    return [...this.problems.values()].find(({ code }) => code === 'verifier.misconfigured');
  }

  report(problem: VerifierError): void {
    const key = `${problem.code} ${problem.reason}`;
    if (this.problems.has(key)) return;
    this.problems.set(key, problem);
    queueMicrotask(() => {
      try {
        this.tell(problem);
      } catch (error) {
        // eslint-disable-next-line no-console -- a hook that throws stops neither the verifier nor the process
        console.error('@latchkey/verifier: onProblem has thrown', error);
      }
    });
    this.changed();
  }

  /** The problems of these kinds are over. */
  resolve(...reasons: readonly VerifierReason[]): void {
    for (const [key, { reason }] of this.problems) if (reason !== undefined && reasons.includes(reason)) this.problems.delete(key);
    this.changed();
  }

  /** @returns a function that stops watching */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
