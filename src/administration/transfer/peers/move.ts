import { v5 } from 'uuid';
import { isId } from '../../../common/ids.js';
import { readLine } from '../../../common/text.js';
import type { Note, NoteKind } from '../import-notes.js';
import { type OldFields, toFlag, toList, toObject, toText, toTime } from './old-values.js';

/** Namespace of the ids (RFC 9562 §5.5) that are computed from ids that are no UUIDs: apps compute them again to update what they store. */
export const OLD_IDS = '6f0c9d5e-3f0b-5a53-9c0e-2f5d8b9f7a41';

/** Most of PostgreSQL's integer. */
const MAX_NUMBER = 2_147_483_647;

const MAX_NAME_CHARS = 100;

/** What the move of each account of one import shares. */
export interface MoveContext {
  /** Name of the peer in `--from`. */
  from: string;
  /** Fields that `--keep` names: they are stored in metadata. */
  keep: ReadonlySet<string>;
  options: Readonly<Record<string, string>>;
  /** Records of a further file about an account; null if that file was not given. */
  second: (key: string, option: string) => OldFields[] | null;
}

/**
 * One account on its way from a peer's record to the fields of an import. Reading marks the members of the record; those that nobody read
 * become notes in the end, so that nothing is dropped without a word.
 */
export class Move {
  readonly fields: Record<string, unknown> = {};
  readonly notes: Note[] = [];
  /** Why the record is no account of a person; it is then left out. */
  leftOutAs: string | null = null;
  private readonly metadata = new Map<string, unknown>();
  private readonly authenticators: { totp: object[]; passkeys: object[]; rpId?: string; userHandle?: string } = { totp: [], passkeys: [] };
  private readonly identities: object[] = [];
  private readonly read = new Set<string>();

  constructor(
    private readonly old: OldFields,
    private readonly context: MoveContext,
  ) {}

  /** The first of these members that has a value. */
  take(...names: string[]): unknown {
    for (const name of names) this.read.add(name);
    const found = names.find((name) => (this.old[name] ?? '') !== '');
    return found === undefined ? undefined : this.old[found];
  }

  /** Names of all members. */
  names(): string[] {
    return Object.keys(this.old);
  }

  text(...names: string[]): string | null {
    return toText(this.take(...names));
  }

  flag(...names: string[]): boolean | null {
    return toFlag(this.take(...names));
  }

  time(...names: string[]): string | null {
    return toTime(this.take(...names));
  }

  object(...names: string[]): Record<string, unknown> | null {
    return toObject(this.take(...names));
  }

  list(...names: string[]): unknown[] {
    return toList(this.take(...names));
  }

  /** Members that mean nothing elsewhere: tokens, copies of other members, ids of the old system's own. */
  ignore(...names: string[]): void {
    for (const name of names) this.read.add(name);
  }

  option(name: string): string {
    return this.context.options[name] ?? '';
  }

  /** Records of the file that the option names about this account; null if it was not given. */
  second(key: string, option: string): OldFields[] | null {
    return this.context.second(key, option);
  }

  note(kind: NoteKind, about = ''): void {
    if (!this.notes.some((each) => each.kind === kind && each.about === about)) this.notes.push({ kind, about });
  }

  leaveOut(reason: string): void {
    this.leftOutAs = reason;
  }

  /** Keeps an id that is a UUID and computes one from any other; an integer also becomes the account's number. */
  identify(id: string | null): void {
    if (id === null) return;
    if (!id.isWellFormed()) {
      // No UUID can be computed of it. The check of the account refuses it, and names it.
      this.fields['id'] = id;
      return;
    }
    const isNumber = /^[1-9]\d{0,9}$/.test(id) && Number(id) <= MAX_NUMBER;
    if (isNumber) this.fields['number'] = Number(id);
    this.fields['id'] = isId(id) ? id : v5(`${this.context.from}:${id}`, OLD_IDS);
    if (!isNumber && !isId(id)) this.note('id.made');
  }

  /** @param proven the time of the proof, or whether there was one */
  email(address: string | null, proven: string | boolean | null): void {
    if (address !== null) Object.assign(this.fields, { email: address, emailVerifiedAt: proven });
  }

