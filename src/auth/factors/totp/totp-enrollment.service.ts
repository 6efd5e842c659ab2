import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import type { Principal } from '../../../common/principal.js';
import { DatabaseService } from '../../../database/database.service.js';
import { AuthenticatorsService } from '../../authenticators/authenticators.service.js';
import { AuthenticatorNotFoundError, AuthenticatorUnconfirmedError, InvalidFactorError } from '../../authenticators/errors.js';
import { FactorTries } from '../../authenticators/factor-tries.service.js';
import { RecoveryCodesService } from '../../authenticators/recovery-codes.service.js';
import { TotpSecrets } from '../../authenticators/totp-secrets.service.js';
import { type Authorization, CredentialChange } from '../../passwords/credential-change.service.js';
import type { Evidence } from '../../passwords/evidence.js';
import type { PassedFactor } from '../factor.js';
import { TotpCodes, passedBy } from './totp-codes.service.js';
import { type NewTotp, TotpSetup } from './totp-setup.service.js';

/** Length of a secret, bytes: that of a SHA-1 HMAC (RFC 4226 §4, R6). */
const SECRET_BYTES = 20;

/** Who sets an authenticator app up: an owner who is signed in, or somebody in a sign-in that goes on only with one. */
export type Enroller = { user: Principal } | { enrolling: { accountId: string; sessionEpoch: number } };

/** Setting up authenticator apps. */
@Injectable()
export class TotpEnrollment {
  constructor(
    private readonly gate: CredentialChange,
    private readonly authenticators: AuthenticatorsService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly codes: TotpCodes,
    private readonly secrets: TotpSecrets,
    private readonly tries: FactorTries,
    private readonly database: DatabaseService,
    private readonly setup: TotpSetup,
  ) {}

  /**
   * Makes a secret. It is no factor until `confirm`, and forgotten after 15 min.
   * @throws MethodDisabledError, TooManyAuthenticatorsError, InvalidRequestError, and what the gate throws
   */
  async begin(who: Enroller, name: string | undefined, caller: Caller): Promise<NewTotp & { id: string }> {
    const secret = randomBytes(SECRET_BYTES);
    const authorization = await this.authorize(who, caller);
    const { account } = authorization;
    this.setup.demandOffered(account);
    const id = await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      return this.authenticators.add(change, { type: 'totp', name, secret: this.secrets.seal(secret), isConfirmed: false }, caller);
    });
    return { id, ...(await this.setup.describe(account, secret)) };
  }

  /**
   * Lets the app count, as its code shows that it has the secret.
   * @param then what follows from that, in the same transaction: both happen, or neither
   * @returns recovery codes, if it is the first second factor of the account
   * @throws InvalidFactorError, FactorThrottledError, AuthenticatorNotFoundError, AuthenticatorUnconfirmedError, and what the gate throws
   */
  async confirm<Then>(
    who: Enroller,
    id: string,
    code: string,
    caller: Caller,
    then: (passed: PassedFactor) => Promise<Then>,
  ): Promise<{ recoveryCodes: string[] | undefined; outcome: Then }> {
    const authorization = await this.authorize(who, caller);
    const { id: userId } = authorization.account;
    const app = await this.authenticators.get(userId, id);
    if (app.type !== 'totp') throw new AuthenticatorNotFoundError();
    if (app.confirmedAt !== null) throw new AuthenticatorUnconfirmedError('It is confirmed already.');
    const work = async (): Promise<{ recoveryCodes: string[] | undefined; outcome: Then }> => {
      const change = await this.gate.confirm(authorization);
      if ((await this.codes.use(userId, [app], code)) === null) throw new InvalidFactorError();
      await this.authenticators.confirm(change, id, caller);
      const recoveryCodes = await this.recoveryCodes.makeFirst(change, caller);
      return { recoveryCodes, outcome: await then(passedBy(userId, id)) };
    };
    // Tries of the new app alone: they use up none of those by which the account is signed in to.
    return this.tries.counted('totp', userId, caller, () => this.database.transaction(work), id);
  }

  private authorize(who: Enroller, caller: Caller): Promise<Authorization<'factors'>> {
    const [user, evidence]: [Principal | null, Evidence] =
      'user' in who ? [who.user, { session: 'recent' }] : [null, { enrolling: who.enrolling }];
    return this.gate.authorize(user, 'factors', evidence, caller);
  }
}
