import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../../src/audit/audit-event.js';
import { CATALOGUE } from '../../../src/capabilities.js';
import type { AuditAction } from '../../../src/common/declared.js';
import { type Fact, type PublicEvent, isPublic } from '../../../src/common/event-row.js';
import { toSchema, toWebhookEvent } from '../../../src/webhooks/events/webhook-event.js';

const SUBJECT = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a22';
const ACTOR = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';
/** What the audit log has beside the facts, and receivers never get. */
const KEPT = { ip: '203.0.113.7', userAgent: 'Spy/1', requestId: 'request-4711' };
const NOTE = 'a reason that an administrator gave';

const PUBLIC = CATALOGUE.publicActions.map((action) => [action, CATALOGUE.events[action] as PublicEvent] as const);

/** A fact as the audit log has it. */
const recorded = ({ type, example }: Fact): string | number | boolean =>
  type === 'words' ? (example as string[]).join(' ') : (example as string | number | boolean);

function recordedOf(action: AuditAction, row: PublicEvent, only: (fact: Fact) => boolean = () => true): RecordedEvent {
  const facts = Object.entries(row.facts).filter(([, fact]) => only(fact));
  const details = Object.fromEntries(facts.map(([name, fact]) => [name, recorded(fact)]));
  const about = { action, outcome: 'success', actorId: ACTOR, subjectId: SUBJECT } as const;
  return { id: '4711', occurredAt: new Date('2026-03-01T09:30:00.000Z'), ...about, ...KEPT, details: { ...details, note: NOTE, more: 7 } };
}

describe('what webhooks tell', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv, ['date-time', 'uuid']);

  it('is decided for every action, with a reason where nothing is told', () => {
    const reasons = CATALOGUE.actions.map((action) => CATALOGUE.events[action]).filter((row) => !isPublic(row));
    expect(reasons.filter((row) => !('internal' in row) || row.internal.length < 20)).toEqual([]);
    expect(PUBLIC.length).toBeGreaterThan(50);
  });

  it.each(PUBLIC)('%s: what its schema says, and nothing else of the audit log', (action, row) => {
    const validate = ajv.compile(toSchema(action, row));
    for (const only of [() => true, ({ optional }: Fact) => optional !== true]) {
      const event = toWebhookEvent(recordedOf(action, row, only), row, 3);
      expect([event, validate(event) ? [] : validate.errors]).toEqual([event, []]);
      const about = row.subject === null ? [] : row.subject === 'accountId' ? ['accountId', 'version'] : [row.subject];
      const told = Object.entries(row.facts).flatMap(([name, fact]) => (only(fact) ? [name] : []));
      expect(Object.keys(event)).toEqual(['type', 'timestamp', 'data']);
      expect(Object.keys(event.data).toSorted()).toEqual([...about, 'actorId', ...told].toSorted());
      expect(JSON.stringify(event)).not.toMatch(/Spy|203\.0|request-4711|a reason that/);
    }
  });

  it('has no fact that could be a secret or a text of people', () => {
    const names = PUBLIC.flatMap(([, { facts }]) => Object.keys(facts));
    expect(names.filter((name) => /secret|password|token|^code|mail|mobile|address|note|ip$|agent|^name/i.test(name))).toEqual([]);
    // Each new fact is looked at by somebody.
    expect([...new Set(names)].toSorted()).toMatchInlineSnapshot(`
      [
        "acr",
        "authenticatorId",
        "by",
        "clientId",
        "count",
        "created",
        "deviceId",
        "dueAt",
        "fields",
        "from",
        "host",
        "identityId",
        "invitation",
        "key",
        "left",
        "locale",
        "methods",
        "notice",
        "number",
        "proven",
        "provider",
        "reason",
        "role",
        "slug",
        "to",
        "type",
        "undone",
        "wrongCodes",
      ]
    `);
  });

  it('pins one body', () => {
    const row = CATALOGUE.events['roles.changed'] as PublicEvent;
    expect(toWebhookEvent(recordedOf('roles.changed', row), row, 5)).toEqual({
      type: 'roles.changed',
      timestamp: '2026-03-01T09:30:00.000Z',
      data: {
        accountId: SUBJECT,
        version: 5,
        actorId: ACTOR,
        from: ['user'],
        to: ['user', 'librarian'],
        invitation: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44',
      },
    });
  });
});
