/**
 * The declarations of all capabilities, by capability. Each capability adds itself next to its rows:
 *
 *     declare module '../common/declared.js' {
 *       interface Declared { books: typeof declared }
 *     }
 *
 * So the compiler knows every name below, and a name that no capability declares does not compile.
 */
export interface Declared {}

/** The keys of the catalogue of texts for people; the room that keeps it adds them. */
export interface TextKeys {}

/** The key of a text for people, such as `rule.required`. */
export type TextName = keyof TextKeys;

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
type MailRows = Merged<Rows<'mails'>>;

/** Stable name of an expected failure: `noun.reason`. */
export type ErrorCode = KeysOf<Rows<'errors'>>;

/** Stable name of a rule that a field can break: `required`, `email.invalid`. */
export type FieldRule = KeysOf<Rows<'rules'>>;

/** Every setting with the type of its value. */
export type SettingValues = { -readonly [Name in keyof SettingRows]: ParsedBy<SettingRows[Name]> };

/** Name of a rate limit. */
export type LimitName = KeysOf<Rows<'limits'>>;

/** The setting that defines a rate limit. */
export type LimitSetting = ValuesOf<Rows<'limits'>>;

/** Action of the audit log: `noun.verb`. */
export type AuditAction = KeysOf<Rows<'events'>>;

/** Purpose of a code or link. */
export type ChallengePurpose = KeysOf<Rows<'purposes'>>;

/** The mails that the purposes name. One that nobody declares does not compile where it is queued. */
export type PurposeMail = ValuesOf<Rows<'purposes'>>['mail'];

/** The events that the purposes name. One that nobody declares does not compile where it is recorded. */
export type PurposeEvent = ValuesOf<Rows<'purposes'>>['event'];

/** Kind of a mail. */
export type MailKind = KeysOf<Rows<'mails'>>;

/** Kind of a notice to the owner of an account, who says "This wasn't me" by a link in it. */
export type NoticeKind = { [Kind in MailKind]: MailRows[Kind] extends { carriesSecrets: 'to-owners' } ? Kind : never }[MailKind];

/** Kind of a mail that carries no code and no link. */
export type PlainMailKind = { [Kind in MailKind]: MailRows[Kind] extends { carriesSecrets: false } ? Kind : never }[MailKind];

/** Why a session ended. */
export type SessionEnd = KeysOf<Rows<'sessionEnds'>>;

/** Data type of each page, by name of its template. */
export type Views = { [Name in keyof PageRows]: ViewOf<PageRows[Name]> };

/**
 * Placeholder for the values of an enum in decorators, which run before the capabilities are known. The OpenAPI document contains the
 * declared names instead.
 */
export const DECLARED_ELSEWHERE: string[] = ['noun.verb'];
