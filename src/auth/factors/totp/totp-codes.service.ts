import { Injectable } from '@nestjs/common';
import { withPlainDigits } from '../../../common/text.js';
import { DatabaseClock } from '../../../database/feed/database-clock.js';
import { AuthenticatorsService } from '../../authenticators/authenticators.service.js';
import { TotpSecrets } from '../../authenticators/totp-secrets.service.js';
import type { PassedFactor } from '../factor.js';
import { stepAt, stepOf } from './one-time-code.js';

/** What is known of an authenticator app. */
interface App {
  id: string;
  secret: string | null;
}

/** Checks the codes of authenticator apps. A code is good once: whoever watches it being typed cannot use it again. */
@Injectable()
export class TotpCodes {
  constructor(
    private readonly authenticators: AuthenticatorsService,
    private readonly secrets: TotpSecrets,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Uses up a code of one of the account's apps.
   * @returns the id of the app; null when the code is of none of them, or was used before
   */
  async use(userId: string, apps: readonly App[], typed: string): Promise<string | null> {
    const code = withPlainDigits(typed).replaceAll(/\s/g, '');
    const now = stepAt(this.clock.nowSeconds());
    // All apps are looked at, whichever it is: two may even have the same code.
    const matches = apps.flatMap(({ id, secret }) => {
      const step = secret === null ? null : stepOf(code, this.secrets.open(secret), now);
      return step === null ? [] : [{ id, step }];
    });
    for (const { id, step } of matches) if (await this.authenticators.acceptStep(userId, id, step)) return id;
    return null;
  }
}

/** What a right code proves. */
export function passedBy(userId: string, authenticatorId: string): PassedFactor {
  return { type: 'totp', userId, authenticatorId, methods: ['otp'], level: 1 };
}
