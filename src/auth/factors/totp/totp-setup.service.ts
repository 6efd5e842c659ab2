import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import type { Account } from '../../../users/account.js';
import { MethodDisabledError } from '../../authenticators/errors.js';
import { FactorPolicy } from '../../authenticators/factor-policy.service.js';
import { toBase32 } from './base32.js';
import { toQrSvg } from './qr-code.js';
import { DIGITS, STEP_SECONDS } from './one-time-code.js';

/** What an authenticator app has to be told. It is told this once. */
export interface NewTotp {
  /** Base32, for apps that cannot scan. */
  secret: string;
  /** What the QR code contains. */
  otpauthUrl: string;
  qrSvg: string;
}

/** How an authenticator app learns its secret. */
@Injectable()
export class TotpSetup {
  constructor(
    private readonly policy: FactorPolicy,
    private readonly settings: Settings,
  ) {}

  /** @throws MethodDisabledError if the installation has no second factors, and the account does not need one */
  demandOffered(account: Account): void {
    if (!this.policy.offersFactorsTo(account)) throw new MethodDisabledError();
  }

  async describe(account: Account, secret: Buffer): Promise<NewTotp> {
    const otpauthUrl = this.urlOf(account, toBase32(secret));
    return { secret: toBase32(secret), otpauthUrl, qrSvg: await toQrSvg(otpauthUrl) };
  }

  /** In the Key Uri Format, which Google Authenticator began and all apps read. */
  private urlOf({ email, username, mobile }: Account, secret: string): string {
    // A colon parts the issuer from the account.
    const issuer = encodeURIComponent(this.settings.APP_NAME.replaceAll(':', ' '));
    const label = `${issuer}:${encodeURIComponent(email ?? username ?? mobile ?? '')}`;
    return `otpauth://totp/${label}?secret=${secret}&issuer=${issuer}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
  }
}
