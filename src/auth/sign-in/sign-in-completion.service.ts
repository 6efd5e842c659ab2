import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Ext } from '../../claims/further-claims.js';
import { DatabaseService } from '../../database/database.service.js';
import { SessionEndedError, SessionRefusedError } from '../../tokens/sessions/errors.js';
import { SessionElevation } from '../../tokens/sessions/session-elevation.service.js';
import { UsersService } from '../../users/users.service.js';
import { DevicesService } from '../devices/devices.service.js';
import { SignInStateError } from './errors.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import type { Proof } from './proof.js';
import { SignInLinks } from './sign-in-links.service.js';
import { type Completion, SignInService } from './sign-in.service.js';
import { CLIENT, type Step, type UnderWay, expired, hasEnded } from './sign-in-step.js';
import { SignInsRepository } from './sign-ins.repository.js';

/** The last step of a sign-in: one transaction with the session that it opens or raises. It happens once. */
@Injectable()
export class SignInCompletion {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly users: UsersService,
    private readonly door: SignInService,
    private readonly links: SignInLinks,
    private readonly devices: DevicesService,
    private readonly elevation: SessionElevation,
    private readonly database: DatabaseService,
  ) {}

  /**
   * @param under the sign-in as it is with the last factor
   * @throws SignInStateError when another request was faster; SignInExpiredError, also when a factor that passed is gone; as `SignInService.complete`, and what linking throws
   */
  async complete(under: UnderWay, proof: Proof, caller: Caller): Promise<Step> {
    const { row: next } = under;
    const { account, assurance, epoch } = proof;
    try {
      if (next.purpose === 'step_up') {
        const asked = this.elevation.asks ? await this.askToRaise(next, proof, caller) : undefined;
        const tokens = await this.database.transaction(async () => {
          if (!(await this.signIns.complete(next))) throw new SessionRefusedError();
          return this.elevation.raise({ id: String(next.sessionId), epoch }, assurance, caller, asked);
        });
        return { ...under, raised: { account, tokens } };
      }
      // A recovery code says that something was lost: this is no moment to ask for less.
      const remembers = next.trustDevice && this.devices.areRemembered && assurance.level > 1 && !assurance.recovered;
      const open = (asked?: Completion['asked']) =>
        this.door.complete(proof, CLIENT, caller, { deviceId: next.deviceId, first: this.signIns.completing(next), asked });
      if (!remembers && next.link === null) return { ...under, session: await open() };
      // What the door refuses goes on record outside of the transaction.
      await this.door.demand(proof, CLIENT, caller, next.deviceId);
      const asked = await this.door.ask(proof, CLIENT, caller);
      return await this.database.transaction(async () => {
        // First, because it locks the account's row: after the session, two requests could wait for each other.
        await this.links.link(next, proof, caller);
        const session = await open(asked);
        // The link may have filled the profile.
        const opened = next.link === null ? session : { ...session, account: await this.users.getById(account.id) };
        return { ...under, session: opened, ...(remembers && { device: await this.devices.remember(account.id, epoch, caller) }) };
      });
    } catch (error) {
      if (error instanceof SessionEndedError) throw expired(next);
      if (error instanceof SessionRefusedError) throw await this.whyRefused(next);
      throw error;
    }
  }

  private askToRaise({ sessionId }: OpenSignIn, { account, assurance }: Proof, caller: Caller): Promise<Ext | undefined> {
    const subject = { id: account.id, roles: account.roles, emailVerified: account.emailVerifiedAt !== null };
    return this.elevation.ask({ id: String(sessionId), clientId: CLIENT.clientId }, subject, assurance, caller);
  }

  /** Another request was faster; or the sign-in has ended with all sessions of its account, or a factor that passed is gone. */
  private async whyRefused(row: OpenSignIn): Promise<Error> {
    const credentials = row.userId === null ? null : await this.users.findCredentialsById(row.userId);
    const isOver = hasEnded(row, credentials) || !(await this.signIns.stillHolds(row));
    return isOver ? expired(row) : new SignInStateError();
  }
}
