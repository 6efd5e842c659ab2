import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../common/caller.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { DeviceCookie } from '../devices/device-cookie.js';
import { type SignInView, toSignInView } from './dto/sign-in.view.js';
import { SignInCookie } from './sign-in-cookie.js';
import type { SignInOutcome } from './sign-in-outcomes.service.js';

/** What a step of a sign-in answers: its view, and what the browser keeps in cookies. Also for the rooms of factors. */
@Injectable()
export class SignInAnswer {
  constructor(
    private readonly signInCookie: SignInCookie,
    private readonly refreshCookie: RefreshCookie,
    private readonly deviceCookie: DeviceCookie,
    private readonly sessions: SessionsService,
  ) {}

  async of(outcome: SignInOutcome, request: FastifyRequest, reply: FastifyReply, caller: Caller): Promise<SignInView> {
    const { id, mode, status, secret, session, device } = outcome;
    if (mode === 'cookie') {
      if (secret !== undefined) this.signInCookie.set(request, reply, id, secret);
      if (status === 'complete') this.signInCookie.clear(request, reply, id);
      if (session !== undefined) {
        await this.refreshCookie.replace(request, (token) => this.sessions.replace(token, caller));
        this.refreshCookie.set(reply, session.tokens);
      }
    }
    if (device !== undefined) this.deviceCookie.set(reply, device);
    return toSignInView(outcome);
  }
}
