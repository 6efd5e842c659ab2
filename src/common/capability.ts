import type { AuditAction, SettingValues, TextName } from './declared.js';
import type { EventRow } from './event-row.js';
import type { ExportParts } from './export-part.js';

/** How one environment variable is read, checked and documented. */
export interface Setting<T> {
  doc: string;
  /** Turns the text into a value; throws an Error whose message completes "NAME must be …". */
  parse(text: string): T;
  /** Default outside production; `undefined` when there is none. */
  default?: T;
  /** Default in production, if it differs. */
  production?: T;
  /** Whether the server refuses to start in production without it. */
  requiredInProduction?: boolean;
  example?: string;
  /** Formats a value that is not plain text. */
  show?(value: T): string;
  /** A secret can also be set as `NAME_FILE`, and is never printed. */
  secret?: boolean;
  /** The secrets in a value from which keys are derived, by name; in production each has to be strong. */
  keyMaterial?(name: string, value: T): Readonly<Record<string, string>>;
  /** Checks the value together with the other settings. Returns one line for each problem, which begins with a setting's name. */
  check?(value: T, all: Readonly<Record<string, unknown>>): readonly string[];
  /** What a value does that is allowed, but harms; the start and `latchkey doctor` tell it. */
  harm?(value: T, all: Readonly<Record<string, unknown>>): readonly { finding: string; advice: string }[];
}

/**
 * The kinds of failures that wire contracts distinguish. A contract has an answer for every kind, so a new kind does not compile until each
 * contract has a row for it.
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

/** An expected failure: how the API, contracts and pages show it, and how an app should handle it. */
export interface ErrorRow {
  /** HTTP status under `/v1`. */
  status: number;
  /** The same for every occurrence (RFC 9457 §3.1.3). */
  title: string;
  kind: ErrorKind;
  /** Advice for developers of apps. */
  advice: string;
  /** Texts of a page behind a mailed link that shows it. Default: the error's own sentence. */
  page?: { title: TextName; advice: readonly TextName[]; status?: number };
}

/** Length of a code. */
export type CodeDigits = 6 | 8;

/** Purpose of a code or link. */
export interface PurposeRow {
  /** Path of the page behind the link; null for a code that is texted without a link. */
  page: string | null;
  /** The mail that carries code and link; null where a code is texted. */
  mail: string | null;
  /** Lifetime of code and link, seconds. */
  ttlSeconds: number;
  /** Length of the code. Default: 6. Eight where strangers can try it without a session. */
  codeDigits?: CodeDigits;
  /** What redeeming it is put on record as. A code or link that is not right goes on record as a failure of the same. */
  event: string;
  /**
   * Whether it stays open when the account's password or address changes: the way back from a change that a thief may have made. An
   * account has one for each address, instead of one. The table's unique indexes name these purposes: another one takes a migration.
   */
  outlivesClosing?: boolean;
  /**
   * Whether an account has one for each act that a mail told of, as many as there are: a newer one replaces none. The table's unique index
   * names these purposes, too.
   */
  onePerAct?: boolean;
  /**
   * Whether it proves the address or number that an account registered with. It stays open when the password changes before the first
   * proof: whoever knows the password then may be a stranger, and must not keep the owner out.
   */
  provesRegistered?: boolean;
}

/** What a mail is about: a text of the catalogue, a point in time (ISO 8601), or a name that needs no translation. */
export type MailAbout = string | { key: string; values?: Readonly<Record<string, string | number>> } | { moment: string };

/** One mail; its template is `mails/<name>.hbs` in the capability's folder, its texts are `mail.<name>.…` in the catalogues. */
export interface MailRow {
  /** An example of what `{about}` stands for in its texts; none where no text has it. */
  about?: MailAbout;
  /**
   * Whether the mail contains a code and a link, and therefore needs a challenge from which they are derived. `to-owners`: a link where its
   * address is proven to be the owner's, and none elsewhere: a notice that `OwnerNotices` sends.
   */
  carriesSecrets: boolean | 'to-owners';
  /**
   * How its reader says "This wasn't me": the purpose of the link that the mail carries for it. A mail that tells of nothing that happened
   * to an account, or to whose reader that power must not be given, says why instead.
   */
  notMe: string | { without: string };
}

/** One page; its template is `pages/<name>.hbs` in the capability's folder. `View` is the type of its data. */
export interface PageRow<View extends object = object> {
  readonly view?: View;
}

/** A page whose template gets a `View`. */
export function page<View extends object>(): PageRow<View> {
  return {};
}

/**
 * A consequence of an event, such as a job for each webhook that subscribes to it. The SQL becomes part of the statement that records the
 * event, so that both are written or neither.
 */
export interface EventReader {
  /** Name of its part of the statement. */
  name: string;
  /** The actions that it handles, or all that others may be told of. Default: all. */
  actions?: readonly AuditAction[] | 'public';
  /**
   * A writing statement: PostgreSQL would not run a part that only reads.
   * @param recorded has a row for each event, with the columns of the table of events. Other rows that the act writes may not be visible
   * yet.
   */
  sql(recorded: string): string;
}

/** A group of operations in the OpenAPI document. */
export interface TagRow {
  name: string;
  description: string;
  /** Its position in the document: the lowest comes first. */
  position: number;
}

/** The rows of a capability that give names to the rest of the code; see `Declared`. */
export interface Declarations {
  errors?: Readonly<Record<string, ErrorRow>>;
  /** Rules that a field of a request can break, each with a sentence for the documentation. */
  rules?: Readonly<Record<string, string>>;
  settings?: Readonly<Record<string, Setting<unknown>>>;
  /** Rate limits by name, each with the setting that defines it. */
  limits?: Readonly<Record<string, string>>;
  /** Actions for the audit log, each with the decision whether webhooks tell it: `publicEvent` or `internalEvent`. */
  events?: Readonly<Record<string, EventRow>>;
  purposes?: Readonly<Record<string, PurposeRow>>;
  mails?: Readonly<Record<string, MailRow>>;
  pages?: Readonly<Record<string, PageRow>>;
  /** Reasons why sessions end, each with a sentence. */
  sessionEnds?: Readonly<Record<string, string>>;
}

/**
 * One capability of the product, as data; `src/capabilities.ts` lists all of them. Its file imports nothing of the server, so that the
 * command line can read settings and migrations quickly.
 */
export interface Capability extends Declarations {
  name: string;
  /** Its folder, `import.meta.dirname`: `mails/` and `pages/` below it hold the templates. */
  folder: string;
  /** Its Nest module. */
  module?(settings: SettingValues): Promise<object>;
  tags?: readonly TagRow[];
  /** Consequences of events, its own or those of other capabilities. */
  eventReaders?: readonly EventReader[];
  /** Migrations of its tables (classes of TypeORM's). Never edit a migration that has been merged. */
  migrations?: readonly (new () => { up(runner: never): Promise<void> })[];
  /** Its part of an account's export, by member of the export. */
  exports?: ExportParts;
  /** Its tables with ids of accounts that the export omits, each with the reason. */
  untold?: Readonly<Record<string, string>>;
}
