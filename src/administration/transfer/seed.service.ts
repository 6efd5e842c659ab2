import { randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { PasswordHasher } from '../../auth/passwords/password-hasher.service.js';
import { DatabaseService } from '../../database/database.service.js';
import { emptyRecord } from '../../users/transfer/account-record.js';
import type { NumberedRecord } from '../../users/transfer/account-transfer.js';
import { AccountTransferService } from '../../users/transfer/account-transfer.service.js';

/** Number of accounts in one transaction. */
const BATCH_ACCOUNTS = 2_000;

/** The accounts' times of creation are spread over this span, ms: three years. */
const PAST_MS = 3 * 365 * 86_400_000;

/** 120 bits, 20 characters. */
const PASSWORD_BYTES = 15;
/**
 * Scatters the numbers in identifiers: multiplying by an odd factor modulo a power of two makes them look random, yet never repeats one.
 */
const SCATTER_FACTOR = 10_368_889;
const SCATTER_MODULUS = 2 ** 39;

const FIRST_NAMES = words(`Ada Amara Anja Aylin Beatriz Bruno Chidi Chiara Daan Divya Elif Emeka Farid Freya Grace Hana Hugo Ines Ivan Jamal
  Jonas Kaito Lena Liam Luca Mara Mei Milan Nadia Noah Olga Omar Priya Rosa Sami Sofia Tariq Uma Viktor Yara Zoé`);
const LAST_NAMES = words(`Abebe Almeida Andersson Bauer Bianchi Carter Castillo Chen Costa Diallo Dubois Eriksen Fischer Garcia Gupta Haddad
  Ivanova Jansen Kaya Keller Kim Kowalski Lambert Mensah Meyer Moreau Nakamura Nguyen Novak Okafor Olsen Park Patel Rossi Santos Schmidt Silva
  Suzuki Tanaka Weber Yilmaz`);
const LOCALES = ['en', 'en-GB', 'de', 'fr', 'pt-BR', 'tr', null] as const;

/** Fills a database with invented accounts, for trials and measurements. */
@Injectable()
export class SeedService {
  constructor(
    private readonly transfers: AccountTransferService,
    private readonly hasher: PasswordHasher,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Adds accounts with one new password for all. No mail or text message can reach anybody: the addresses are in `example.com`, and the
   * mobile numbers are not assigned.
   * @returns the password
   */
  async seed(count: number, onProgress: (accounts: number) => void): Promise<string> {
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const passwordHash = await this.hasher.hash(password, null);
    const people = new People(count, passwordHash);
    for (let done = 0; done < count;) {
      const batch = Array.from({ length: Math.min(BATCH_ACCOUNTS, count - done) }, (_, index) => people.get(done + index));
      await this.database.transaction(() => this.transfers.store(batch, { action: 'account.created' }));
      done += batch.length;
      onProgress(done);
    }
    await this.transfers.settle();
    return password;
  }
}

/** Generates invented people; the first has the oldest account. */
class People {
  private readonly offset = randomInt(2 ** 47) % SCATTER_MODULUS;
  private readonly end = Date.now();

  constructor(
    private readonly count: number,
    private readonly passwordHash: string,
  ) {}

  get(index: number): NumberedRecord {
    const createdAt = new Date(this.end - PAST_MS * (1 - index / this.count));
    const [firstName, lastName] = [pick(FIRST_NAMES, index * 7), pick(LAST_NAMES, index * 13 + Math.floor(index / FIRST_NAMES.length))];
    const scattered = (index * SCATTER_FACTOR + this.offset) % SCATTER_MODULUS;
    const email = `${toAscii(firstName)}.${toAscii(lastName)}.${scattered.toString(36)}@example.com`;
    const username = index % 2 === 0 ? `${toAscii(firstName)}_${scattered.toString(36)}` : null;
    // Country code +999 is not assigned, so no text message can reach such a number.
    const mobile = index % 3 === 0 ? `999${String(scattered).padStart(12, '0')}` : null;
    const later = (share: number): string => new Date(createdAt.getTime() + (this.end - createdAt.getTime()) * share).toISOString();
    const isDisabled = index % 50 === 49;
    return {
      line: index,
      record: {
        ...emptyRecord(createdAt),
        // A UUIDv7 of the time of creation, so that ids sort by it as those of registered accounts do.
        id: v7({ msecs: createdAt.getTime() }),
        username,
        usernameKey: username,
        email,
        emailKey: email,
        emailVerifiedAt: index % 5 === 0 ? null : later(0.001),
        mobile,
        mobileKey: mobile,
        firstName,
        lastName,
        gender: pick(['female', 'male', 'other', null] as const, index),
        locale: pick(LOCALES, index),
        roles: index % 200 === 199 ? ['librarian', 'user'] : ['user'],
        passwordHash: this.passwordHash,
        activatedAt: later(0.001),
        disabledAt: isDisabled ? later(0.9) : null,
        disabledReason: isDisabled ? 'Invented, and disabled for trying that' : null,
        lastSignInAt: index % 10 < 7 ? later(((index * 37) % 100) / 100) : null,
      },
    };
  }
}

function words(text: string): string[] {
  return text.split(/\s+/);
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

function toAscii(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\P{ASCII}/gu, '')
    .toLowerCase();
}