  mobile(number: string | null, proven: string | boolean | null): void {
    if (number !== null) Object.assign(this.fields, { mobile: number, mobileVerifiedAt: proven });
  }

  /** A username that is an address serves as the address, or is left out if the account has one. Call this after `email`. */
  username(name: string | null): void {
    if (name === null) return;
    if (!name.includes('@')) {
      this.fields['username'] = name;
      return;
    }
    const address = toText(this.fields['email']);
    if (address === null) this.email(name, false);
    if (address === null || address.toLowerCase() === name.toLowerCase()) this.note('username.address');
    else this.note('field.invalid', 'username: an e-mail address other than the account’s');
  }

  /** A language tag, also in the spelling of POSIX (`en_GB`). */
  locale(tag: string | null): void {
    this.fields['locale'] = tag?.replaceAll('_', '-');
  }

  set(fields: Record<string, unknown>): void {
    Object.assign(this.fields, fields);
  }

  password(hash: string | null, reason: string): void {
    if (hash === null) this.note('password.none', reason);
    else this.fields['passwordHash'] = hash;
  }

  /** An authenticator app, in the form of our own files. What cannot be checked here is left out with a note where the record is read. */
  totp(app: {
    name?: string | null;
    secret: string | null;
    encoding?: 'base32' | 'base64';
    algorithm?: string;
    digits?: number;
    period?: number;
    createdAt?: string | null;
  }): void {
    this.authenticators.totp.push({ ...app, name: nameOf(app.name) });
  }

  /** A passkey, in the same form. @param owner whose it is: `rpId` the domain that it belongs to, `userHandle` the account */
  passkey(passkey: { name?: string | null } & Record<string, unknown>, owner: { rpId: string; userHandle: string }): void {
    Object.assign(this.authenticators, owner);
    this.authenticators.passkeys.push({ ...passkey, name: nameOf(passkey.name) });
  }

  /**
   * An account at a provider, which goes on signing in if such a provider is set up here; otherwise it is noted as lost.
   * @param provider the old system's name for it
   * @param about `preset`: the provider that this is, where its ids are the same for everybody who uses it
   */
  identity(provider: string, about: { preset?: string | undefined; subject: string | null } & Record<string, unknown>): void {
    const { subject, ...rest } = about;
    this.identities.push({ provider, subject, ...rest });
  }

  disable(reason: string): void {
    Object.assign(this.fields, { disabledAt: true, disabledReason: reason });
  }

  /** Stores a value that only its owner could set in the old system, too. */
  meta(name: string, value: unknown): void {
    if (isAbsent(value)) return;
    this.metadata.set(name, value);
    this.note('metadata.added', name);
  }

  /** Leaves out a value that may decide about rights, unless `--keep` names it. */
  right(name: string, value: unknown): void {
    if (this.context.keep.has(name)) this.meta(name, value);
    else if (!isEmpty(value)) this.note('right.left_out', name);
  }

  /** Names what was not read, or keeps it where `--keep` says so, and completes the fields. */
  finish(): void {
    for (const [name, value] of Object.entries(this.old)) {
      if (this.read.has(name)) continue;
      if (this.context.keep.has(name)) this.meta(name, value);
      else if (!isEmpty(value)) this.note('field.left_out', name);
    }
    if (this.authenticators.totp.length + this.authenticators.passkeys.length > 0) this.fields['authenticators'] = this.authenticators;
    if (this.identities.length > 0) this.fields['identities'] = this.identities;
    if (this.metadata.size > 0) this.fields['metadata'] = Object.fromEntries(this.metadata);
  }
}

/** A label that is not valid here is no reason to lose what it is on. */
function nameOf(label: string | null | undefined): string | null {
  return label == null || !label.isWellFormed() ? null : readLine(label, MAX_NAME_CHARS);
}

/** Whether there is nothing to store. */
function isAbsent(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return typeof value !== 'boolean' && ['{}', '[]', null].includes(toText(value));
}

/** Whether there is nothing to lose. */
function isEmpty(value: unknown): boolean {
  return isAbsent(value) || toFlag(value) === false;
}
