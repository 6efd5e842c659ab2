import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { AuditAction } from '../common/declared.js';
import { DatabaseService } from '../database/database.service.js';
import { networkOf } from '../throttling/client-network.js';
import type { AuditEvent } from './audit-event.js';
import { AuditService } from './audit.service.js';

/** Length of the windows in which equal events are counted, ms. */
const WINDOW_MS = 60_000;

/** How often events are written, ms: outside the requests, which must not cost more for being refused. */
const WRITE_MS = 1_000;

/** Most events that wait to be written, while the database does not answer. */
const MAX_WAITING = 2_000;

/** Different events of one action that are told apart within a window; further ones are only counted. */
const MAX_DIFFERENT = 20;

/** One event of the window. */
interface Noted {
  event: AuditEvent;
  /** How many equal ones followed. */
  more: number;
}

/**
 * Events that anybody can cause without end, such as refused requests. Within a minute the first of each action, reason and network (or
 * account) goes on record within a second; at the end of the minute one more event says how many followed (`details.more`). Beyond 20 networks and
 * accounts the rest shares one event (`details.others`). So a flood adds at most 41 rows per action, minute and node.
 */
@Injectable()
export class BoundedEvents implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Audit');
  private noted = new Map<string, Noted>();
  private different = new Map<AuditAction, number>();
  private windowEndsAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private waiting: AuditEvent[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly audit: AuditService,
    private readonly database: DatabaseService,
  ) {
    audit.onForget((userId) => this.forget(userId));
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.endWindow();
      void this.writeWaiting();
    }, WRITE_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /**
   * Counts an event, and records it if it is the first of its kind within the minute. Waits for nothing, and never fails; not part of the
   * caller's transaction, which a refusal rolls back.
   * @param event one subject at most; equal details make equal events
   * @param maxDifferent of the action within a minute, accounts and networks together
   */
  note(event: AuditEvent, maxDifferent: number = MAX_DIFFERENT): void {
    this.endWindow();
    const key = keyOf(event);
    const known = this.noted.get(key);
    if (known !== undefined) {
      known.more += 1;
      return;
    }
    const different = this.different.get(event.action) ?? 0;
    if (different >= maxDifferent) this.countAmongOthers(event);
    else {
      this.different.set(event.action, different + 1);
      this.noted.set(key, { event, more: 0 });
      this.add(event);
    }
  }

  /** Ends the minute now, and waits until everything is on record. */
  async flush(): Promise<void> {
    this.windowEndsAt = 0;
    this.endWindow();
    await this.writing;
    await this.writeWaiting();
  }

  private countAmongOthers({ action, outcome }: AuditEvent): void {
    const key = `${action} others`;
    const known = this.noted.get(key);
    if (known !== undefined) known.more += 1;
    else this.noted.set(key, { event: { action, outcome, subjectId: null, details: { others: true } }, more: 1 });
  }

  private endWindow(): void {
    const now = performance.now();
    if (now < this.windowEndsAt) return;
    this.windowEndsAt = now + WINDOW_MS;
    const ended = this.noted;
    this.noted = new Map();
    this.different = new Map();
    for (const { event, more } of ended.values()) if (more > 0) this.add(summaryOf(event, more));
  }

  private add(event: AuditEvent): void {
    if (this.waiting.length < MAX_WAITING) this.waiting.push(event);
  }

  private writeWaiting(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
    return this.writing;
  }

  /** One at a time: this must not take the connections of requests. */
  private async writeAll(): Promise<void> {
    for (let event = this.waiting.shift(); event !== undefined; event = this.waiting.shift()) {
      const next = event;
      try {
        await this.database.apart(() => this.audit.record(next));
      } catch (error) {
        this.logger.warn(`An event could not be put on record (${next.action}): ${(error as Error).message}`);
      }
    }
  }

  /** An account is deleted: its addresses must not be written afterwards. */
  private forget(userId: string): void {
    this.waiting = this.waiting.map((event) =>
      event.actorId === userId || event.subjectId === userId ? { ...event, caller: undefined } : event,
    );
  }
}

function keyOf({ action, outcome, actorId, subjectId, caller, details }: AuditEvent): string {
  const who = actorId ?? (caller === undefined ? '' : networkOf(caller.ip));
  return JSON.stringify([action, outcome, who, subjectId ?? null, details ?? {}]);
}

/** Without the address where an account is named: the account may be deleted by now, and its addresses with it. */
function summaryOf(event: AuditEvent, more: number): AuditEvent {
  const { caller, actorId = null, subjectId = null } = event;
  const isNamed = actorId !== null || subjectId !== null;
  return {
    ...event,
    caller: isNamed || caller === undefined ? undefined : { ...caller, userAgent: null },
    details: { ...event.details, more },
  };
}
