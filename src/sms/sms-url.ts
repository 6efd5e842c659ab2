import type { Setting } from '../common/capability.js';
import { demandEncodedCredentials } from '../config/url-credentials.js';

/**
 * `twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100`, `https+json://TOKEN@gateway.example.com/messages`, or nothing. The message
 * about a wrong URL repeats no part of it.
 */
export function smsUrl(options: Pick<Setting<string>, 'doc'> & { example: string }): Setting<string | undefined> {
  return {
    ...options,
    secret: true,
    parse(value) {
      demandEncodedCredentials(value);
      const url = URL.canParse(value) ? new URL(value) : null;
      if (url === null || !(isOfTwilio(url) || isOfGateway(url))) {
        throw new Error(
          'of the form twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100 or https+json://TOKEN@gateway.example.com/messages',
        );
      }
      return value;
    },
  };
}

function isOfTwilio({ protocol, username, password, hostname, searchParams }: URL): boolean {
  return protocol === 'twilio:' && username !== '' && password !== '' && hostname !== '' && (searchParams.get('from') ?? '') !== '';
}

function isOfGateway({ protocol, username, hostname }: URL): boolean {
  return protocol === 'https+json:' && username !== '' && hostname !== '';
}
