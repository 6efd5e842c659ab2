import { Injectable } from '@nestjs/common';
import { type Position, invalidCursor, toPage } from '../common/pagination.js';
import type { Part } from '../database/part.js';
import { inPages } from '../database/row-pages.js';
import type { AuditEvent, AuditFilter, ExportedEvent, RecordedEvent } from './audit-event.js';
import { AuditRepository } from './audit.repository.js';

/** The append-only record of every authentication and administrative act. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  /**
   * Puts an event on record, one for each of its subjects; joins the caller's transaction: what is rolled back is not on record. What
   * capabilities let follow from the event (`EventReader`) is written in the same statement.
   */
  record(event: AuditEvent): Promise<void> {
    return this.events.insert(event);
  }

  /** The same as parts of a bigger statement, for a hot path: nothing goes on record unless the part `of` returns a row. */
  recording(event: AuditEvent, of: string): Part[] {
    return this.events.parts(event, of);
  }

  /**
   * A page of the events that match, the newest first.
   * @param after position of the last event of the page before
   * @throws InvalidRequestError when it is no position in the log
   */
  async list(filter: AuditFilter, limit: number, after?: Position): Promise<{ entries: RecordedEvent[]; next: Position | null }> {
    const found = await this.events.find(filter, limit + 1, after === undefined ? undefined : readPosition(after));
    return toPage(found, limit, ({ occurredAt, id }) => [occurredAt.toISOString(), id]);
  }

  /** What happened to an account and what it did, the oldest first. */
  async *exportFor(userId: string): AsyncGenerator<ExportedEvent, void> {
    const rows = inPages<ExportedEvent & { id: string }>((last) => this.events.findPageOf(userId, last));
    for await (const { id: _, ...event } of rows) yield event;
  }

  /**
   * Leaves of an account that goes nothing but its id; joins the caller's transaction. An administrator's address stays with what
   * the administrator did to it.
   */
  forget(userId: string): Promise<void> {
    return this.events.forget(userId);
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ID = /^\d{1,18}$/;

function readPosition([occurredAt = '', id = '', ...rest]: Position): { occurredAt: string; id: string } {
  if (!TIME.test(occurredAt) || Number.isNaN(Date.parse(occurredAt)) || !ID.test(id) || rest.length > 0) throw invalidCursor();
  return { occurredAt, id };
}
