import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { demandListed } from './listed-return-url.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';

/**
 * Where the pages behind mailed links may lead back to. What a request asks for travels with the code and the link, never in the
 * address of the link, and is looked up in the list again when a page shows it: an entry that was taken out leads nowhere.
 */
@Injectable()
export class ReturnUrls {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly settings: Settings,
  ) {}

  /**
   * What a request asked for.
   * @throws InvalidRequestError unless it is an entry of `RETURN_URLS`, letter for letter
   */
  check(returnTo: string | null | undefined, field = 'returnTo'): string | null {
    if (returnTo == null) return null;
    demandListed(returnTo, this.settings, field);
    return returnTo;
  }

  /** Where the page of a link leads back to, whether or not the link has been used; null for nowhere. */
  async ofLink(token: string): Promise<string | null> {
    const returnTo = (await this.challenges.originOf(token))?.returnTo ?? null;
    return this.stillListed(returnTo);
  }

  /** An address that was checked when it was asked for; null if the list has it no more. */
  stillListed(url: string | null): string | null {
    return url !== null && this.settings.RETURN_URLS.includes(url) ? url : null;
  }
}
