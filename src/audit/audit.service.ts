import { Injectable } from '@nestjs/common';
import { type Position, invalidCursor, toPage } from '../common/pagination.js';
import type { Part } from '../database/part.js';
import { inPages } from '../database/row-pages.js';
import type { AuditEvent, AuditFilter, EventKey, ExportedEvent, RecordedEvent } from './audit-event.js';
import { AuditRepository } from './audit.repository.js';

/** The append-only log of authentication and administrative acts. */
@Injectable()
export class AuditService {
  private readonly forgetters: ((userId: string) => void)[] = [];

  constructor(private readonly events: AuditRepository) {}

  /** Calls `forget` when an account goes, for events that are not on record yet. */
  onForget(forget: (userId: string) => void): void {
    this.forgetters.push(forget);
  }

  /**
   * Records an event, one row for each of its subjects; joins the caller's transaction, so an act that is rolled back is not recorded. The
   * same statement writes what capabilities derive from the event (`EventReader`).
   */
  record(event: AuditEvent): Promise<void> {
    return this.events.insert(event);
  }

  /** The same as parts of a bigger statement, for hot paths. Nothing is recorded unless the part named `of` returns a row. */
  recording(event: AuditEvent, of: string): Part[] {
    return this.events.parts(event, of);
  }

  /**
   * One page of the matching events, newest first.
   * @param after position of the last event of the previous page
   * @throws InvalidRequestError if `after` is not a position in the log
   */
  async list(filter: AuditFilter, limit: number, after?: Position): Promise<{ entries: RecordedEvent[]; next: Position | null }> {
    const found = await this.events.find(filter, limit + 1, after === undefined ? undefined : readPosition(after));
    return toPage(found, limit, ({ occurredAt, id }) => [occurredAt.toISOString(), id]);
  }

  /** The events with these ids and times, in any order; those that are no longer on record are missing. */
  findByKeys(keys: readonly EventKey[]): Promise<RecordedEvent[]> {
    return this.events.findByKeys(keys);
  }

  /** Events in which the account acted or was acted on, oldest first. */
  async *exportFor(userId: string): AsyncGenerator<ExportedEvent, void> {
    const rows = inPages<ExportedEvent & { id: string }>((last) => this.events.findPageOf(userId, last));
    for await (const { id: _, ...event } of rows) yield event;
  }

  /**
   * Removes personal data from the events of an account that is being deleted; only its id stays. Joins the caller's transaction. When an
   * administrator acted on the account, the administrator's address stays.
   */
  forget(userId: string): Promise<void> {
    for (const forget of this.forgetters) forget(userId);
    return this.events.forget(userId);
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ID = /^\d{1,18}$/;

function readPosition([occurredAt = '', id = '', ...rest]: Position): { occurredAt: string; id: string } {
  if (!TIME.test(occurredAt) || Number.isNaN(Date.parse(occurredAt)) || !ID.test(id) || rest.length > 0) throw invalidCursor();
  return { occurredAt, id };
}
