import type { Capability, Declarations } from '../common/capability.js';
import { smsUrl } from './sms-url.js';

const declared = {
  settings: {
    SMS_URL: smsUrl({
      example: 'twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100',
      doc: 'Gateway for text messages: the Messages API of Twilio, or of a compatible gateway. `from` is a number, a name or a messaging service. Without it text messages go to the mailbox at `/dev/mail` if there is one; otherwise the server sends none.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    sms: typeof declared;
  }
}

/** Text messages. */
export const sms = {
  name: 'sms',
  folder: import.meta.dirname,
  module: async () => (await import('./sms.module.js')).SmsModule,
  ...declared,
} as const satisfies Capability;
