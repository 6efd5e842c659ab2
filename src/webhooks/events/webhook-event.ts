import type { RecordedEvent } from '../../audit/audit-event.js';
import type { Fact, PublicEvent } from '../../common/event-row.js';

/** What a receiver gets as the body of a request. */
export interface WebhookEvent {
  type: string;
  /** When the act happened, ISO 8601. */
  timestamp: string;
  data: Record<string, unknown>;
}

/** What a receiver is told of an event: ids, and the facts that its action names; nothing else of the audit log. */
export function toWebhookEvent(event: RecordedEvent, row: PublicEvent, version: number | null): WebhookEvent {
  const { action, occurredAt, subjectId, actorId, details } = event;
  const facts = Object.entries(row.facts).flatMap(([name, fact]) => {
    const value = details[name];
    return value === undefined || value === null ? [] : [[name, toldAs(fact, value)] as const];
  });
  return {
    type: action,
    timestamp: occurredAt.toISOString(),
    data: {
      ...(row.subject === null ? {} : { [row.subject]: subjectId }),
      ...(row.subject === 'accountId' ? { version } : {}),
      actorId,
      ...Object.fromEntries(facts),
    },
  };
}

function toldAs({ type }: Fact, value: string | number | boolean): unknown {
  return type === 'words'
    ? String(value)
        .split(' ')
        .filter((word) => word !== '')
    : value;
}

/** A JSON Schema, as far as this file writes one. */
export type EventSchema = Readonly<Record<string, unknown>>;

const ID = { type: 'string', format: 'uuid' };
const EXAMPLE_ID = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

/** JSON Schema (2020-12) of what `toWebhookEvent` makes of events of the action. */
export function toSchema(action: string, { says, subject, facts }: PublicEvent): EventSchema {
  const required = Object.entries(facts).flatMap(([name, { optional }]) => (optional === true ? [] : [name]));
  const about = subject === 'accountId' ? ['accountId', 'version'] : subject === null ? [] : [subject];
  return {
    type: 'object',
    description: says,
    properties: {
      type: { type: 'string', const: action, description: 'What happened.', example: action },
      timestamp: { type: 'string', format: 'date-time', description: 'When it happened.', example: '2026-03-01T09:30:00.000Z' },
      data: {
        type: 'object',
        description: 'Whom it concerns, who did it, and short facts.',
        properties: {
          ...(subject === null
            ? {}
            : { [subject]: { ...ID, description: SUBJECTS[subject] ?? 'What the act concerned.', example: EXAMPLE_ID } }),
          ...(subject === 'accountId' ? { version: VERSION } : {}),
          actorId: ACTOR,
          ...Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, factSchema(fact)])),
        },
        required: [...about, 'actorId', ...required],
      },
    },
    required: ['type', 'timestamp', 'data'],
  };
}

const SUBJECTS: Readonly<Record<string, string>> = {
  accountId: 'The account that the act concerned.',
  webhookId: 'The webhook.',
  providerId: 'The identity provider.',
  bookId: 'The book.',
};

const VERSION = {
  type: ['integer', 'null'],
  description:
    'Version of the account after the act, as in the `ETag` of `GET /v1/users/{id}`; it only grows. Null once the account is deleted. An event with a lower version than one that you have seen is older.',
  example: 3,
};

const ACTOR = {
  type: ['string', 'null'],
  format: 'uuid',
  description: 'The account that acted; null if nobody was signed in, and for the server itself.',
  example: EXAMPLE_ID,
};

function factSchema({ type, doc: description, example }: Fact): EventSchema {
  switch (type) {
    case 'text':
      return { type: 'string', description, example };
    case 'id':
      return { ...ID, description, example };
    case 'time':
      return { type: 'string', format: 'date-time', description, example };
    case 'number':
      return { type: 'integer', description, example };
    case 'flag':
      return { type: 'boolean', description, example };
    case 'words':
      return { type: 'array', items: { type: 'string' }, description, example };
  }
}
