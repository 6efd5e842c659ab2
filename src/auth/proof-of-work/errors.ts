import { AppError } from '../../common/errors.js';
import type { ProofChallenge } from '../../common/proof-challenge.js';

/** The request has to be repeated with a proof of work. */
export class ProofRequiredError extends AppError {
  override readonly code = 'proof_of_work.required';
  override readonly members: { challenge: ProofChallenge };
  constructor(challenge: ProofChallenge) {
    super('Solve the challenge and repeat the request.');
    this.members = { challenge };
  }
}

/** The proof was used before, has expired, is for another purpose, or proves nothing. */
export class InvalidProofError extends AppError {
  override readonly code = 'proof_of_work.invalid';
  override readonly members: { challenge: ProofChallenge };
  constructor(challenge: ProofChallenge) {
    super('The proof of work is not valid, or not any more. Solve the new challenge.');
    this.members = { challenge };
  }
}
