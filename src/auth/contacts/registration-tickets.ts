import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import { idFromBytes, idToBytes, newId } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';

const PREFIX = 'lkt_';
const FORM = /^lkt_[\w-]{72}$/;
const ID_BYTES = 16;
const SECRET_ID_BYTES = 6;
/** Seconds since 1970. */
const EXPIRY_BYTES = 5;
const EXPIRY_OFFSET = ID_BYTES + SECRET_ID_BYTES;
const MAC_OFFSET = EXPIRY_OFFSET + EXPIRY_BYTES;
/** 216 bits: the whole then is a multiple of three bytes, and has one spelling only. */
const MAC_BYTES = 27;

/**
 * Tickets of registrations. A code alone proves that somebody reads what is sent to an address; with the ticket, also that it is the
 * one who registered. A ticket opens nothing without the code, and is good for as long as the first one.
 *
 * It is the id of the account, the id of the root secret, the time at which it expires, and an HMAC-SHA-256 of all that and the address
 * or number under a key of its own. Nothing is stored.
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

  /** A ticket of nothing, where nobody is to learn whether there was an account already. */
  decoy(): string {
    return this.write(newId(), '');
  }

  /** The account that a ticket names; null for what is no ticket. Proves nothing: the address is still to be compared. */
  accountOf(ticket: string): string | null {
    return FORM.test(ticket) ? idFromBytes(bytesOf(ticket).subarray(0, ID_BYTES)) : null;
  }

  /** Whether it is the ticket of the account and address of a challenge, written by this server and not expired. */
  proves(ticket: string | undefined, { userId, address }: ProvenChallenge): boolean {
    if (ticket === undefined || this.accountOf(ticket) !== userId) return false;
    const bytes = bytesOf(ticket);
    const head = bytes.subarray(0, MAC_OFFSET);
    const secretId = head.subarray(ID_BYTES, EXPIRY_OFFSET).toString('base64url');
    if (!this.secrets.knows(secretId) || !timingSafeEqual(bytes.subarray(MAC_OFFSET), this.sign(head, address, secretId))) return false;
    return head.readUIntBE(EXPIRY_OFFSET, EXPIRY_BYTES) > this.clock.nowSeconds();
  }

  private write(accountId: string, address: string): string {
    const secretId = this.secrets.currentId;
    const head = Buffer.concat([idToBytes(accountId), Buffer.from(secretId, 'base64url'), Buffer.alloc(EXPIRY_BYTES)]);
    head.writeUIntBE(this.clock.nowSeconds() + this.catalogue.purposes['confirm-email'].ttlSeconds, EXPIRY_OFFSET, EXPIRY_BYTES);
    return PREFIX + Buffer.concat([head, this.sign(head, address, secretId)]).toString('base64url');
  }

  private sign(head: Buffer, address: string, secretId: string): Buffer {
    const data = Buffer.concat([head, Buffer.from(address.toLowerCase())]);
    return this.secrets.mac('registration-tickets', data, secretId).subarray(0, MAC_BYTES);
  }
}

function bytesOf(ticket: string): Buffer {
  return Buffer.from(ticket.slice(PREFIX.length), 'base64url');
}
