import { TIMEOUT_MS, failureOf, schemeFor, signalOf } from './gateway-answer.js';
import { SmsSender } from './sms-sender.js';

/** Maximum size of an answer that is read, bytes; Twilio's have about one thousand. */
const MAX_ANSWER_BYTES = 16_384;

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
    this.endpoint = `${schemeFor(hostname)}://${host}/2010-04-01/Accounts/${username}/Messages.json`;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    this.sender = MESSAGING_SERVICE.test(from) ? { MessagingServiceSid: from } : { From: from };
  }

  override async send(to: string, text: string, stop?: AbortSignal): Promise<void> {
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      headers: { authorization: this.authorization, accept: 'application/json' },
      body: new URLSearchParams({ To: to, ...this.sender, Body: text }),
      // The credentials are only for this host.
      redirect: 'error',
      signal: signalOf(this.timeoutMs, stop),
    });
    if (answer.ok) return answer.body?.cancel();
    throw failureOf(answer.status, await errorCodeOf(answer));
  }
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
