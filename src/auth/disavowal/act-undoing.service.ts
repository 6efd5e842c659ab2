import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { AuthenticatorsService } from '../authenticators/authenticators.service.js';
import { RecoveryCodesService } from '../authenticators/recovery-codes.service.js';
import { SecondFactorCheck } from '../authenticators/second-factor-check.service.js';
import type { Undoing } from '../challenges/noticed-act.js';
import { PasskeysService } from '../factors/passkeys/passkeys.service.js';
import { IdentitiesService } from '../identities/identities.service.js';

/**
 * What became of an act. `gone`: there was nothing left to take back; `later`: the account would be without the second factor that it
 * demands, which takes a wait; `nothing`: acts of its kind are not taken back.
 */
export type Undone = 'undone' | 'gone' | 'later' | 'nothing';

type Change = ConfirmedChange<'takeover'>;

/**
 * Takes back acts that the owner of an account disowns. Whoever says so reads a mailbox, and may be a thief: a way in that went away does not
 * come back, and no second factor goes away that an account could not do without before.
 */
@Injectable()
export class ActUndoing {
  constructor(
    private readonly authenticators: AuthenticatorsService,
    private readonly passkeys: PasskeysService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly factors: SecondFactorCheck,
    private readonly identities: IdentitiesService,
    private readonly contacts: ContactsService,
    private readonly audit: AuditService,
  ) {}

  /** Belongs into the transaction that confirmed the change. @throws MobileTakenError when somebody proves the number at that moment */
  async undo(change: Change, undoing: Undoing | null, caller: Caller): Promise<Undone> {
    switch (undoing?.of) {
      case undefined:
        return 'nothing';
      case 'authenticator':
        return this.removeAuthenticator(change, undoing.id, caller);
      case 'identity':
        return this.unlink(change, undoing.id, caller);
      case 'recovery-codes':
        return (await this.recoveryCodes.removeMadeWith(change, undoing.id)) ? 'undone' : 'gone';
      case 'mobile':
        return this.restoreNumber(change, undoing, caller);
    }
  }

  /**
   * An authenticator without which the account would demand no second factor stays as a demand: removing it at once would let somebody who
   * reads the mailbox past the factor that the owner has set up in these days. A code of an app does not sign in by itself, and whoever lacks the
   * mailbox cannot choose a password; a passkey does, so it opens nothing any more.
   */
  private async removeAuthenticator(change: Change, id: string, caller: Caller): Promise<Undone> {
    const { account } = change;
    const confirmed = await this.authenticators.list(account.id);
    const added = confirmed.find((each) => each.id === id);
    if (added === undefined) return 'gone';
    const others = confirmed.filter((each) => each.id !== id).map(({ type }) => type);
    if (this.factors.isDemandedOf(account) && !this.factors.isDemandedOf({ ...account, factors: others })) {
      if (added.type === 'passkey') await this.passkeys.disarm(change, id);
      return 'later';
    }
    await this.authenticators.remove(change, id, null, caller);
    return 'undone';
  }

  private async unlink(change: Change, id: string, caller: Caller): Promise<Undone> {
    if (!(await this.identities.list(change.account.id)).some((each) => each.id === id)) return 'gone';
    await this.identities.unlink(change, id, null, caller);
    return 'undone';
  }

  /** The former number comes back as one that nobody has proven: no code goes there, and it proves nothing. */
  private async restoreNumber(change: Change, { former, set }: Extract<Undoing, { of: 'mobile' }>, caller: Caller): Promise<Undone> {
    const { id, mobile } = change.account;
    if ((mobile === null ? null : this.contacts.readMobile(mobile).key) !== set) return 'gone';
    await this.contacts.removeMobile(change);
    const number = this.contacts.readMobile(former);
    const isTaken = await this.contacts.isMobileTaken(number, id);
    if (!isTaken) await this.contacts.changeMobile(change, number);
    const action = isTaken ? 'mobile.removed' : 'mobile.changed';
    await this.audit.record({ action, outcome: 'success', actorId: id, subjectId: id, caller });
    return 'undone';
  }
}
