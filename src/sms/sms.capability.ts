import type { Capability, Declarations } from '../common/capability.js';
import { list } from '../config/setting.js';
import { smsUrl } from './sms-url.js';

const declared = {
  settings: {
    SMS_URL: smsUrl({
      example: 'twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100',
      doc: 'Gateway for text messages: the Messages API of Twilio, or of a compatible gateway; or with `https+json://TOKEN@gateway.example.com/messages?from=NAME` any that takes `{"to", "text", "from"}` as JSON with the token as Bearer (`USER:PASSWORD`: Basic). For Twilio `from` is a number, a name or a messaging service. Without it text messages go to the mailbox at `/dev/mail` if there is one; otherwise the server sends none.',
    }),
    SMS_COUNTRIES: list(
      {
        default: [],
        example: 'US,CA,DE',
        doc: 'Countries whose numbers get text messages (ISO 3166-1 alpha-2), comma-separated; empty: all. Name those where your users live: fraud earns by text messages to dear ones. Premium-rate and shared-cost numbers get none anywhere.',
      },
      (item) => {
        if (!/^[A-Z]{2}$/.test(item)) throw new Error(`a list of countries in two capitals such as US,DE (${item} is none)`);
      },
    ),
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
