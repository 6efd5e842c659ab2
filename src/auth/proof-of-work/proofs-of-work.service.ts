import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ThrottledError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidProofError, ProofRequiredError } from './errors.js';
import { ProofChallenges, type ProofPurpose } from './proof-challenges.service.js';
import { UsedProofsRepository } from './used-proofs.repository.js';

/** Proofs of work before messages and accounts for strangers. */
@Injectable()
export class ProofsOfWork {
  /** Callers of routes that may ask, and whether they have. */
  private readonly expected = new WeakMap<Caller, { hasAsked: boolean }>();
  private readonly count: Record<'asked' | 'accepted' | 'refused', () => void>;

  constructor(
    private readonly challenges: ProofChallenges,
    private readonly used: UsedProofsRepository,
    private readonly users: UsersService,
    private readonly throttle: ThrottleService,
    private readonly settings: Settings,
    metrics: MetricsService,
  ) {
    this.count = {
      asked: metrics.counter('latchkey_proofs_of_work_asked_total', 'Requests that were refused until they prove some work.'),
      accepted: metrics.counter('latchkey_proofs_of_work_accepted_total', 'Proofs of work that were accepted.'),
      refused: metrics.counter('latchkey_proofs_of_work_refused_total', 'Proofs of work that were forged, expired or used before.'),
    };
  }

  /** Lets a request be asked for a proof; see `AsksForProof`. */
  expect(caller: Caller): void {
    this.expected.set(caller, { hasAsked: false });
  }

  /** @throws Error when a request was served without `demand`: the route says that it asks, and has forgotten to */
  demandAsked(caller: Caller): void {
    if (this.expected.get(caller)?.hasAsked !== true) throw new Error('A route with @AsksForProof() served a request without asking');
  }

  /**
   * Counts a request that sends a message or makes an account, and uses up its proof of work where one is asked for. Belongs before anything
   * is looked up. Whether one is asked for depends on the server's settings, the caller's network and what was typed, never on who exists.
   * @param purpose null for one that does neither, as some of the route's do
   * @param typed the addresses, numbers or usernames that it is about
   * @throws ProofRequiredError, InvalidProofError; Error on a route that does not say with `@AsksForProof()` that it asks
   */
  async demand(purpose: ProofPurpose | null, typed: readonly (string | null | undefined)[], caller: Caller): Promise<void> {
    const route = this.expected.get(caller);
    if (route === undefined) throw new Error('Only a route with @AsksForProof() can ask for a proof of work');
    route.hasAsked = true;
    if (purpose === null) return;
    if (!(await this.isAsked(typed, caller))) return;
    const { proofOfWork } = caller;
    if (proofOfWork === undefined) {
      this.count.asked();
      throw new ProofRequiredError(await this.challenges.make(purpose));
    }
    const solved = await this.challenges.read(proofOfWork, purpose);
    if (solved === null || !(await this.used.use(solved))) {
      this.count.refused();
      throw new InvalidProofError(await this.challenges.make(purpose));
    }
    this.count.accepted();
  }

  private async isAsked(typed: readonly (string | null | undefined)[], caller: Caller): Promise<boolean> {
    if (this.settings.PROOF_OF_WORK !== 'adaptive') return this.settings.PROOF_OF_WORK === 'always';
    const keys = typed.filter((text) => typeof text === 'string').map((text) => this.users.typedKey(text));
    const { LIMIT_WITHOUT_PROOF_ADDRESS: perAddress, LIMIT_WITHOUT_PROOF_NETWORK: perNetwork } = this.settings;
    // All are counted, whatever comes of the others.
    const signs = await Promise.all([
      isOver(this.throttle.takeFrom('without-proof-network', { ...caller, limits: [] })),
      this.throttle.failuresOf({ limit: 'sign-in-network', of: networkOf(caller.ip) }).then((wrong) => wrong >= perNetwork.points),
      ...keys.flatMap((of) => [
        isOver(this.throttle.take({ limit: 'without-proof-address', of })),
        this.throttle.failuresOf({ limit: 'sign-in-account', of }).then((wrong) => wrong >= perAddress.points),
      ]),
    ]);
    return signs.includes(true);
  }
}

async function isOver(taken: Promise<void>): Promise<boolean> {
  try {
    await taken;
    return false;
  } catch (error) {
    if (error instanceof ThrottledError) return true;
    throw error;
  }
}
