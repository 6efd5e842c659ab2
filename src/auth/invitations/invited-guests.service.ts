import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Account } from '../../users/account.js';
import { type Guests, RegistrationPolicy } from '../admission/registration-policy.service.js';
import { InvitationSettlement } from './invitation-settlement.service.js';
import { Invitations } from './invitations.service.js';

/** Tells the policy of registration who is invited, so that the proven address is enough, whichever door it comes through. */
@Injectable()
export class InvitedGuests implements Guests, OnModuleInit {
  constructor(
    private readonly invitations: Invitations,
    private readonly settlement: InvitationSettlement,
    private readonly policy: RegistrationPolicy,
  ) {}

  onModuleInit(): void {
    this.policy.listen(this);
  }

  async isInvited(email: string): Promise<boolean> {
    return (await this.invitations.findFor(email)) !== null;
  }

  async arrive(account: Account, caller: Caller): Promise<void> {
    const invitation = account.email === null ? null : await this.invitations.findFor(account.email);
    if (invitation !== null) await this.settlement.settle(invitation, account, caller);
  }
}
