import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import { idFromBytes, idToBytes, newId } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';

const PURPOSE = 'registration-tickets';
const PREFIX = 'lkt_';
/** Id of the root secret, and what is encrypted under it: nonce (12 bytes), content, and tag (16). */
const FORM = /^lkt_([\w-]{8})([\w-]{88})$/;
const ID_BYTES = 16;
/** Seconds since 1970. */
const EXPIRY_BYTES = 5;
const ADDRESS_OFFSET = ID_BYTES + EXPIRY_BYTES;
/** The content then is a multiple of three bytes, and the ticket has one spelling only. */
const ADDRESS_BYTES = 17;

/** Tickets that the version before writes: id, root secret, expiry, and an HMAC of all that and the address. Good for 30 minutes. */
const FORMER = /^lkt_([\w-]{72})$/;
const FORMER_EXPIRY_OFFSET = 22;
const FORMER_MAC_OFFSET = 27;

/** What a ticket holds. */
interface Ticket {
  accountId: string;
  expiresAt: number;
  /** Whether the account registered with this address or number. */
  isFor: (address: string) => boolean;
}

/**
 * Tickets of registrations. A code alone proves that somebody reads what is sent to an address; with the ticket, also that it is the
 * one who registered. A ticket opens nothing without the code, and is good for as long as the first one.
 *
 * It is the id of the account, the time at which the ticket expires, and a hash of the address or number, encrypted with AES-256-GCM under a
 * key of its own. Nothing is stored. It tells nobody which account it names: where the address of a registration was taken, and that is
 * not told, the ticket names the account that has it, so that the code is found, and then asks for as much as without a ticket.
 */
@Injectable()
export class RegistrationTickets {
  constructor(
    private readonly contacts: ContactsService,
    private readonly secrets: Secrets,
    private readonly catalogue: Catalogue,
    private readonly clock: DatabaseClock,
  ) {}

  /** The ticket for the registration of an account. */
  of({ id, email, mobile }: Pick<Account, 'id' | 'email' | 'mobile'>): string {
    return this.write(id, email ?? (mobile === null ? '' : this.contacts.readMobile(mobile).key));
  }

  /**
   * A ticket that proves nothing, where nobody is to learn whether there was an account already.
   * @param accountId the account that registered with the same address and has not proven it; null for none
   */
  decoy(accountId: string | null): string {
    return this.write(accountId ?? newId(), '');
  }

  /**
   * The account that a ticket names; null for what is no ticket of this server. Proves nothing: the address is still to be compared.
   * @throws StaleSecretError
   */
  accountOf(ticket: string): string | null {
    return this.read(ticket)?.accountId ?? null;
  }

  /** Whether it is the ticket of the account and address of a challenge, written by this server and not expired. */
  proves(ticket: string | undefined, { userId, address }: ProvenChallenge): boolean {
    const read = ticket === undefined ? null : this.read(ticket);
    if (read === null || read.accountId !== userId || address === '') return false;
    return read.isFor(address) && read.expiresAt > this.clock.nowSeconds();
  }

  private write(accountId: string, address: string): string {
    const expiry = Buffer.alloc(EXPIRY_BYTES);
    expiry.writeUIntBE(this.clock.nowSeconds() + this.catalogue.purposes['confirm-email'].ttlSeconds, 0, EXPIRY_BYTES);
    const content = Buffer.concat([idToBytes(accountId), expiry, hashOf(address)]);
    return PREFIX + this.secrets.encrypt(PURPOSE, content).replace('.', '');
  }

  private read(ticket: string): Ticket | null {
    const former = FORMER.exec(ticket)?.[1];
    if (former !== undefined) return this.readFormer(Buffer.from(former, 'base64url'));
    const [, secretId, sealed] = FORM.exec(ticket) ?? [];
    if (secretId === undefined || !this.secrets.knows(secretId)) return null;
    try {
      const content = this.secrets.decrypt(PURPOSE, `${secretId}.${sealed}`);
      return {
        accountId: idFromBytes(content.subarray(0, ID_BYTES)),
        expiresAt: content.readUIntBE(ID_BYTES, EXPIRY_BYTES),
        isFor: (address) => timingSafeEqual(content.subarray(ADDRESS_OFFSET), hashOf(address)),
      };
    } catch {
      // Forged, or damaged on its way.
      return null;
    }
  }

  private readFormer(bytes: Buffer): Ticket | null {
    const head = bytes.subarray(0, FORMER_MAC_OFFSET);
    const secretId = head.subarray(ID_BYTES, FORMER_EXPIRY_OFFSET).toString('base64url');
    if (!this.secrets.knows(secretId)) return null;
    const macOf = (address: string): Buffer =>
      this.secrets.mac(PURPOSE, Buffer.concat([head, Buffer.from(address.toLowerCase())]), secretId);
    return {
      accountId: idFromBytes(head.subarray(0, ID_BYTES)),
      expiresAt: head.readUIntBE(FORMER_EXPIRY_OFFSET, EXPIRY_BYTES),
      isFor: (address) => timingSafeEqual(bytes.subarray(FORMER_MAC_OFFSET), macOf(address).subarray(0, bytes.length - FORMER_MAC_OFFSET)),
    };
  }
}

function hashOf(address: string): Buffer {
  return createHash('sha256').update(address.toLowerCase()).digest().subarray(0, ADDRESS_BYTES);
}
