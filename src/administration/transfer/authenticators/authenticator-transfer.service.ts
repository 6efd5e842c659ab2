import { Injectable, Logger } from '@nestjs/common';
import { MovedAuthenticators } from '../../../auth/authenticators/moved-authenticators.service.js';
import { TotpSecrets } from '../../../auth/authenticators/totp-secrets.service.js';
import { MovedPasskeys } from '../../../auth/factors/passkeys/moved-passkeys.service.js';
import { toBase32 } from '../../../auth/factors/totp/base32.js';
import { newId } from '../../../common/ids.js';
import { Secrets, UnknownSecretError } from '../../../config/secrets.js';
import type { Fault } from '../account-check.js';
import type { Note } from '../import-notes.js';
import { AUTHENTICATORS } from '../user-file.js';
import type { CarriedAuthenticators } from './carried-authenticators.js';
import type { FactorsKey, SealFault } from './factors-key.js';
import { readAuthenticators } from './read-authenticators.js';

type Authenticator = Awaited<ReturnType<MovedAuthenticators['listOf']>>[number];
type RecoveryCode = Awaited<ReturnType<MovedAuthenticators['recoveryCodesOf']>>[number];
type Passkey = Awaited<ReturnType<MovedPasskeys['listOf']>>[number];
type StoredAuthenticators = Parameters<MovedAuthenticators['store']>;
type StoredPasskeys = Parameters<MovedPasskeys['store']>;

/** What a record says of authenticators. */
export interface AuthenticatorReading {
  /** The record without the member. */
  record: unknown;
  /** Null if there is nothing to take over. */
  carried: CarriedAuthenticators | null;
  faults: Fault[];
  notes: Note[];
}

/** An account that was imported, with what proves it. */
interface CarryingAccount {
  userId: string;
  carried: CarriedAuthenticators;
}

const SEAL_FAULTS: Readonly<Record<SealFault, string>> = {
  form: 'This is neither sealed by an export nor a JSON object.',
  other_key: 'This was sealed under another key than that of --factors-key.',
  broken: 'This cannot be opened: it was changed, cut off, or sealed for an account with another id.',
};

/** Moves authenticator apps, passkeys and recovery codes in and out of files of accounts. Sends no mail. */
@Injectable()
export class AuthenticatorTransfer {
  private readonly logger = new Logger('AuthenticatorTransfer');

  constructor(
    private readonly authenticators: MovedAuthenticators,
    private readonly passkeys: MovedPasskeys,
    private readonly totpSecrets: TotpSecrets,
    private readonly secrets: Secrets,
  ) {}

  /**
   * Reads what a record of a file says of authenticators.
   * @param isLenient whether what cannot be taken over is left out with a note, instead of the account
   */
  read(given: unknown, key: FactorsKey | null, isLenient: boolean): AuthenticatorReading {
    const nothing = { carried: null, faults: [], notes: [] };
    if (typeof given !== 'object' || given === null || !(AUTHENTICATORS in given)) return { ...nothing, record: given };
    const { [AUTHENTICATORS]: member, ...record } = given as Record<string, unknown>;
    if (member === null || member === undefined || member === '') return { ...nothing, record };
    if (typeof member !== 'string') return this.accept(record, member, { isOwn: false, isLenient });
    if (key === null) return { ...nothing, record, notes: [{ kind: 'factor.left_out', about: 'sealed: --factors-key opens it' }] };
    const opened = key.open(String(record['id']), member);
    if ('value' in opened) return this.accept(record, opened.value, { isOwn: true, isLenient });
    return { ...nothing, record, faults: [{ field: AUTHENTICATORS, rule: `seal.${opened.fault}`, detail: SEAL_FAULTS[opened.fault] }] };
  }

