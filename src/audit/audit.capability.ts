import type { Capability, Declarations } from '../common/capability.js';
import { internalEvent } from '../common/event-row.js';
import { integer } from '../config/setting.js';
import { AuditPartitions9010000000000 } from './migrations/10000-audit-partitions.js';
import { AuditNotes9010200000000 } from './migrations/10200-audit-notes.js';

const declared = {
  settings: {
    AUDIT_RETENTION_DAYS: integer({
      default: 365,
      min: 30,
      max: 3_650,
      doc: 'How long the audit log keeps an event, in days.',
    }),
  },
  events: {
    'administration.read': internalEvent(
      'An administrator read data of others: accounts, sessions or the audit log.',
      'It concerns reads, which change nothing.',
    ),
    'access.denied': internalEvent(
      'A request was refused because the caller may not do that (403).',
      'It concerns requests, which anybody can send without end.',
    ),
    'request.throttled': internalEvent(
      'A request was refused because a rate limit was exhausted (429).',
      'It concerns requests, which anybody can send without end.',
    ),
    'token.refused': internalEvent(
      'An access token was refused: forged, expired, or of an ended session; or a wrong secret at `/metrics` or the webhook for mails.',
      'It concerns requests, which anybody can send without end.',
    ),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    audit: typeof declared;
  }
}

/** The audit log of authentication and administrative acts. */
export const audit = {
  name: 'audit',
  folder: import.meta.dirname,
  module: async () => (await import('./audit.module.js')).AuditModule,
  migrations: [AuditPartitions9010000000000, AuditNotes9010200000000],
  exports: { events: async () => (await import('./events.export.js')).EVENTS_EXPORT },
  ...declared,
} as const satisfies Capability;
