import type { Capability, ErrorRow, EventReader, MailRow, PurposeRow } from './capability.js';
import { type EventRow, isPublic } from './event-row.js';
import type { ExportParts } from './export-part.js';
import type {
  AuditAction,
  ChallengePurpose,
  ErrorCode,
  FieldRule,
  LimitName,
  LimitSetting,
  MailKind,
  PurposeEvent,
  PurposeMail,
  Views,
} from './declared.js';

type RowsOf<Kind extends keyof Capability> = NonNullable<Capability[Kind]>;

/** All rows of one kind. @throws Error if two capabilities declare the same name */
export function rowsOf<
  Kind extends
    | 'errors'
    | 'rules'
    | 'settings'
    | 'limits'
    | 'events'
    | 'purposes'
    | 'sessionEnds'
    | 'mails'
    | 'pages'
    | 'exports'
    | 'untold',
>(capabilities: readonly Capability[], kind: Kind): RowsOf<Kind> {
  const all = new Map<string, unknown>();
  for (const capability of capabilities) {
    for (const [name, row] of Object.entries(capability[kind] ?? {})) {
      if (all.has(name)) throw new Error(`${capability.name} declares ${name}, which is declared already (${kind})`);
      all.set(name, row);
    }
  }
  return Object.fromEntries(all) as RowsOf<Kind>;
}

/** What a code or link is good for. */
export interface Purpose extends PurposeRow {
  mail: PurposeMail;
  event: PurposeEvent;
}

/** A template that belongs to a capability. */
export interface Template {
  name: string;
  /** Folder that contains `mails/` and `pages/`. */
  folder: string;
}

/** The declarations of all capabilities, for rooms that serve every capability without knowing any. */
export class Catalogue {
  readonly errors: Readonly<Record<ErrorCode, ErrorRow>>;
  /** Every rule that a field can break, with its sentence. */
  readonly rules: Readonly<Record<FieldRule, string>>;
  readonly limits: Readonly<Record<LimitName, LimitSetting>>;
  /** Every action of the audit log. */
  readonly events: Readonly<Record<AuditAction, EventRow>>;
  readonly actions: readonly AuditAction[];
  /** The actions that webhooks tell, by name. */
  readonly publicActions: readonly AuditAction[];
  readonly eventReaders: readonly EventReader[];
  readonly purposes: Readonly<Record<ChallengePurpose, Purpose>>;
  readonly mails: ReadonlyMap<MailKind, MailRow & Template>;
  readonly pages: ReadonlyMap<keyof Views, Template>;
  readonly exports: ExportParts;
  /** Names of all migrations. */
  readonly migrations: readonly string[];

  constructor(capabilities: readonly Capability[]) {
    this.errors = rowsOf(capabilities, 'errors');
    this.rules = rowsOf(capabilities, 'rules');
    this.limits = rowsOf(capabilities, 'limits') as typeof this.limits;
    this.events = rowsOf(capabilities, 'events');
    this.actions = Object.keys(this.events) as AuditAction[];
    this.publicActions = this.actions.filter((action) => isPublic(this.events[action])).toSorted();
    this.eventReaders = capabilities.flatMap(({ eventReaders = [] }) => eventReaders);
    this.purposes = rowsOf(capabilities, 'purposes') as typeof this.purposes;
    this.mails = templates(capabilities, 'mails') as ReadonlyMap<MailKind, MailRow & Template>;
    this.pages = templates(capabilities, 'pages') as ReadonlyMap<keyof Views, Template>;
    this.exports = rowsOf(capabilities, 'exports');
    this.migrations = capabilities.flatMap(({ migrations = [] }) => migrations.map(({ name }) => name));
  }
}

function templates(capabilities: readonly Capability[], kind: 'mails' | 'pages'): ReadonlyMap<string, Template> {
  rowsOf(capabilities, kind);
  return new Map(
    capabilities.flatMap(({ folder, ...capability }) =>
      Object.entries(capability[kind] ?? {}).map(([name, row]) => [name, { ...row, name, folder }] as const),
    ),
  );
}
