import type { Capability, Declarations } from '../../../common/capability.js';
import { oneOf, text } from '../../../config/setting.js';

const declared = {
  settings: {
    SMS_CODE: oneOf(['off', 'on'], {
      default: 'off',
      doc: 'Signing in by a code that is texted to a proven number. Text messages can be read by others: NIST SP 800-63B-4 restricts them, and factors say so. It is a first factor only, and none for administrators. Needs `SMS_URL`; set `SMS_COUNTRIES`, too.',
    }),
    SMS_CODE_DOMAIN: text({
      default: '',
      example: 'app.example.com',
      doc: 'Host of the page in which texted codes are typed, so that phones fill them in there and nowhere else (WebOTP). Default: the host of `PUBLIC_URL`.',
    }),
  },
} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    smsCode: typeof declared;
  }
}

/** Signing in by a code in a text message. */
export const smsCode = {
  name: 'smsCode',
  folder: import.meta.dirname,
  module: async () => (await import('./sms-code.module.js')).SmsCodeModule,
  ...declared,
} as const satisfies Capability;
