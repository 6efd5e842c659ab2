import type { IncomingHttpHeaders } from 'node:http';
import type { KnownMail } from '../reported-mails.service.js';

/** The mail providers whose webhooks are understood; the last part of their path. */
export const PROVIDERS = ['ses', 'postmark', 'sendgrid', 'mailgun', 'resend'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** A request of a provider: signatures are of the bytes. */
export interface ProviderRequest {
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  /** The same as JSON: an object or an array. */
  body: object;
}

/** What a provider says of one mail that it could not deliver for good, or that somebody called spam. */
export interface ProviderReport {
  mail: KnownMail;
  kind: 'bounce' | 'complaint';
  /** The provider's own words. */
  detail: string | undefined;
}

/** One provider's webhook: whose request it is, and what it says. */
export abstract class ReportSource {
  abstract readonly provider: Provider;

  /** Whether the settings name it; otherwise its path does not exist. */
  abstract readonly isOpen: boolean;

  /**
   * Checks who sent the request, before anything in it is believed.
   * @throws UnsignedReportError
   */
  abstract verify(request: ProviderRequest): void | Promise<void>;

  /** The bounces and complaints in a verified request; other events are left out. */
  abstract read(body: object): readonly ProviderReport[] | Promise<readonly ProviderReport[]>;

  /** What must not come a second time; undefined where the signature itself ages. */
  onceOf?(body: object): string;
}
