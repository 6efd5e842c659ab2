/** A row as it is read: text of the view may still be a `Date`, which JSON writes in ISO 8601. */
type Row<View> = { [Name in keyof View]: View[Name] | (string extends View[Name] ? Date : never) };

interface Part<Source extends object, View extends object> {
  /** Its place in the export: the lowest comes first. */
  position: number;
  /** For the OpenAPI document: a sentence, and the class of the object or of each item. */
  description: string;
  view: new () => View;
  /** The tables that it tells of; none may hold what is kept of an account and be told nowhere. */
  tables: readonly string[];
  /** The service that reads it; it is found by its class. */
  source: abstract new (...dependencies: never[]) => Source;
}

/** One object, read before the answer begins: its errors are answers. */
export interface ExportedObject<Source extends object = object, View extends object = object> extends Part<Source, View> {
  read(source: Source, userId: string): Promise<Row<View>>;
}

/** A list that may be long: it is read while it is sent. */
export interface ExportedList<Source extends object = object, View extends object = object> extends Part<Source, View> {
  each(source: Source, userId: string): AsyncIterable<Row<View>>;
}

/** What the export of an account holds of a capability. Nothing secret is in it. */
export type ExportPart = ExportedObject | ExportedList;

/** Members of the export, each loaded when the server starts: the command line reads capabilities without it. */
export type ExportParts = Readonly<Record<string, () => Promise<ExportPart>>>;
