import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { UsersService } from '../../users/users.service.js';
import { CredentialChange } from './credential-change.service.js';
import { FirstProof, type ProvenBy, isFirstProof } from './first-proof.service.js';
import { ForcedResetService } from './forced-reset.service.js';
import type { HashedPassword } from './new-passwords.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordReplacement } from './password-replacement.service.js';

/** Where one takeover differs from another. */
export interface TakeoverTerms {
  /** The code or link that was found right. */
  challenge: ProvenChallenge;
  /** What the challenge proves. Default: an address. */
  by?: ProvenBy;
  /**
   * Makes the address or number of the challenge the account's, proven, and puts that on record; refuses by throwing. The account's row
   * is locked and the challenge used up.
   */
  claim: (change: ConfirmedChange<'takeover'>) => Promise<void>;
  /**
   * A new password, and what is put on record for it. `locked`: the old one opens nothing, and a reset is mailed to the address. `kept`:
   * the old one stays, and the mail offers to choose another; only for a wire format that has no field for a new one. `removed`: the account
   * has none from then on, for somebody who signs in without one.
   */
  password: { hash: HashedPassword; event: 'password.changed' | 'password.reset' } | 'locked' | 'kept' | 'removed';
  /**
   * What became of the second factor that the account may require, where this is not its first proof. `settled`: `claim` sees to it.
   * `not-asked`: the way back from a change that a thief may have made, who may have replaced the factors, too. Default: an account that
   * requires one is refused a new password.
   */
  factor?: 'settled' | 'not-asked';
}

/**
 * The one routine by which the owner of a mailbox or a number takes an account over: whatever let somebody else in before ends with it.
 * If nobody has proven an address of the account before, everything ends (`FirstProof`). Otherwise its own number, and its ways back to
 * earlier addresses, stay, and so do its second factors.
 */
@Injectable()
export class TakeoverService {
  constructor(
    private readonly gate: CredentialChange,
    private readonly users: UsersService,
    private readonly firstProof: FirstProof,
    private readonly replacement: PasswordReplacement,
    private readonly passwords: PasswordCheck,
    private readonly forced: ForcedResetService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * All of it or nothing: the challenge is used up, the address or number claimed, the password new or locked, every session ended,
   * every open code and link dead, and the owner told. Signs nobody in.
   * @returns the account as it is then
   * @throws InvalidChallengeError, also when another request was faster; what `claim` throws; ProofRequiredError, see `TakeoverTerms.factor`
   */
  async complete({ challenge, by = 'email', claim, password, factor }: TakeoverTerms, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'takeover', { challenge }, caller);
    const { id } = authorization.account;
    const account = await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      await claim(change);
      if (isFirstProof(change.account, by, challenge.address)) await this.firstProof.empty(change, by, caller);
      else if (factor === undefined && typeof password === 'object') this.firstProof.demandNoFactor(change.account);
      // Read again: mails go to the address that was claimed.
      await this.settle(change, await this.users.getById(id), challenge.address, password, caller);
      return this.users.getById(id);
    });
    if (typeof password === 'object') await this.passwords.forgive(id, caller);
    return account;
  }

  private async settle(
    change: ConfirmedChange<'takeover'>,
    claimed: Account,
    address: string,
    password: TakeoverTerms['password'],
    caller: Caller,
  ): Promise<void> {
    if (password === 'locked') return this.forced.demand(change, claimed, address, 'email-change-undone', { caller });
    if (password === 'kept') return this.forced.offer(claimed, address, caller);
    if (password === 'removed') return this.forced.remove(change, claimed, caller);
    const { id } = claimed;
    await this.audit.record({ action: password.event, outcome: 'success', actorId: id, subjectId: id, caller });
    await this.replacement.replace(change, claimed, password.hash, caller);
  }
}
