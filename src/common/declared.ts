/**
 * What all capabilities declare, by capability. Each adds itself beside its rows:
 *
 *     declare module '../common/declared.js' {
 *       interface Declared { books: typeof declared }
 *     }
 *
 * so every name below is known to the compiler, and one that nobody declares does not compile.
 */
export interface Declared {}

/** The rows of one kind, as a union over the capabilities that have some. */
type Rows<Kind extends string> = {
  [Name in keyof Declared]: Declared[Name] extends Readonly<Record<Kind, infer Row>> ? Row : never;
}[keyof Declared];

type KeysOf<Union> = Union extends unknown ? keyof Union & string : never;
type ValuesOf<Union> = Union extends unknown ? Union[keyof Union] : never;
type Merged<Union> = (Union extends unknown ? (rows: Union) => void : never) extends (rows: infer All) => void ? All : never;
type ParsedBy<Row> = Row extends { parse(text: string): infer Value } ? Value : never;
type ViewOf<Row> = Row extends { view?: infer View } ? NonNullable<View> : never;

type SettingRows = Merged<Rows<'settings'>>;
type PageRows = Merged<Rows<'pages'>>;

/** Stable name of an expected failure: `noun.reason`. */
export type ErrorCode = KeysOf<Rows<'errors'>>;

/** Every setting with the type of its value. */
export type SettingValues = { -readonly [Name in keyof SettingRows]: ParsedBy<SettingRows[Name]> };

/** Something of which there may be only so many within so many seconds. */
export type LimitName = KeysOf<Rows<'limits'>>;

/** The setting that says how much. */
export type LimitSetting = ValuesOf<Rows<'limits'>>;

/** An act that is put on record: `noun.verb`. */
export type AuditAction = KeysOf<Rows<'events'>>;

/** What a code or link is good for. */
export type ChallengePurpose = KeysOf<Rows<'purposes'>>;

/** The mails that the purposes name. One that nobody declares does not compile where it is queued. */
export type PurposeMail = ValuesOf<Rows<'purposes'>>['mail'];

/** The events that the purposes name. One that nobody declares does not compile where it is recorded. */
export type PurposeEvent = ValuesOf<Rows<'purposes'>>['event'];

/** A mail that is sent. */
export type MailKind = KeysOf<Rows<'mails'>>;

/** Why a session ended. */
export type SessionEnd = KeysOf<Rows<'sessionEnds'>>;

/** What each page is filled with; the names are those of the templates. */
export type Views = { [Name in keyof PageRows]: ViewOf<PageRows[Name]> };

/**
 * Stands for the values of an enum in decorators, which run before the capabilities are known; the OpenAPI document has the names
 * that they declare.
 */
export const DECLARED_ELSEWHERE: string[] = ['noun.verb'];
