import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '../../../common/errors.js';
import { newId } from '../../../common/ids.js';
import { Secrets } from '../../../config/secrets.js';
import { Settings } from '../../../config/settings.js';
import { ReturnUrls } from '../../challenges/return-urls.service.js';
import { PRESET_ROWS } from '../../providers/presets.js';
import type { Provider } from '../../providers/provider.js';
import { ProviderClient, type UpstreamRequest } from '../../providers/provider-client.service.js';
import { ProvidersService } from '../../providers/providers.service.js';
import type { BrowserMark, WayBack } from '../browser-mark.js';
import { SignInNotFoundError } from '../../sign-in/errors.js';
import { OtherBrowserError } from './errors.js';
import type { LinkAsker } from './provider-request.entity.js';
import { ProviderRequestsRepository } from './provider-requests.repository.js';

/** How long somebody may take at a provider, seconds. */
const REQUEST_SECONDS = 10 * 60;

const MARK_BYTES = 32;
const MARK = /^[\w-]{43}$/;

/** The marks that a browser has, by the way that it comes back. */
export type Marks = Partial<Record<WayBack, string>>;

/** Who is sent to a provider, and why. */
export interface Errand {
  /** The sign-in, or the session that links. */
  boundTo: string;
  /** Null for a sign-in. */
  link: LinkAsker | null;
  returnTo: string | null | undefined;
  marks: Marks;
  reauthenticates: boolean;
}

/** Sending browsers to providers, and knowing them again when they come back: each once, in the browser that was sent. */
@Injectable()
export class ProviderRequests {
  constructor(
    private readonly requests: ProviderRequestsRepository,
    private readonly client: ProviderClient,
    private readonly providers: ProvidersService,
    private readonly returnUrls: ReturnUrls,
    private readonly secrets: Secrets,
    private readonly settings: Settings,
  ) {}

  /** @throws InvalidRequestError for a `returnTo` that is not listed; ProviderUnavailableError */
  async send(provider: Provider, errand: Errand): Promise<{ id: string; expiresAt: Date; redirectUrl: string; mark: BrowserMark }> {
    const returnTo = this.returnUrls.check(errand.returnTo) ?? this.settings.RETURN_URLS[0];
    if (returnTo === undefined) throw InvalidRequestError.field('returnTo', 'required', 'Set RETURN_URLS, and send one of them.');
    const { boundTo, link, marks, reauthenticates } = errand;
    const { url, ...secret } = await this.client.ask(provider, this.providers.redirectUriOf(provider), { reauthenticates });
    const way = provider.preset !== null && PRESET_ROWS[provider.preset].responseMode === 'form_post' ? 'form' : 'address';
    const known = marks[way];
    // Several tabs of a browser have one mark.
    const value = known !== undefined && MARK.test(known) ? known : randomBytes(MARK_BYTES).toString('base64url');
    const id = newId();
    const expiresAt = await this.requests.insert(
      {
        id,
        stateMac: this.secrets.mac('provider-requests', `state ${secret.state}`),
        browserMac: this.secrets.mac('provider-requests', `browser ${value}`),
        providerId: provider.id,
        boundTo,
        link,
        sealed: this.secrets.encrypt('provider-requests', Buffer.from(JSON.stringify(secret))),
        returnTo,
      },
      REQUEST_SECONDS,
    );
    return { id, expiresAt, redirectUrl: url, mark: { value, way } };
  }

  /**
   * Uses up a request by the state that came back.
   * @throws SignInNotFoundError for a state that is unknown, used, expired or of another provider; OtherBrowserError
   */
  async redeem(
    provider: Provider,
    state: string | null,
    marks: Marks,
  ): Promise<{ boundTo: string; link: LinkAsker | null; returnTo: string; checks: Omit<UpstreamRequest, 'url'> }> {
    if (state === null || state.length > 200) throw new SignInNotFoundError();
    const stateMacs = this.secrets.macs('provider-requests', `state ${state}`);
    const browserMacs = Object.values(marks).flatMap((mark) => this.secrets.macs('provider-requests', `browser ${mark}`));
    const request = await this.requests.redeem(provider.id, stateMacs, browserMacs);
    if (request === null) throw (await this.requests.isOpen(provider.id, stateMacs)) ? new OtherBrowserError() : new SignInNotFoundError();
    const { boundTo, link, returnTo, sealed } = request;
    const checks = JSON.parse(this.secrets.decrypt('provider-requests', sealed).toString()) as Omit<UpstreamRequest, 'url'>;
    return { boundTo, link, returnTo, checks };
  }
}
