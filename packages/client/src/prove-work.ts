import { problems } from './answer.js';
import type { Exchange } from './exchange.js';
import { solve } from './solve.js';

/** Proofs for one request: the server may take the first one for too old. */
const MAX_PROOFS = 2;

/**
 * Proves work where the server asks for it before it mails, texts or registers, and repeats the request; nobody notices but by the time it
 * takes. Where the platform cannot, the refusal stands.
 */
export function provingWork(exchange: Exchange): Exchange {
  return async (request, signal) => {
    let answer = await exchange(request, signal);
    for (let proofs = 0; proofs < MAX_PROOFS && answer.error?.code.startsWith('proof_of_work.') === true; proofs += 1) {
      const challenge = problems.get(answer.error)?.challenge;
      const proof = challenge && (await solve(challenge, signal).catch(() => null));
      if (!proof) break;
      answer = await exchange({ ...request, proof }, signal);
    }
    return answer;
  };
}
