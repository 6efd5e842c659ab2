import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { OutboxService } from '../../../mail/outbox.service.js';
import type { ProvenChallenge } from '../../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../../tokens/challenges/errors.js';
import { EmailTakenError } from '../../../users/errors.js';
import { UsersService } from '../../../users/users.service.js';
import { EmailConfirmation } from '../../contacts/email-confirmation.service.js';
import { SignUpByCode } from '../../registration/sign-up-by-code.service.js';
import type { PassedFactor } from '../factor.js';
import { type RightCode, SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { EmailCodeRecipients } from './email-code-recipients.service.js';

/** Whose a code was, where it went, and the `session_epoch` for which that holds. */
export type CodeOwner = Required<Pick<PassedFactor, 'userId' | 'address' | 'epoch'>>;

/** What a right code or an opened link brings along: it is used up, and proves its address. */
@Injectable()
export class EmailCodeProofs {
  constructor(
    private readonly codes: SignInCodes,
    private readonly recipients: EmailCodeRecipients,
    private readonly users: UsersService,
    private readonly confirmation: EmailConfirmation,
    private readonly signUps: SignUpByCode,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Uses the code up. For an address that nobody has it makes the account. The first proof of an account's address ends all that a stranger
   * could have left in it, the password too, unless its owner was known before by a session or another factor.
   * @returns whose it is, as the account is then
   * @throws InvalidChallengeError when another request was faster, or the account has changed since
   */
  async redeem(code: RightCode, { isOwner }: { isOwner: boolean }, caller: Caller): Promise<CodeOwner> {
    const { userId, address } = code;
    if (userId === null) return this.signUp(code, caller);
    const owner = await this.users.findCredentialsById(userId);
    if (owner === null || owner.sessionEpoch !== code.epoch || !(await this.recipients.isAddressOf(owner.account, address)))
      throw new InvalidChallengeError();
    const { email, emailVerifiedAt } = owner.account;
    if (emailVerifiedAt !== null || email !== address) {
      if (!(await this.codes.consume(code))) throw new InvalidChallengeError();
      return { userId, address, epoch: owner.sessionEpoch };
    }
    const challenge: ProvenChallenge = {
      id: code.id,
      userId,
      purpose: 'sign-in-code',
      address,
      clientId: null,
      use: () => this.codes.consume(code),
    };
    if (isOwner) await this.confirmation.confirm(challenge, { challenge }, 'by-owner', caller);
    else await this.confirmation.takeOverWithoutPassword(challenge, caller);
    return this.now(userId, address);
  }

  /** The first proof has ended all sessions from before. */
  private async now(userId: string, address: string): Promise<CodeOwner> {
    const owner = await this.users.findCredentialsById(userId);
    if (owner === null) throw new InvalidChallengeError();
    return { userId, address, epoch: owner.sessionEpoch };
  }

  private async signUp(code: RightCode, caller: Caller): Promise<CodeOwner> {
    try {
      const proof = {
        email: code.address,
        use: () => this.codes.consume(code),
        belongsTo: async (userId: string): Promise<void> => {
          await this.codes.assign(code, userId);
          await this.outbox.assign(code.id, userId);
        },
      };
      const { id } = await this.signUps.register(proof, caller);
      return await this.now(id, code.address);
    } catch (error) {
      // Registered meanwhile: the next code signs in to that account.
      if (error instanceof EmailTakenError) throw new InvalidChallengeError();
      throw error;
    }
  }
}
