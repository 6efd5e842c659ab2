import type { Settings } from '../config/settings.js';

/**
 * A text message whose last line binds its code to a page (https://wicg.github.io/sms-one-time-codes/): phones fill it in there and nowhere
 * else.
 */
export function boundToPage(text: string, code: string, { SMS_CODE_DOMAIN, PUBLIC_URL }: Settings): string {
  const domain = SMS_CODE_DOMAIN === '' ? new URL(String(PUBLIC_URL)).hostname : SMS_CODE_DOMAIN;
  return `${text}\n\n@${domain} #${code}`;
}
