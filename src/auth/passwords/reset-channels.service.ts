import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../mail/deliveries.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { MobileCodes } from '../challenges/mobile-codes.service.js';

/** How a reset reaches the owner of an account. */
export interface ResetChannel {
  by: 'mail' | 'text';
  /** Stored address, or number in E.164. */
  to: string;
  /** Whether somebody has proven to read what goes there. */
  isProven: boolean;
}

/** Mails of an account among which a bounce is looked for. */
const LOOKED_AT = 20;

/** Where the reset of a password can go. */
@Injectable()
export class ResetChannels {
  constructor(
    private readonly contacts: ContactsService,
    private readonly codes: MobileCodes,
    private readonly deliveries: DeliveriesService,
  ) {}

  /**
   * The channel for somebody who typed this identifier of the account: mail to a proven address; without one, a text message to a proven
   * number if a number was typed or there is no address. Null where nothing can be sent. A number never stands in for a proven address.
   * What sessions of a contract set and prove without the password is no place for a reset, or a stolen one would lead to a new password.
   * @param mayText whether text messages are possible at all for the asker
   */
  async choose(account: Account, typed: string, mayText: boolean): Promise<ResetChannel | null> {
    if (account.disabledAt !== null) return null;
    const address = await this.contacts.resetAddressOf(account);
    const isProven = address !== null && isProvenAddress(account);
    const number = mayText && !isProven ? await this.numberOf(account) : null;
    if (number !== null && (address === null || this.contacts.isMobile(typed))) return { by: 'text', to: number, isProven: true };
    return address === null ? null : { by: 'mail', to: address, isProven };
  }

  /** Whether its owner can reset the password alone. An address that nobody has proven counts while no mail to it was returned. */
  async hasAny(account: Account): Promise<boolean> {
    if ((await this.numberOf(account)) !== null) return true;
    const address = await this.contacts.resetAddressOf(account);
    if (address === null) return false;
    if (isProvenAddress(account)) return true;
    const mails = await this.deliveries.find({ userId: account.id }, LOOKED_AT);
    return !mails.some(({ recipient, state }) => recipient === address && (state === 'bounced' || state === 'failed'));
  }

  /** The number of an account to which resets go, in E.164, if this server can text it. */
  async numberOf(account: Account): Promise<string | null> {
    return this.codes.areSent ? this.contacts.resetNumberOf(account) : null;
  }
}

/** Whether the address to which resets go is proven, where there is one. */
function isProvenAddress({ recoveryEmail, emailVerifiedAt }: Account): boolean {
  return recoveryEmail !== null || emailVerifiedAt !== null;
}
