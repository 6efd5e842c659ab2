import { type KeyObject, X509Certificate } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../../common/errors.js';
import { OutboundError } from '../../../outbound/outbound-error.js';
import { Outbound } from '../../../outbound/outbound.service.js';

/** How long a certificate is believed without asking again, and how long an address without one, ms. */
const KEEP_MS = 86_400_000;
const KEEP_ABSENT_MS = 60_000;

/** Most addresses that are remembered; whoever invents more of them only makes the server forget the oldest. */
const MAX_KNOWN = 20;

const MAX_BYTES = 16 * 1_024;

/** Path of a certificate of SNS. */
const PATH = /^\/SimpleNotificationService-[\w-]{1,128}\.pem$/;

interface Known {
  key: Promise<KeyObject | null>;
  until: number;
}

/** The keys with which Amazon SNS signs, from its own servers. */
@Injectable()
export class SnsCertificates {
  private readonly known = new Map<string, Known>();

  constructor(private readonly outbound: Outbound) {}

  /**
   * The key in the certificate at an address of SNS, whose host the caller has checked; null if there is none that is valid today.
   * @throws UnavailableError if SNS does not answer
   */
  async keyAt(url: string, now = Date.now()): Promise<KeyObject | null> {
    if (!PATH.test(new URL(url).pathname) || new URL(url).search !== '') return null;
    const before = this.known.get(url);
    if (before !== undefined && before.until > now) return before.key;
    const known: Known = { key: this.fetch(url, now), until: now + KEEP_MS };
    this.remember(url, known);
    try {
      const key = await known.key;
      if (key === null) known.until = now + KEEP_ABSENT_MS;
      return key;
    } catch (error) {
      this.known.delete(url);
      throw error;
    }
  }

  private remember(url: string, known: Known): void {
    this.known.delete(url);
    this.known.set(url, known);
    for (const [oldest] of this.known) if (this.known.size > MAX_KNOWN) this.known.delete(oldest);
  }

  private async fetch(url: string, now: number): Promise<KeyObject | null> {
    try {
      const answer = await this.outbound.fetch(url, { maxBytes: MAX_BYTES });
      if (answer.status >= 500) throw new UnavailableError();
      return answer.status === 200 ? keyIn(await answer.text(), now) : null;
    } catch (error) {
      if (error instanceof OutboundError) throw new UnavailableError(undefined, error);
      throw error;
    }
  }
}

function keyIn(pem: string, now: number): KeyObject | null {
  try {
    const { publicKey, validFrom, validTo } = new X509Certificate(pem);
    return Date.parse(validFrom) <= now && now <= Date.parse(validTo) ? publicKey : null;
  } catch {
    return null;
  }
}
