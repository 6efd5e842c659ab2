import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LinkPlaces } from '../../auth/challenges/link-places.js';
import { Settings } from '../../config/settings.js';
import { MAILED_TOKENS } from './contract-slugs.js';

/** Leads the mailed links of contracts to the pages of their frontends that `CONTRACT_LINKS` names. */
@Injectable()
export class ContractLinks implements OnModuleInit {
  constructor(
    private readonly places: LinkPlaces,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    for (const [slug, prefix] of this.settings.CONTRACT_LINKS) this.places.lead(MAILED_TOKENS[slug], slug, prefix);
  }
}
