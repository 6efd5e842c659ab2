import { Injectable } from '@nestjs/common';
import type { CodeDigits } from '../../common/capability.js';
import { isId } from '../../common/ids.js';
import { ChallengeSecrets } from '../../tokens/challenges/challenge-secrets.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { CodeType } from './sign-in-code.entity.js';
import { type NewSignInCode, SignInCodesRepository, type StoredSignInCode } from './sign-in-codes.repository.js';

/** How long a code and its link work, seconds. */
export const SIGN_IN_CODE_SECONDS = 10 * 60;

/** Strangers try these without a session. */
const DIGITS: CodeDigits = 8;

/** Whom a new code signs in, and where it goes. */
export type SignInCodeRequest = Pick<NewSignInCode, 'signInId' | 'type' | 'userId' | 'epoch' | 'address' | 'returnTo'>;

/** A code that was found right, or whose link was opened. It is still to be used up. */
export interface RightCode {
  id: string;
  type: CodeType;
  /** Null: it makes an account. */
  userId: string | null;
  epoch: number | null;
  address: string;
  returnTo: string | null;
}

/** What a message carries. */
export interface RevealedCode {
  type: CodeType;
  address: string;
  code: string;
  /** The token of the link. */
  token: string;
  expiresAt: Date;
}

/**
 * Codes that sign-ins ask for. Unlike other codes they are tried by the holder of the sign-in alone, and a sign-in of somebody who has no
 * account has one, too, that is never right.
 */
@Injectable()
export class SignInCodes {
  constructor(
    private readonly codes: SignInCodesRepository,
    private readonly secrets: ChallengeSecrets,
  ) {}

  /** Makes a code; an earlier one of the sign-in is dead from then on. Joins the caller's transaction. */
  async issue(request: SignInCodeRequest): Promise<{ id: string; expiresAt: Date }> {
    const made = this.secrets.make(DIGITS);
    return { id: made.id, expiresAt: await this.codes.replace({ ...made, ...request }, SIGN_IN_CODE_SECONDS) };
  }

  /** Whether a code that went to the address still works. */
  isLive(address: string, type: CodeType): Promise<boolean> {
    return this.codes.isLive(address, type);
  }

  /** Whether an answer is meant for a code of this type. */
  async has(signInId: string, type: CodeType, id: string | undefined): Promise<boolean> {
    return id !== undefined && isId(id) && this.codes.has(signInId, type, id);
  }

  /** The sign-in's code if it is right; null otherwise. Every call counts as a try. */
  async check(signInId: string, type: CodeType, id: string | undefined, code: string): Promise<RightCode | null> {
    const stored = id !== undefined && isId(id) ? await this.codes.beginTry(signInId, type, id) : null;
    const isRight = stored !== null && this.secrets.isCodeOf(stored, code);
    return isRight ? rightOf(stored) : null;
  }

  /**
   * The code whose link was opened. Uses nothing up.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async checkLink(token: string): Promise<RightCode & { code: string }> {
    const id = this.secrets.idIn(token);
    const stored = id === null ? null : await this.codes.findOpen(id);
    if (stored === null || stored.type !== 'email_code' || !this.secrets.isTokenOf(stored, token)) throw new InvalidChallengeError();
    const [right, secrets] = [rightOf(stored), this.secrets.reveal(stored)];
    if (right === null || secrets === null) throw new InvalidChallengeError();
    if (stored.expired) throw new ChallengeExpiredError();
    return { ...right, code: secrets.code };
  }

  /** What the message of a code says; null for one that no longer works, and for those that nobody is to get. */
  async reveal(id: string): Promise<RevealedCode | null> {
    const stored = await this.codes.findOpen(id);
    const secrets = stored === null || stored.expired ? null : this.secrets.reveal(stored);
    if (stored === null || secrets === null || stored.address === null) return null;
    return { type: stored.type, address: stored.address, ...secrets, expiresAt: stored.expiresAt };
  }

  /** Gives a code that made an account to that account, with which it goes. Joins the caller's transaction. */
  assign({ id }: Pick<RightCode, 'id'>, userId: string): Promise<void> {
    return this.codes.assign(id, userId);
  }

  /** Uses a right code up; joins the caller's transaction. @returns false when another request was faster */
  consume({ id }: Pick<RightCode, 'id'>): Promise<boolean> {
    return this.codes.consume(id);
  }
}

function rightOf({ id, type, userId, epoch, address, returnTo }: StoredSignInCode): RightCode | null {
  return address === null ? null : { id, type, userId, epoch, address, returnTo };
}
