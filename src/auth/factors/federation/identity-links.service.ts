import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { UnauthenticatedError } from '../../../common/errors.js';
import type { Principal } from '../../../common/principal.js';
import { DatabaseService } from '../../../database/database.service.js';
import { SessionsService } from '../../../tokens/sessions/sessions.service.js';
import type { Account } from '../../../users/account.js';
import { UsersService } from '../../../users/users.service.js';
import { AuthenticatorsService } from '../../authenticators/authenticators.service.js';
import { OtherWaysIn } from '../../authenticators/other-ways-in.service.js';
import { LastIdentityError } from '../../identities/errors.js';
import { IdentitiesService } from '../../identities/identities.service.js';
import { CredentialChange } from '../../passwords/credential-change.service.js';
import type { Provider, UpstreamIdentity } from '../../providers/provider.js';
import type { LinkAsker } from './provider-request.entity.js';

/** Linking and unlinking identities when one is signed in. */
@Injectable()
export class IdentityLinks {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly authenticators: AuthenticatorsService,
    private readonly otherWays: OtherWaysIn,
    private readonly gate: CredentialChange,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly database: DatabaseService,
  ) {}

  /** What the session shows that asks for a link. @throws what the gate throws */
  async admit(user: Principal, caller: Caller): Promise<LinkAsker> {
    await this.gate.authorize(user, 'factors', { session: 'recent' }, caller);
    const credentials = await this.users.findCredentialsById(user.userId);
    if (credentials === null) throw new UnauthenticatedError();
    return { userId: user.userId, sessionEpoch: credentials.sessionEpoch, aal: user.aal };
  }

  /**
   * Links the identity with which the browser came back.
   * @param sessionId the session that asked; whoever has signed out meanwhile does not want it any more
   * @returns its id
   * @throws UnauthenticatedError; IdentityLinkedElsewhereError, TooManyIdentitiesError, and what the gate throws
   */
  async finish(asker: LinkAsker, sessionId: string, provider: Provider, identity: UpstreamIdentity, caller: Caller): Promise<string> {
    const { userId: accountId, sessionEpoch, aal } = asker;
    if ((await this.sessions.findLive(sessionId)) === null) throw new UnauthenticatedError();
    const authorization = await this.gate.authorize(null, 'factors', { enrolling: { accountId, sessionEpoch, aal } }, caller);
    return this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      return this.identities.link(change, provider, identity, caller);
    });
  }

  /**
   * Unlinks one; every other session of the account ends.
   * @throws IdentityNotFoundError, LastIdentityError, and what the gate throws
   */
  async unlink(user: Principal, id: string, caller: Caller): Promise<void> {
    const authorization = await this.gate.authorize(user, 'factors', { session: 'recent' }, caller);
    await this.database.transaction(async () => {
      // The account's row is locked: of two removals the second sees the first.
      const change = await this.gate.confirm(authorization);
      await this.identities.unlink(change, id, user.sessionId, caller);
      if (!(await this.canSignIn(change.account))) throw new LastIdentityError();
    });
  }

  private async canSignIn(account: Account): Promise<boolean> {
    const credentials = await this.users.findCredentialsById(account.id);
    if (credentials !== null && credentials.passwordHash !== null) return true;
    const hasPasskey = (await this.authenticators.list(account.id)).some(({ type }) => type === 'passkey');
    return hasPasskey || this.otherWays.has(account);
  }
}
