import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { CHALLENGE_BYTES } from './client-data.js';
import { type AnsweredChallenge, type OpenChallenge, WebauthnChallengesRepository } from './webauthn-challenges.repository.js';

/** How long a challenge waits for its answer, seconds. Source: WebAuthn Level 3 §15.1 recommends 5 to 10 min. */
export const CHALLENGE_SECONDS = 300;

/** One-time challenges, each for one sign-in or for the session that registers. */
@Injectable()
export class WebauthnChallenges {
  constructor(private readonly challenges: WebauthnChallengesRepository) {}

  async ask(question: Pick<OpenChallenge, 'act' | 'boundTo'>): Promise<{ id: string; challenge: string; expiresAt: Date }> {
    const id = newId();
    const challenge = randomBytes(CHALLENGE_BYTES);
    const expiresAt = await this.challenges.insert({ id, challenge, ...question }, CHALLENGE_SECONDS);
    return { id, challenge: challenge.toString('base64url'), expiresAt };
  }

  /** Uses it up. @returns false for one that is unknown, used, expired, or meant for another act, sign-in or session */
  redeem(answered: AnsweredChallenge): Promise<boolean> {
    return this.challenges.redeem(answered);
  }
}
