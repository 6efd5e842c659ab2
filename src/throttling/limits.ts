import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';

/** So many within so many seconds. */
export interface Limit {
  points: number;
  seconds: number;
}

/** Everything that is limited, and the setting that says how much. */
const SETTING_OF = {
  'sign-in': 'LIMIT_SIGN_IN',
  'sign-in-account': 'LIMIT_SIGN_IN_ACCOUNT',
  'sign-in-network': 'LIMIT_SIGN_IN_NETWORK',
  register: 'LIMIT_REGISTER',
  availability: 'LIMIT_AVAILABILITY',
  export: 'LIMIT_EXPORT',
  upload: 'LIMIT_UPLOADS',
  'code-network': 'LIMIT_CODES',
  'oauth-client': 'LIMIT_OAUTH_CLIENTS',
  'mail-request': 'LIMIT_MAIL_REQUESTS',
  'mail-address': 'LIMIT_MAIL_ADDRESS',
  'mail-total': 'LIMIT_MAIL_TOTAL',
  'sms-number': 'LIMIT_SMS_NUMBER',
  'sms-total': 'LIMIT_SMS_TOTAL',
} as const satisfies Record<string, keyof Settings>;

export type LimitName = keyof typeof SETTING_OF;

/** The limits in force. */
@Injectable()
export class Limits {
  constructor(private readonly settings: Settings) {}

  of(name: LimitName): Limit {
    return this.settings[SETTING_OF[name]];
  }
}
