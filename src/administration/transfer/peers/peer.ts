import type { Move } from './move.js';
import type { OldFields } from './old-values.js';

/** An option of the command line that a peer takes. */
export interface PeerOption {
  /** Whether the import cannot do without it. */
  needed: boolean;
  /** Where to find its value, or what it gives. */
  help: string;
  /** What is wrong with the value; null if nothing is. */
  faultOf?(this: void, value: string): string | null;
}

/** A file that holds more about the accounts of the first one, as JSON lines. */
export interface SecondFile {
  /** The option that names the file. */
  option: string;
  /** The account that one of its records is about, as `Move.second` asks for it; null for no account. */
  keyOf(this: void, record: OldFields): string | null;
}

/** A system whose exports can be imported as they are. Its file reads them and says what cannot come along. */
export interface Peer {
  /** Its name for people. */
  name: string;
  /** The member of a JSON object that lists the accounts. JSON lines and plain arrays are understood without it. */
  list?: string;
  /** What it means that the file has several such lists, if that is a mistake. */
  severalLists?: string;
  /** Names of the columns, if its CSV has no header line. */
  columns?: readonly string[];
  options: Readonly<Record<string, PeerOption>>;
  /** Further files, each named by an option. */
  seconds?: readonly SecondFile[];
  /** Undoes what the export does to all values of a record. */
  clean?(this: void, record: OldFields): OldFields;
  /** Moves one account. */
  read(this: void, move: Move): void;
}
