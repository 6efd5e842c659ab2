import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { UnavailableError } from '../../common/errors.js';
import { newId } from '../../common/ids.js';
import { Settings } from '../../config/settings.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { signedHeaders } from '../../outbound/webhook-signature.js';
import { FairQueue, originOf } from '../../throttling/fair-queue.js';
import { LegacyAnswerError, type LegacyYes, readAnswer } from './legacy-answer.js';

/** Longest wait for an answer, its body included, ms. */
const TIMEOUT_MS = 2_000;
/** After so long a client may try again, seconds. */
const RETRY_SECONDS = 5;
/** Requests at a time: the old system hashes passwords, too. */
const CONCURRENCY = 16;
/** Most sign-ins that wait for an answer or for their turn; a quarter of those that may wait for a hash, whose places they hold. */
const MAX_WAITING = 64;

/** Asks the old system whether a password is right: `POST {identifier, password}`, signed as Standard Webhooks are. */
@Injectable()
export class LegacyVerifier {
  private readonly queue = new FairQueue(CONCURRENCY, MAX_WAITING);
  private readonly logger = new Logger('LegacyVerifier');
  private readonly count: Record<'yes' | 'no' | 'failed', () => void>;
  /** Why the last request failed; null if it did not. Only changes are logged. */
  private failure: string | null = null;

  constructor(
    private readonly settings: Settings,
    metrics: MetricsService,
  ) {
    this.count = {
      yes: metrics.counter('latchkey_legacy_confirmed_total', 'Passwords that the old system confirmed.'),
      no: metrics.counter('latchkey_legacy_refused_total', 'Passwords that the old system refused.'),
      failed: metrics.counter('latchkey_legacy_failed_total', 'Requests to the old system without a usable answer.'),
    };
  }

  /** Whether there is an old system to ask. */
  get isOn(): boolean {
    return this.settings.LEGACY_VERIFY_URL !== undefined;
  }

  /** Host of the old system, for the audit log. */
  get host(): string {
    return new URL(this.settings.LEGACY_VERIFY_URL ?? '').host;
  }

  /**
   * Belongs outside a transaction.
   * @returns null if the password is wrong, or the old system knows nobody by that identifier
   * @throws UnavailableError without an answer within 2 s, or with one that is neither yes nor no; BusyError
   */
  ask(identifier: string, password: string, caller: Caller): Promise<LegacyYes | null> {
    const origin = originOf(caller);
    return this.queue.admit(origin, () => this.queue.inTurn(origin, () => this.send(identifier, password)));
  }

  /** The account in a yes cannot be stored. @returns the error to throw */
  unusable(reason: string): UnavailableError {
    return this.fail(`the account in its answer: ${reason}`);
  }

  private async send(identifier: string, password: string): Promise<LegacyYes | null> {
    const { LEGACY_VERIFY_URL: url = '', LEGACY_VERIFY_SECRET: secret = '' } = this.settings;
    const body = JSON.stringify({ identifier, password });
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...signedHeaders(`msg_${newId()}`, Math.floor(Date.now() / 1_000), body, [secret]),
        },
        body,
        // Passwords are for this address only.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const yes = await readAnswer(answer);
      this.count[yes === null ? 'no' : 'yes']();
      this.note(null);
      return yes;
    } catch (error) {
      throw this.fail(reasonOf(error));
    }
  }

  private fail(reason: string): UnavailableError {
    this.count.failed();
    this.note(reason);
    return new UnavailableError(RETRY_SECONDS);
  }

  private note(failure: string | null): void {
    if (failure === this.failure) return;
    this.failure = failure;
    if (failure === null) this.logger.log('The old system answers again');
    else this.logger.warn({ msg: 'The old system cannot be asked about passwords', reason: failure });
  }
}

/** Never the text of an error of `fetch`, which may quote the request. */
function reasonOf(error: unknown): string {
  if (error instanceof LegacyAnswerError) return error.message;
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS} ms`;
  const code = error instanceof Error ? (error.cause as { code?: unknown } | undefined)?.code : undefined;
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}
