import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { HostCookie } from '../../http/host-cookie.js';
import type { RememberedDevice } from './devices.service.js';

/** The token of a remembered device in browsers, whichever way they keep the refresh token. */
@Injectable()
export class DeviceCookie {
  private readonly cookie: HostCookie;

  constructor(settings: Settings) {
    this.cookie = new HostCookie('__Host-latchkey-device', String(settings.PUBLIC_URL), 'Strict');
  }

  read(request: Pick<FastifyRequest, 'headers'>): string | undefined {
    return this.cookie.read(request);
  }

  set(reply: FastifyReply, { token, trustedForSeconds }: Pick<RememberedDevice, 'token' | 'trustedForSeconds'>): void {
    this.cookie.set(reply, token, trustedForSeconds);
  }
}