  /** Leaves out passkeys that accounts have already. @returns what to note of each: what is left out, and what comes along */
  async leaveOutKnown(all: readonly CarriedAuthenticators[]): Promise<Map<CarriedAuthenticators, Note[]>> {
    const isLost = new Set(await this.dropKnown(all.filter(({ passkeys }) => passkeys.length > 0)));
    return new Map(
      all.map((carried): [CarriedAuthenticators, Note[]] => {
        const notes: Note[] = isLost.has(carried) ? [{ kind: 'factor.left_out', about: 'passkey: another account has it' }] : [];
        if (carried.totp.length > 0) notes.push({ kind: 'factor.added', about: 'authenticator app' });
        if (carried.passkeys.length > 0) notes.push({ kind: 'factor.added', about: 'passkey' });
        return [carried, notes];
      }),
    );
  }

  /** @returns those that lose a passkey */
  private async dropKnown(carrying: readonly CarriedAuthenticators[]): Promise<CarriedAuthenticators[]> {
    if (carrying.length === 0) return [];
    const losers: CarriedAuthenticators[] = [];
    const ids = carrying.flatMap(({ passkeys }) => passkeys.map(({ credentialId }) => credentialId));
    const known = await this.passkeys.findKnown(
      ids,
      carrying.flatMap(({ userHandle }) => userHandle ?? []),
    );
    for (const carried of carrying) {
      const handle = carried.userHandle?.toString('hex') ?? '';
      const isKnown = (id: Buffer): boolean => known.handles.has(handle) || known.credentialIds.has(id.toString('hex'));
      const rest = carried.passkeys.filter(({ credentialId }) => !isKnown(credentialId));
      if (rest.length < carried.passkeys.length) losers.push(carried);
      carried.passkeys = rest;
      // Of several accounts with one passkey the first one gets it.
      known.handles.add(handle);
      for (const { credentialId } of rest) known.credentialIds.add(credentialId.toString('hex'));
    }
    return losers;
  }

  /** Stores what proves accounts that were just imported; joins the caller's transaction. */
  async store(accounts: readonly CarryingAccount[]): Promise<void> {
    const rows: StoredAuthenticators[0][number][] = [];
    const passkeys: StoredPasskeys[0][number][] = [];
    const handles: StoredPasskeys[1][number][] = [];
    const codes: StoredAuthenticators[1][number][] = [];
    for (const { userId, carried } of accounts) {
      const { totp, passkeys: own } = carried;
      // Ids sort by time: the oldest comes first, as where the account comes from.
      for (const each of [...totp, ...own].toSorted((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))) {
        const { createdAt, confirmedAt, lastUsedAt } = each;
        const row = { id: newId(), userId, createdAt, confirmedAt, lastUsedAt };
        if ('secret' in each) {
          const { name, secret, lastStep } = each;
          rows.push({ ...row, type: 'totp', name: name ?? 'Authenticator app', secret: this.totpSecrets.seal(secret), lastStep });
        } else {
          const { name, backupEligible, ...passkey } = each;
          rows.push({ ...row, type: 'passkey', name: name ?? 'Passkey', secret: null, lastStep: null });
          const known = { backupEligible: backupEligible ?? false, backupKnown: backupEligible !== null };
          passkeys.push({ ...passkey, ...known, authenticatorId: row.id });
        }
      }
      if (own.length > 0 && carried.userHandle !== null) handles.push({ userId, handle: carried.userHandle });
      if (totp.length + own.length > 0) codes.push(...carried.recoveryCodes.map((code) => ({ ...code, userId })));
    }
    await this.authenticators.store(rows, codes);
    await this.passkeys.store(passkeys, handles);
  }

