/** A row as the database returns it: a string of the view may still be a `Date`, which JSON writes in ISO 8601. */
type Row<View> = { [Name in keyof View]: View[Name] | (string extends View[Name] ? Date : never) };

interface Part<Source extends object, View extends object> {
  /** Its position in the export: the lowest comes first. */
  position: number;
  /** For the OpenAPI document: a sentence, and the class of the object or of each item. */
  description: string;
  view: new () => View;
  /** The tables that it covers; every table with data of an account must be covered or listed as omitted. */
  tables: readonly string[];
  /** Class of the service that reads it. */
  source: abstract new (...dependencies: never[]) => Source;
}

/** One object, read before the answer begins, so that its errors become answers. */
export interface ExportedObject<Source extends object = object, View extends object = object> extends Part<Source, View> {
  read(source: Source, userId: string): Promise<Row<View>>;
}

/** A list that may be long: the service reads it while the answer is sent. */
export interface ExportedList<Source extends object = object, View extends object = object> extends Part<Source, View> {
  each(source: Source, userId: string): AsyncIterable<Row<View>>;
}

/** A capability's part of an account's export. It contains no secrets. */
export type ExportPart = ExportedObject | ExportedList;

/** Members of the export. The server loads each when it starts; the command line reads capabilities without them. */
export type ExportParts = Readonly<Record<string, () => Promise<ExportPart>>>;
