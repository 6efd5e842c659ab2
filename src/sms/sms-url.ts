import type { Setting } from '../common/capability.js';
import { demandEncodedCredentials } from '../config/url-credentials.js';

/** `twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100`, or nothing. The message about a wrong URL repeats no part of it. */
export function smsUrl(options: Pick<Setting<string>, 'doc'> & { example: string }): Setting<string | undefined> {
  return {
    ...options,
    secret: true,
    parse(value) {
      demandEncodedCredentials(value);
      const url = URL.canParse(value) ? new URL(value) : null;
      const isComplete = url?.protocol === 'twilio:' && url.username !== '' && url.password !== '' && url.hostname !== '';
      if (!isComplete || !url.searchParams.get('from')) {
        throw new Error('of the form twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100');
      }
      return value;
    },
  };
}
