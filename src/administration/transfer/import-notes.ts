import type { CountedNote } from '../../users/transfer/account-transfer.js';

/**
 * What an import leaves out or changes, by kind. The text follows the number of accounts; `about` is a name from the old system's schema or
 * configuration (a field, a provider, a role), never somebody's data.
 */
const NOTES = {
  'password.none': (about: string) => `have no password here (${about}): a reset gives them one`,
  'password.unknown': (about: string) => `come without their password, whose hash cannot be used (${about}): a reset gives them a new one`,
  'identity.left_out': (about: string) => `cannot sign in with ${about} here`,
  'identity.added': (about: string) => `keep signing in with ${about}`,
  'factor.left_out': (about: string) => `lose a second factor (${about})`,
  'factor.added': (about: string) => `keep a second factor (${about})`,
  'right.left_out': (about: string) => `lose ${about}, which may decide about rights; owners can edit metadata. --keep stores it there`,
  'role.left_out': (about: string) => `lose the role or group ${about}; all are ordinary users here`,
  'field.left_out': (about: string) => `lose the field ${about}; --keep stores it in metadata`,
  'demand.left_out': (about: string) => `are not asked to do what the old system wanted next (${about})`,
  'field.invalid': (about: string) => `come without a value that is not valid here (${about})`,
  'metadata.added': (about: string) => `have ${about} in metadata, which its owner can edit`,
  'username.address': () => 'had an e-mail address as their username, and sign in with it as an address',
  'id.made': () => 'get a new id, which is computed from the old one',
  'number.taken': () => 'get a new number, because another account has theirs; the id computed of it stays',
  'email.unverified': () => 'have an address that nobody has proven',
  'mobile.unverified': () => 'have a mobile number that nobody has proven',
  'account.not_activated': () => 'were never activated',
  'account.disabled': () => 'are disabled',
  'account.left_out': (about: string) => `are left out (${about})`,
  duplicate: (about: string) => `are left out as duplicates: another account has their ${about}`,
  bad: (about: string) => `are left out: ${about}`,
} as const;

export type NoteKind = keyof typeof NOTES;

/** Something that an import leaves out of one record or changes in it. */
export interface Note {
  kind: NoteKind;
  /** Empty for kinds that say all. */
  about: string;
}

/** How often a note was made, and where first. */
export type NoteCount = Note & CountedNote;

/** Notes about accounts that come with all that they had. */
const NO_LOSSES: readonly NoteKind[] = [
  'factor.added',
  'identity.added',
  'metadata.added',
  'username.address',
  'id.made',
  'email.unverified',
  'mobile.unverified',
  'account.not_activated',
  'account.disabled',
];

/** Number of lines that are kept for each note. */
const EXAMPLES = 5;
/** Number of different notes that are counted by name, so that names that never repeat cannot fill the memory; the rest share one each kind. */
const MAX_NOTES = 500;
const MAX_ABOUT_CHARS = 80;

/** What stands for the names that are not counted each. */
const OTHERS = 'others';

/** The notes of an import, counted. Plain data by `toCounts`, so that an interrupted import can go on counting. */
export class NoteTally {
  private readonly counts: Map<string, NoteCount>;

  constructor(former: readonly CountedNote[] = []) {
    this.counts = new Map(former.filter(isKnown).map((each) => [keyOf(each), { ...each, lines: [...each.lines] }]));
  }

  add(line: number, { kind, about }: Note): void {
    let note: Note = { kind, about: storable(about.slice(0, MAX_ABOUT_CHARS)) };
    if (!this.counts.has(keyOf(note)) && this.counts.size >= MAX_NOTES) note = { kind, about: OTHERS };
    const count = this.counts.get(keyOf(note)) ?? { ...note, count: 0, lines: [] };
    count.count += 1;
    if (count.lines.length < EXAMPLES) count.lines.push(line);
    this.counts.set(keyOf(note), count);
  }

  toCounts(): NoteCount[] {
    return [...this.counts.values()];
  }
}

/** Notes for people: in the order of kinds, the most frequent first. */
export function sortedNotes(notes: readonly NoteCount[]): NoteCount[] {
  const kinds = Object.keys(NOTES);
  return notes.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.count - a.count);
}

/** A note as a sentence about accounts, without their number. */
export function textOf({ kind, about }: Note): string {
  return NOTES[kind](about);
}

/** Whether the account loses something, so that somebody may have to act for it. */
export function isLoss({ kind }: Note): boolean {
  return !NO_LOSSES.includes(kind);
}

/** A name without what PostgreSQL refuses in JSON, where the counts are kept: NUL, and halves of surrogate pairs, such as a cut leaves. */
function storable(about: string): string {
  return about.toWellFormed().replaceAll('\0', '\uFFFD');
}

function isKnown(note: CountedNote): note is NoteCount {
  return Object.hasOwn(NOTES, note.kind);
}

function keyOf({ kind, about }: Note): string {
  return `${kind} ${about}`;
}
