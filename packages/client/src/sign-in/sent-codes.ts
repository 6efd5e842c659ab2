import type { AttemptSignInCode, CreateSignInChallengeCode } from '../generated/operations.gen.js';
import type { CallOptions } from '../operation.js';
import { type LatchkeyError, type LocalErrorCode, type Result, failed, localError } from '../result.js';
import type { AttemptOptions } from './flow-options.js';
import type { SignIn } from './state.js';
import type { Attempt, ChallengeAnswer } from './wire.js';

interface CodeParts<Kept> {
  ask: (options: CallOptions | undefined) => Promise<Result<ChallengeAnswer, CreateSignInChallengeCode>>;
  /** Keeps which code was sent last beside the sign-in. */
  note: (id: string) => Promise<void>;
  sent: () => Promise<string | undefined>;
  attempt: (proof: Attempt, options: AttemptOptions | undefined) => Promise<Result<SignIn<Kept>, AttemptSignInCode>>;
}

/** Codes of one kind. A reload forgets neither the sign-in nor the code that was sent last. */
export function sentCodes<Kept>({ ask, note, sent, attempt }: CodeParts<Kept>) {
  return {
    /**
     * Sends a code, to the account of the `identifier` with which the sign-in was started. The answer is the same whether or not there is one.
     * An earlier code dies.
     */
    async send(options?: CallOptions): Promise<Result<ChallengeAnswer, CreateSignInChallengeCode>> {
      const answer = await ask(options);
      if (answer.data !== null) await note(answer.data.id);
      return answer;
    },

    /** The eight digits of the code that was sent last. */
    async verify(code: string, options?: AttemptOptions): Promise<Result<SignIn<Kept>, AttemptSignInCode>> {
      const challengeId = await sent();
      return challengeId === undefined ? failed(noSignIn()) : attempt({ challengeId, code }, options);
    },
  };
}

export function noSignIn(): LatchkeyError<LocalErrorCode> {
  return localError('client.no_sign_in', 'No sign-in is open.');
}
