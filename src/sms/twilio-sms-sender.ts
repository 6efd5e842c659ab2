import { isIP } from 'node:net';
import { SmsRefusedError, SmsSender } from './sms-sender.js';

/** Maximum wait for the provider's answer, ms. */
const TIMEOUT_MS = 10_000;

/** Maximum size of an answer that is read, bytes; Twilio's have about one thousand. */
const MAX_ANSWER_BYTES = 16_384;

/** 4xx answers about our configuration or a temporary condition, not about the message: the message waits until that is resolved. */
const PASSING = new Set([401, 403, 404, 408, 429]);

/** A Messaging Service takes the place of a sender (Twilio: "SID of the Messaging Service"). */
const MESSAGING_SERVICE = /^MG[\da-f]{32}$/;

/** The Messages API of Twilio, version 2010-04-01: https://www.twilio.com/docs/messaging/api/message-resource */
export class TwilioSmsSender extends SmsSender {
  override readonly isConfigured = true;
  private readonly endpoint: string;
  private readonly authorization: string;
  private readonly sender: Record<string, string>;

  /**
   * @param url `twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100`; a host on this machine is called without TLS
   * @param timeoutMs tests use a shorter one
   */
  constructor(
    url: string,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {
    super();
    const { username, password, host, hostname, searchParams } = new URL(url);
    // In a query `+` stands for a space.
    const from = searchParams.get('from')?.replace(/^ /, '+') ?? '';
    const scheme = isLoopback(hostname) ? 'http' : 'https';
    this.endpoint = `${scheme}://${host}/2010-04-01/Accounts/${username}/Messages.json`;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    this.sender = MESSAGING_SERVICE.test(from) ? { MessagingServiceSid: from } : { From: from };
  }

  override async send(to: string, text: string, stop?: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      headers: { authorization: this.authorization, accept: 'application/json' },
      body: new URLSearchParams({ To: to, ...this.sender, Body: text }),
      // The credentials are only for this host.
      redirect: 'error',
      signal: stop === undefined ? timeout : AbortSignal.any([stop, timeout]),
    });
    if (answer.ok) return answer.body?.cancel();
    // Never the provider's text, because it repeats the number.
    const reason = `the provider answered ${answer.status}${await errorCodeOf(answer)}`;
    const isPermanent = answer.status >= 400 && answer.status < 500 && !PASSING.has(answer.status);
    throw isPermanent ? new SmsRefusedError(reason) : new Error(reason);
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** Twilio's error number, such as 21211, for the log; empty if there is none. */
async function errorCodeOf(answer: Response): Promise<string> {
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) return '';
    }
    const { code } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { code?: unknown };
    return Number.isSafeInteger(code) ? `, error ${String(code)}` : '';
  } catch {
    return '';
  }
}
