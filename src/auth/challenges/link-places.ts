import { Injectable } from '@nestjs/common';
import type { ChallengePurpose } from '../../common/declared.js';

/**
 * Where mailed links lead instead of to this server's own pages. Contracts whose document has a page of the frontend behind the link register
 * it; the room that makes the links knows no contract. Looked up when a mail is sent, so a queued mail follows the settings.
 */
@Injectable()
export class LinkPlaces {
  private readonly prefixes = new Map<string, string>();

  /**
   * @param clientId the contract through which such links are asked for
   * @param prefix absolute URL, checked; the token is appended
   */
  lead(purpose: ChallengePurpose, clientId: string, prefix: string): void {
    this.prefixes.set(`${purpose} ${clientId}`, prefix);
  }

  /** The URL to which the token is appended; null for the server's own page. */
  find(purpose: ChallengePurpose, clientId: string | null): string | null {
    return this.prefixes.get(`${purpose} ${clientId}`) ?? null;
  }
}
