import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { HostCookie } from '../../http/host-cookie.js';
import type { BrowserMark, WayBack } from '../factors/browser-mark.js';
import { SIGN_IN_SECONDS } from './sign-ins.repository.js';

/**
 * Knows a browser again that was sent to a provider. Whoever comes back in another one is refused: otherwise somebody could let a stranger
 * sign in to their sign-in, or put a stranger into their own account.
 */
@Injectable()
export class BrowserCookie {
  private readonly cookies: Readonly<Record<WayBack, HostCookie>>;

  constructor(settings: Settings) {
    const publicUrl = String(settings.PUBLIC_URL);
    this.cookies = {
      address: new HostCookie('__Host-latchkey-provider', publicUrl, 'Lax'),
      form: new HostCookie('__Host-latchkey-provider-form', publicUrl, 'None'),
    };
  }

  /** The marks that the browser has, by way. */
  read(request: Pick<FastifyRequest, 'headers'>): Partial<Record<WayBack, string>> {
    const { address, form } = { address: this.cookies.address.read(request), form: this.cookies.form.read(request) };
    return { ...(address !== undefined && { address }), ...(form !== undefined && { form }) };
  }

  set(reply: FastifyReply, { value, way }: BrowserMark): void {
    this.cookies[way].set(reply, value, SIGN_IN_SECONDS);
  }
}
