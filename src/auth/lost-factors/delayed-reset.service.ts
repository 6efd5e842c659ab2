import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import { FactorWaivers } from '../authenticators/factor-waivers.service.js';
import { SecondFactorMissingError } from '../authenticators/errors.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { ResetFactor } from '../password-reset/reset-factor.service.js';
import { type ResetProof, ResetProofs, steadily } from '../password-reset/reset-proofs.service.js';
import { DelayedResetJobs } from './delayed-reset-jobs.service.js';
import { DelayedResetMails } from './delayed-reset-mails.service.js';

/** A wait that somebody asked for. */
export interface DelayedReset {
  address: string;
  dueAt: Date;
}

/**
 * Resets of the password for people who have lost their second factor. Who reads the mailbox asks for one; it takes effect after a wait in
 * which the owner is told twice, by mail and text message, and stops it by a link, or by using the factor.
 */
@Injectable()
export class DelayedResetService {
  constructor(
    private readonly proofs: ResetProofs,
    private readonly factor: ResetFactor,
    private readonly waivers: FactorWaivers,
    private readonly gate: CredentialChange,
    private readonly mails: DelayedResetMails,
    private readonly jobs: DelayedResetJobs,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Begins the wait and tells the owner; the code or link is used up. One that is under way goes on: asking again neither shortens nor
   * prolongs it.
   * @throws InvalidChallengeError (UnknownIdentifierError for an unknown identifier), ChallengeExpiredError, ThrottledError;
   *   SecondFactorMissingError where no wait does instead: for administrators, without a proven address, if the installation has none; and
   *   the code or link stays good
   */
  request(proof: ResetProof, caller: Caller): Promise<DelayedReset> {
    return steadily(proof, async () => {
      const proven = await this.proofs.prove(proof, caller);
      this.demandWaitable(proven);
      const authorization = await this.gate.authorize(null, 'factors', { challenge: proven.challenge }, caller);
      return this.database.transaction(async () => {
        const { account } = await this.gate.confirm(authorization);
        this.demandWaitable({ ...proven, account });
        return this.start(account, caller);
      });
    });
  }

  /**
   * Begins the wait for an account whose owner disowns its only second factor, and tells the owner; of one that is under way the owner gets
   * a new link to stop it. Joins the caller's transaction.
   * @returns null where no wait does instead: for administrators, without a proven address, if the installation has none
   */
  async begin(account: Account, caller: Caller): Promise<DelayedReset | null> {
    return this.factor.canWait({ account }) ? this.start(account, caller, { again: true }) : null;
  }

  /** Ends the wait that somebody else may have asked for; joins the caller's transaction. */
  async end({ id }: Account, caller: Caller): Promise<void> {
    if (!(await this.waivers.stop(id))) return;
    const by = { actorId: id, subjectId: id, caller, details: { reason: 'disavowed' } };
    await this.audit.record({ action: 'password.delayed_reset_stopped', outcome: 'success', ...by });
  }

  /** Whose reset a link stops, for the page that it opens. @throws InvalidChallengeError, ChallengeExpiredError */
  inspectStop(token: string): Promise<{ address: string }> {
    return this.mails.inspect(token);
  }

  /**
   * Stops the reset that the link is about, before it takes effect or while it can be used. The password stays as it is.
   * @returns the address to which the link went
   * @throws InvalidChallengeError, ChallengeExpiredError, ThrottledError
   */
  stop(token: string, caller: Caller): Promise<string> {
    return this.mails.redeem(token, caller, async (challenge) => {
      const authorization = await this.gate.authorize(null, 'factors', { challenge }, caller);
      await this.database.transaction(async () => {
        const { account } = await this.gate.confirm(authorization);
        await this.waivers.stop(account.id);
        const by = { actorId: account.id, subjectId: account.id, caller, details: { reason: 'link' } };
        await this.audit.record({ action: 'password.delayed_reset_stopped', outcome: 'success', ...by });
      });
      return challenge.address;
    });
  }

  private async start(account: Account, caller: Caller, { again = false }: { again?: boolean } = {}): Promise<DelayedReset> {
    const underWay = await this.waivers.find(account.id);
    const { id, dueAt } = underWay ?? (await this.waivers.begin(account.id, this.mails.waitSeconds));
    if (underWay === null || again) await this.mails.tell(account, caller, dueAt);
    if (underWay === null) await this.jobs.plan({ id, dueAt }, account);
    const details = { dueAt: dueAt.toISOString() };
    await this.audit.record({ action: 'password.delayed_reset_requested', outcome: 'success', subjectId: account.id, caller, details });
    return { address: this.mails.addressOf(account), dueAt };
  }

  /** @throws SecondFactorMissingError */
  private demandWaitable(proven: Parameters<ResetFactor['isDemanded']>[0]): void {
    if (!this.factor.isDemanded(proven) || !this.factor.canWait(proven)) throw new SecondFactorMissingError();
  }
}
