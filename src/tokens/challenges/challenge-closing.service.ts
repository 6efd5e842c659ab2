import { Injectable } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { ChallengeClosingRepository } from './challenge-closing.repository.js';
import type { ProvenChallenge } from './challenges.service.js';
import { purposesWith } from './purposes.js';

/** Closes codes and links that are open and must not work any more; joins the caller's transaction. */
@Injectable()
export class ChallengeClosing {
  /** Purposes of which the challenges stay open when the others of an account are closed. */
  private readonly lasting: readonly ChallengePurpose[];
  /** Purposes of which an account has as many as there are acts. */
  private readonly manifold: readonly ChallengePurpose[];
  /** Purposes of which the challenges prove what an account registered with. */
  private readonly proving: readonly ChallengePurpose[];

  constructor(
    private readonly challenges: ChallengeClosingRepository,
    catalogue: Catalogue,
  ) {
    this.lasting = purposesWith(catalogue, 'outlivesClosing');
    this.manifold = purposesWith(catalogue, 'onePerAct');
    this.proving = purposesWith(catalogue, 'provesRegistered');
  }

  /** Closes the account's open challenge for one purpose. */
  async close(userId: string, purpose: ChallengePurpose): Promise<void> {
    await this.challenges.close(userId, purpose);
  }

  /**
   * Closes the open challenges of an account: its password or address changed, or it was disabled. Those that outlive closing stay:
   * a thief who has the account must not close its owner's way back.
   * @param spared addresses and numbers that the account registered with and nobody has proven: their proofs stay, too
   */
  async closeAll(userId: string, spared: readonly string[] = []): Promise<void> {
    await this.challenges.closeBut(userId, { purposes: this.lasting, addresses: spared, proving: this.proving });
  }

  /** Closes all open challenges of an account, those that outlive closing too: it has another owner now. */
  async closeEvery(userId: string): Promise<void> {
    await this.challenges.close(userId);
  }

  /** Closes the account's open challenges for a purpose that were made after this one. */
  async closeNewer(purpose: ChallengePurpose, challenge: ProvenChallenge): Promise<void> {
    await this.challenges.closeNewer(purpose, challenge);
  }

  /**
   * Notes that the reader of this address has put right what mails to it have told of so far, by taking the account over: of the links in
   * these mails those that undo nothing are dead, and the others only undo. Links that went to another address stay: a thief may have put this
   * one there.
   */
  async settle(userId: string, address: string): Promise<void> {
    await this.challenges.settle(userId, address, this.manifold);
  }
}
