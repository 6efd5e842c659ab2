import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { Settings } from '../config/settings.js';
import { DatabaseClock } from '../database/feed/database-clock.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { Outbound } from '../outbound/outbound.service.js';
import { OutboundError } from '../outbound/outbound-error.js';
import { signedHeaders } from '../outbound/webhook-signature.js';
import { HookAnswerError, type HookDecision, readDecision } from './hook-answer.js';
import type { HookName } from './hook-request.js';

/** Longest wait for an answer: name, connection, answer and body together, ms. Somebody waits for it. */
export const HOOK_TIMEOUT_MS = 2_000;

/** Longest answer that is read, bytes: claims have 1 KiB at most. */
const MAX_ANSWER_BYTES = 8 * 1_024;

/** Connections to a host; further requests wait for one, within their two seconds. */
const MAX_CONNECTIONS = 64;

const KEPT = { keepAlive: true, maxSockets: MAX_CONNECTIONS };

/** Sends single requests to hooks, on connections that stay open for the next one. */
@Injectable()
export class HookRequests implements OnModuleDestroy {
  private readonly logger = new Logger('Hooks');
  private readonly agents = { 'http:': new HttpAgent(KEPT), 'https:': new HttpsAgent(KEPT) };
  private readonly measure: (labels: { hook: HookName; outcome: string }, seconds: number) => void;
  /** Why the last request failed, by hook. Only changes are logged. */
  private readonly failures = new Map<HookName, string | null>();

  constructor(
    private readonly outbound: Outbound,
    private readonly settings: Settings,
    private readonly clock: DatabaseClock,
    metrics: MetricsService,
  ) {
    this.measure = metrics.histogram('latchkey_hook_duration_seconds', 'Time until a hook answered, by hook and outcome.', [
      'hook',
      'outcome',
    ]);
  }

  onModuleDestroy(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  /** @returns the decision, or in words why there is none */
  async ask(hook: HookName, address: string, data: object): Promise<HookDecision | { reason: string }> {
    const startedAt = performance.now();
    const done = <T>(outcome: string, result: T, failure: string | null): T => {
      this.measure({ hook, outcome }, (performance.now() - startedAt) / 1_000);
      this.note(hook, failure);
      return result;
    };
    try {
      const decision = await readDecision(hook, await this.send(hook, address, data));
      return done(decision.allows ? 'allowed' : 'denied', decision, null);
    } catch (error) {
      const reason = reasonOf(error);
      return done('failed', { reason }, reason);
    }
  }

  private send(type: HookName, address: string, data: object): Promise<Response> {
    const now = this.clock.now();
    const body = JSON.stringify({ type, timestamp: new Date(now).toISOString(), data });
    const { protocol } = new URL(address);
    return this.outbound.fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Latchkey-Hooks/1',
        ...signedHeaders(newId(), Math.floor(now / 1_000), body, this.settings.HOOK_SECRETS),
      },
      body,
      timeoutMs: HOOK_TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      agent: protocol === 'http:' ? this.agents['http:'] : this.agents['https:'],
    });
  }

  private note(hook: HookName, failure: string | null): void {
    const before = this.failures.get(hook) ?? null;
    this.failures.set(hook, failure);
    if (failure === before) return;
    if (failure === null) this.logger.log({ msg: 'The hook answers again', hook });
    else this.logger.warn({ msg: 'The hook gives no usable answer', hook, reason: failure });
  }
}

/** Never the text of an error that may quote the address, which may have a secret in it. */
function reasonOf(error: unknown): string {
  if (error instanceof HookAnswerError) return error.message;
  if (!(error instanceof OutboundError)) return 'the request failed';
  const { code } = (error.cause ?? {}) as { code?: unknown };
  switch (error.reason) {
    case 'refused':
      return 'its address is not public';
    case 'timeout':
      return `no answer within ${HOOK_TIMEOUT_MS} ms`;
    case 'too-large':
      return `its answer is longer than ${MAX_ANSWER_BYTES} bytes`;
    case 'unreachable':
      return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
  }
}
