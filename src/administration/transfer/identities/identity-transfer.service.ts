import { Injectable } from '@nestjs/common';
import { MovedIdentities, type WrittenIdentity } from '../../../auth/identities/moved-identities.service.js';
import type { KnownProvider } from '../../../auth/providers/known-providers.service.js';
import { newId } from '../../../common/ids.js';
import type { Fault } from '../account-check.js';
import type { Note } from '../import-notes.js';
import { FileFormatError, IDENTITIES } from '../user-file.js';
import type { CarriedIdentities, CarriedIdentity } from './carried-identities.js';
import { type ProviderNames, readIdentities } from './read-identities.js';

/** What a record says of identities. */
export interface IdentityReading {
  /** The record without the member. */
  record: unknown;
  /** Null if there is nothing to take over. */
  carried: CarriedIdentities | null;
  faults: Fault[];
  notes: Note[];
}

/** Reads the members of records; the providers are those that were set up when the import began. */
export type ReadIdentityMember = (record: unknown, isLenient: boolean) => IdentityReading;

/** Moves identities in and out of files of accounts. Nothing is linked by an address, and nobody gets a mail. */
@Injectable()
export class IdentityTransfer {
  constructor(private readonly identities: MovedIdentities) {}

  /**
   * @param names slugs of providers here by the names that another system has for them
   * @throws FileFormatError naming every slug that no provider has
   */
  async reader(names: Readonly<Record<string, string>>): Promise<ReadIdentityMember> {
    const known = await this.identities.providers();
    const bySlug = new Map(known.map((provider) => [provider.slug, provider]));
    const mapped = new Map<string, KnownProvider>();
    const unknown: string[] = [];
    for (const [name, slug] of Object.entries(names)) {
      const provider = bySlug.get(slug);
      if (provider === undefined) unknown.push(`--provider ${name}=${slug}: there is no provider ${slug} here.`);
      else mapped.set(name, provider);
    }
    if (unknown.length > 0) throw new FileFormatError(unknown.join('\n'));
    return (record, isLenient) => read(record, { known, mapped }, isLenient);
  }

  /** Leaves out identities that accounts have already, those of earlier records included. @returns what to note of each */
  async leaveOutKnown(all: readonly CarriedIdentities[]): Promise<Map<CarriedIdentities, Note[]>> {
    const taken = new Set((await this.identities.findTaken(all.flatMap(({ identities }) => identities))).map(keyOf));
    const notes = new Map<CarriedIdentities, Note[]>();
    for (const carried of all) {
      const own: Note[] = [];
      carried.identities = carried.identities.filter((identity) => {
        const isTaken = taken.has(keyOf(identity));
        taken.add(keyOf(identity));
        const { provider } = identity;
        own.push(
          isTaken
            ? { kind: 'identity.left_out', about: `${provider}: another account has it` }
            : { kind: 'identity.added', about: provider },
        );
        return !isTaken;
      });
      notes.set(carried, own);
    }
    return notes;
  }

  /** Stores identities of accounts that were just imported; joins the caller's transaction. */
  async store(accounts: readonly { userId: string; carried: CarriedIdentities }[]): Promise<void> {
    const rows = accounts.flatMap(({ userId, carried }) =>
      carried.identities.map((each) => {
        const { provider: _, ...identity } = each;
        return { ...identity, id: newId(), userId };
      }),
    );
    await this.identities.store(rows);
  }

  /** The identities of these accounts, by account; only of those that have some. */
  listOf(userIds: readonly string[]): Promise<Map<string, WrittenIdentity[]>> {
    return this.identities.listOf(userIds);
  }
}

function read(given: unknown, names: ProviderNames, isLenient: boolean): IdentityReading {
  const nothing = { carried: null, faults: [], notes: [] };
  if (typeof given !== 'object' || given === null || !(IDENTITIES in given)) return { ...nothing, record: given };
  const { [IDENTITIES]: member, ...record } = given as Record<string, unknown>;
  if (member === null || member === undefined || member === '') return { ...nothing, record };
  const { carried: identities, notes, faults } = readIdentities(member, names);
  return { record, carried: identities.length === 0 ? null : { identities }, notes, faults: isLenient ? [] : faults };
}

/** What an identity is known by, as one text. */
function keyOf({ providerId, issuer, subject }: Pick<CarriedIdentity, 'providerId' | 'issuer' | 'subject'>): string {
  return JSON.stringify([providerId, issuer, subject]);
}
