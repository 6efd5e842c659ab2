import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { isAllowedOrigin } from '../../http/allowed-origins.js';
import { MethodDisabledError } from '../authenticators/errors.js';

const LOCALHOST = /^http:\/\/localhost(?::\d{1,5})?$/;

/** Who asks for passkeys: the domain that they belong to, and the pages that may use them. Comes from the settings alone. */
@Injectable()
export class RelyingParty {
  /** What browsers show as the owner of passkeys. */
  readonly name: string;
  /** The domain; null if the server has none, so that it offers no passkeys. */
  private readonly domain: string | null;
  private readonly origins: readonly string[];
  private readonly acceptsLocalhost: boolean;

  constructor(private readonly settings: Settings) {
    const { APP_NAME, CORS_ORIGINS: cors, NODE_ENV: environment, WEBAUTHN_ORIGINS: listed, WEBAUTHN_RP_ID: rpId } = settings;
    const own = new URL(String(settings.PUBLIC_URL));
    const { hostname } = own;
    this.name = APP_NAME;
    this.domain = rpId ?? (isIP(hostname.replaceAll(/[[\]]/g, '')) === 0 ? hostname : null);
    this.origins = listed.length > 0 ? listed : [own.origin, ...cors.filter((origin) => this.isInDomain(origin))];
    this.acceptsLocalhost = environment !== 'production' && this.domain === 'localhost' && listed.length === 0 && cors.length === 0;
  }

  /** Whether the server can use passkeys at all. */
  get isPossible(): boolean {
    return this.domain !== null;
  }

  /** The RP ID. @throws MethodDisabledError if the server has no domain */
  get id(): string {
    if (this.domain === null) throw new MethodDisabledError();
    return this.domain;
  }

  isOrigin(origin: string): boolean {
    return this.origins.includes(origin) || (this.acceptsLocalhost && LOCALHOST.test(origin) && isAllowedOrigin(origin, this.settings));
  }

  /** Web origins outside the domain, which a browser accepts only if the domain lists them (WebAuthn Level 3 §5.11). */
  get relatedOrigins(): readonly string[] {
    return this.origins.filter((origin) => /^https?:/.test(origin) && !this.isInDomain(origin));
  }

  private isInDomain(origin: string): boolean {
    if (this.domain === null || origin.includes('*') || !/^https?:/.test(origin)) return false;
    const { hostname } = new URL(origin);
    return hostname === this.domain || hostname.endsWith(`.${this.domain}`);
  }
}