  /** What proves these accounts beside their passwords, sealed; only of those that have something. */
  async sealed(userIds: readonly string[], key: FactorsKey): Promise<Map<string, string>> {
    const all = await this.authenticators.listOf(userIds);
    const owners = [...new Set(all.map(({ userId }) => userId))];
    if (owners.length === 0) return new Map();
    // One after another: an export reads in one transaction.
    const passkeys = await this.passkeys.listOf(all.map(({ id }) => id));
    const passkeyOf = new Map(passkeys.map((each) => [each.authenticatorId, each]));
    const handleOf = new Map((await this.passkeys.handlesOf(owners)).map(({ userId, handle }) => [userId, handle]));
    const [rowsOf, codesOf] = [groupByOwner(all), groupByOwner(await this.authenticators.recoveryCodesOf(owners))];
    const written = (await this.authenticators.demandsOf(owners)).map(({ id, mfaRequiredAt }) => {
      const rows = rowsOf.get(id) ?? [];
      const apps = rows.filter(({ type }) => type === 'totp').map((row) => this.writtenTotp(row));
      const own = rows.flatMap((row) => writtenPasskey(row, passkeyOf.get(row.id)) ?? []);
      const content = {
        totp: apps.filter((app) => app !== null),
        passkeys: own,
        ...(own.length === 0 ? {} : { rpId: this.passkeys.domain, userHandle: handleOf.get(id)?.toString('base64url') }),
        recoveryCodes: (codesOf.get(id) ?? []).map(writtenCode),
        // With an app left out, the record's own word counts, which demands another one.
        ...(apps.includes(null) ? {} : { mfaRequiredAt }),
      };
      return [id, key.seal(id, content)] as const;
    });
    return new Map(written);
  }

  private accept(
    record: Record<string, unknown>,
    member: unknown,
    { isOwn, isLenient }: { isOwn: boolean; isLenient: boolean },
  ): AuthenticatorReading {
    const { carried, faults } = readAuthenticators(member, isOwn);
    const notes: Note[] = isLenient ? faults.map(({ about }) => ({ kind: 'factor.left_out' as const, about })) : [];
    const { domain } = this.passkeys;
    if (carried.passkeys.length > 0 && carried.rpId !== domain) {
      notes.push({ kind: 'factor.left_out', about: `passkey of ${carried.rpId}, not of ${domain ?? 'any domain'}` });
      carried.passkeys = [];
    }
    const codes = carried.recoveryCodes.filter(({ keyId }) => this.secrets.knows(keyId));
    if (codes.length < carried.recoveryCodes.length)
      notes.push({ kind: 'factor.left_out', about: 'recovery codes, made under another APP_SECRET' });
    carried.recoveryCodes = codes;
    return { record, carried, faults: isLenient ? [] : faults.map(({ field, rule, detail }) => ({ field, rule, detail })), notes };
  }

  /** Null if nobody can open its secret any more. */
  private writtenTotp({ id, name, secret, lastStep, createdAt, confirmedAt, lastUsedAt }: Authenticator): object | null {
    try {
      const written = toBase32(this.totpSecrets.open(secret ?? ''));
      return { name, secret: written, lastStep: lastStep === null ? null : Number(lastStep), createdAt, confirmedAt, lastUsedAt };
    } catch (error) {
      if (!(error instanceof UnknownSecretError)) throw error;
      this.logger.warn(`The authenticator app ${id} is left out: it was sealed under an APP_SECRET that is not configured here`);
      return null;
    }
  }
}

function writtenPasskey({ name, createdAt, confirmedAt, lastUsedAt }: Authenticator, passkey: Passkey | undefined): object | null {
  if (passkey === undefined) return null;
  const { credentialId, publicKey, signCount, aaguid, transports, backupEligible, backupKnown, backedUp, uvInitialized } = passkey;
  return {
    name,
    credentialId: credentialId.toString('base64url'),
    publicKey: publicKey.toString('base64url'),
    signCount: Number(signCount),
    aaguid,
    transports,
    backupEligible: backupKnown ? backupEligible : null,
    backedUp,
    userVerified: uvInitialized,
    createdAt,
    confirmedAt,
    lastUsedAt,
  };
}

function writtenCode({ mac, keyId, createdAt, usedAt }: RecoveryCode): object {
  return { mac: mac.toString('base64url'), keyId: keyId ?? '', createdAt, usedAt };
}

function groupByOwner<T extends { userId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(row.userId, [...(groups.get(row.userId) ?? []), row]);
  return groups;
}
