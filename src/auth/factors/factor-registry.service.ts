import { Injectable } from '@nestjs/common';
import type { Account } from '../../users/account.js';
import { FACTOR_TYPES, type Factor, type FactorAnswer, type FactorOffer, type FactorRole, type FactorType } from './factor.js';

/** The factors of this server; each room adds its own when its module starts. */
@Injectable()
export class FactorRegistry {
  private readonly factors = new Map<FactorType, Factor>();

  /** @throws Error if there is one of this type already */
  add(factor: Factor): void {
    if (this.factors.has(factor.type)) throw new Error(`There are two factors ${factor.type}`);
    this.factors.set(factor.type, factor);
  }

  find(type: FactorType): Factor | undefined {
    return this.factors.get(type);
  }

  /** The factors for which an answer is meant; a good one is meant for one. */
  answeredBy(answer: FactorAnswer): Factor[] {
    return this.all.filter((factor) => factor.answers(answer));
  }

  /** What the server offers for a first step: to everybody alike, or to the `owner` of a session that steps up. */
  async firstOffers(owner: { id: string } | null): Promise<FactorOffer[]> {
    const offers = await Promise.all(
      this.withRole('first').map(async (factor) => (await factor.firstOffers?.(owner)) ?? [offerOf(factor)]),
    );
    return offers.flat();
  }

  /** What an account without a factor can set up. */
  enrollableOffers(): FactorOffer[] {
    return this.all.filter(({ enrolls = false }) => enrolls).map(({ type }) => ({ type, role: 'second' }));
  }

  /** What an account has for a second step. */
  async secondOffersOf(account: Account): Promise<FactorOffer[]> {
    const offers = await Promise.all(this.withRole('second').map((factor) => factor.offersOf(account)));
    return offers.flat();
  }

  /** SQL for whether a passed factor still counts; see `Factor.holds`. What the server no longer offers does not. */
  get holding(): string {
    const cases = this.all.map(({ type, holds = 'true' }) => `WHEN '${type}' THEN ${holds}`);
    return cases.length === 0 ? 'false' : `CASE p.type ${cases.join(' ')} ELSE false END`;
  }

  private withRole(role: FactorRole): Factor[] {
    return this.all.filter(({ roles }) => roles.includes(role));
  }

  /** In the order in which the API names them. */
  private get all(): Factor[] {
    return FACTOR_TYPES.flatMap((type) => this.factors.get(type) ?? []);
  }
}

function offerOf({ type, restricted }: Factor): FactorOffer {
  return { type, role: 'first', ...(restricted === true && { restricted }) };
}
