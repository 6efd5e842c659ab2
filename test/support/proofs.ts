import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Challenge, Solution } from 'altcha-lib/types';
import type { Answer } from './start-app.js';

/** A challenge with its solution, as a client sends them. */
export interface TestProof {
  challenge: Challenge;
  solution: Solution;
}

/** Solves the challenge of an answer, with the library that any client can use. */
export async function solved({ body }: Answer): Promise<TestProof> {
  const challenge = body.challenge as Challenge;
  const solution = await solveChallenge({ challenge, deriveKey });
  if (solution === null) throw new Error('The challenge has no solution');
  return { challenge, solution };
}

/** The header that shows a proof. */
export function withProof(proof: object): { headers: Record<string, string> } {
  return { headers: { 'proof-of-work': Buffer.from(JSON.stringify(proof)).toString('base64') } };
}
