import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { BoundedEvents } from '../audit/bounded-events.service.js';
import type { Ext } from '../claims/further-claims.js';
import type { Caller } from '../common/caller.js';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import { HookDeniedError, HookUnavailableError } from './errors.js';
import type { HookName, SignUp, TokenAsked } from './hook-request.js';
import { HookRequests } from './hook-requests.service.js';

/** What a user is told if the hook says nothing. */
const DENIED: Record<HookName, string> = {
  before_sign_up: 'The operator of this service does not allow this sign-up.',
  before_token: 'The operator of this service does not allow this sign-in.',
};

/** Asks services of the operator before somebody gets an account or a token. */
@Injectable()
export class Hooks {
  constructor(
    private readonly requests: HookRequests,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly bounded: BoundedEvents,
    private readonly settings: Settings,
  ) {}

  /** Whether `beforeToken` asks anybody: where it does not, callers save the way there. */
  get asksBeforeToken(): boolean {
    return this.settings.HOOK_BEFORE_TOKEN !== undefined;
  }

  /**
   * Asks whether somebody may have an account, if there is a hook. Belongs outside a transaction, behind everything that can refuse them
   * without looking who is registered, and before that: then the answer tells nothing about that.
   * @throws HookDeniedError, HookUnavailableError
   */
  async beforeSignUp(signUp: SignUp, caller: Caller): Promise<void> {
    const { HOOK_BEFORE_SIGN_UP: address, HOOK_BEFORE_SIGN_UP_FAILURE: failure } = this.settings;
    if (address === undefined) return;
    await this.ask({ hook: 'before_sign_up', address, failure, subjectId: null }, withCaller(signUp, caller), caller);
  }

  /**
   * Asks whether somebody may have an access token, if there is a hook. Belongs outside a transaction.
   * @returns the claims that the hook adds
   * @throws HookDeniedError, HookUnavailableError
   */
  async beforeToken({ level, methods, ...asked }: TokenAsked, caller: Caller): Promise<Ext | undefined> {
    const { HOOK_BEFORE_TOKEN: address, HOOK_BEFORE_TOKEN_FAILURE: failure } = this.settings;
    if (address === undefined) return undefined;
    const data = withCaller({ ...asked, acr: `urn:latchkey:aal${level}`, amr: methods }, caller);
    return this.ask({ hook: 'before_token', address, failure, subjectId: asked.accountId }, data, caller);
  }

  private async ask(
    { hook, address, failure, subjectId }: { hook: HookName; address: string; failure: 'open' | 'closed'; subjectId: string | null },
    data: object,
    caller: Caller,
  ): Promise<Ext | undefined> {
    // It would keep a connection of the database, and locks, for up to two seconds.
    if (this.database.inTransaction) throw new Error(`The hook ${hook} was asked inside a transaction.`);
    const answer = await this.requests.ask(hook, address, data);
    if ('reason' in answer) {
      const details = { hook, reason: answer.reason, allowed: failure === 'open' };
      this.bounded.note({ action: 'hook.failed', outcome: 'failure', subjectId: null, details });
      if (failure === 'open') return undefined;
      throw new HookUnavailableError();
    }
    if (answer.allows) return answer.claims;
    await this.audit.record({ action: 'hook.denied', outcome: 'failure', subjectId, caller, details: { hook } });
    throw new HookDeniedError(answer.detail ?? DENIED[hook]);
  }
}

function withCaller(data: object, { ip, userAgent }: Caller): object {
  return { ...data, ip, userAgent };
}
