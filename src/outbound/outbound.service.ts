import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { OutboundError } from './outbound-error.js';
import { type OutboundRequest, demandAllowed, guardedRequest } from './guarded-request.js';

/**
 * Requests to servers that administrators or users name. Only https, only public addresses, no redirects, and limits of time and length:
 * nobody makes this server call what only its own network reaches.
 */
@Injectable()
export class Outbound {
  constructor(private readonly settings: Settings) {}

  /**
   * Sends one request. A redirect is the answer: it is not followed.
   * @throws OutboundError
   */
  fetch(url: string | URL, request: OutboundRequest = {}): Promise<Response> {
    return guardedRequest(url, { timeoutMs: this.settings.OUTBOUND_TIMEOUT_SECONDS * 1_000, ...request }, this.rules);
  }

  /** Whether `url` is an address that may be called, as far as its text tells. Names are looked up again whenever one is called. */
  allows(url: string): boolean {
    if (!URL.canParse(url)) return false;
    try {
      demandAllowed(new URL(url), this.rules);
      return true;
    } catch (error) {
      if (error instanceof OutboundError) return false;
      throw error;
    }
  }

  private get rules() {
    return { allowsPrivate: this.settings.OUTBOUND_ALLOW_PRIVATE };
  }
}
