import type { AuditAction, SettingValues } from './declared.js';
import type { ExportParts } from './export-part.js';

/** How one environment variable is read, checked and documented. */
export interface Setting<T> {
  doc: string;
  /** Turns the text into a value; throws an Error whose message completes "NAME must be …". */
  parse(text: string): T;
  /** Default outside production; `undefined` when there is none. */
  default?: T;
  /** Default in production, where it differs. */
  production?: T;
  /** Whether production does not start without it. */
  requiredInProduction?: boolean;
  example?: string;
  /** How a value is written, where that is not plain text. */
  show?(value: T): string;
  /** May also come as `NAME_FILE`, and is never printed. */
  secret?: boolean;
  /** The secrets in a value that keys are made of, by what they are called; in production each has to be strong. */
  keyMaterial?(name: string, value: T): Readonly<Record<string, string>>;
  /** What is wrong with the value beside the others, one line each that begins with a setting's name. */
  check?(value: T, all: Readonly<Record<string, unknown>>): readonly string[];
}

/**
 * What a failure is about, as far as a wire contract tells failures apart. A contract answers every kind, so a new kind does not
 * compile until each contract has a row for it.
 */
export type ErrorKind =
  | 'bad-request'
  | 'too-large'
  | 'unsupported-media-type'
  | 'throttled'
  | 'unknown-route'
  | 'wrong-method'
  | 'not-found'
  | 'token-missing'
  | 'token-invalid'
  | 'token-expired'
  | 'token-revoked'
  | 'refresh-token-invalid'
  | 'forbidden'
  | 'bad-credentials'
  | 'not-allowed-yet'
  | 'code-invalid'
  | 'code-expired'
  | 'taken'
  | 'conflict'
  | 'storage-full'
  | 'unavailable'
  | 'unexpected';

/** An expected failure: how the API shows it, what an app does about it, and how contracts and pages see it. */
export interface ErrorRow {
  /** HTTP status under `/v1`. */
  status: number;
  /** The same for every occurrence (RFC 9457 §3.1.3). */
  title: string;
  kind: ErrorKind;
  /** For developers of apps: what to do. */
  advice: string;
  /** What the reader of a mail is told on a page. Default: `title` and the error's own sentence. */
  page?: { title: string; advice: readonly string[]; status?: number };
}

/** What a code or link is good for. */
export interface PurposeRow {
  /** Path of the page behind the link; null where a code is texted and there is no link. */
  page: string | null;
  /** The mail that carries code and link; null where a code is texted. */
  mail: string | null;
  /** Lifetime of code and link, seconds. */
  ttlSeconds: number;
  /** What redeeming it is put on record as. A code or link that is not right goes on record as a failure of the same. */
  event: string;
  /**
   * Whether it stays open when the account's password or address changes: the way back from a change that a thief may have made. An
   * account has one for each address, instead of one. The table's unique indexes name these purposes: another one takes a migration.
   */
  outlivesClosing?: boolean;
}

/** One mail; its templates are `mails/<name>.html.hbs` and `mails/<name>.text.hbs` in the capability's folder. */
export interface MailRow {
  /** @param brand.appName the product's name as people know it */
  subject(brand: { appName: string }): string;
  /** Whether the mail carries a code and a link, and so needs a challenge to derive them from. */
  carriesSecrets: boolean;
}

/** One page; its template is `pages/<name>.hbs` in the capability's folder. `View` is what it is filled with. */
export interface PageRow<View extends object = object> {
  readonly view?: View;
}

/** A page that is filled with `View`. */
export function page<View extends object>(): PageRow<View> {
  return {};
}

/**
 * What follows from an event, such as a job for each webhook that waits for it. The SQL becomes part of the statement that puts the
 * event on record, whatever form that has, so that both are written or neither.
 */
export interface EventReader {
  /** Names its part of the statement. */
  name: string;
  /** The acts that it reads. Default: all. */
  actions?: readonly AuditAction[];
  /**
   * A statement that writes: PostgreSQL would not run a part that only reads.
   * @param recorded has a row for each event, with the columns of the table of events. Other rows that the act writes may not be visible yet.
   */
  sql(recorded: string): string;
}

/** A group of operations in the OpenAPI document. */
export interface TagRow {
  name: string;
  description: string;
  /** Its place in the document: the lowest comes first. */
  position: number;
}

/** The rows of a capability that give names to the rest of the code; see `Declared`. */
export interface Declarations {
  errors?: Readonly<Record<string, ErrorRow>>;
  settings?: Readonly<Record<string, Setting<unknown>>>;
  /** What may happen only so often, and the setting that says how often. */
  limits?: Readonly<Record<string, string>>;
  /** Acts that are put on record, each with a sentence for the documentation. */
  events?: Readonly<Record<string, string>>;
  purposes?: Readonly<Record<string, PurposeRow>>;
  mails?: Readonly<Record<string, MailRow>>;
  pages?: Readonly<Record<string, PageRow>>;
  /** Reasons for which sessions end, each with a sentence. */
  sessionEnds?: Readonly<Record<string, string>>;
}

/**
 * One thing that the product can do, as data: `src/capabilities.ts` lists them all. Nothing of the server is loaded with it, so that
 * the command line can read settings and migrations alone.
 */
export interface Capability extends Declarations {
  name: string;
  /** Its folder, `import.meta.dirname`: `mails/` and `pages/` below it hold the templates. */
  folder: string;
  /** Its Nest module. */
  module?(settings: SettingValues): Promise<object>;
  tags?: readonly TagRow[];
  /** What follows from events, its own or those of others. */
  eventReaders?: readonly EventReader[];
  /** Migrations of its tables (classes of TypeORM's). One that has landed is never edited. */
  migrations?: readonly (new () => { up(runner: never): Promise<void> })[];
  /** What the export of an account holds of it, by the member of the export. */
  exports?: ExportParts;
  /** Its tables with ids of accounts that the export leaves out, each with the reason. */
  untold?: Readonly<Record<string, string>>;
}
