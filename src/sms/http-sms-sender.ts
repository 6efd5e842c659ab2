import { TIMEOUT_MS, failureOf, schemeFor, signalOf } from './gateway-answer.js';
import { SmsSender } from './sms-sender.js';

/**
 * Any gateway that takes a message as JSON: `POST` with `{"to", "text", "from"}`, answered with 2xx. What has an interface of its own is a few
 * lines of a small service away.
 */
export class HttpSmsSender extends SmsSender {
  override readonly isConfigured = true;
  private readonly endpoint: string;
  private readonly authorization: string;
  private readonly from: string | null;

  /**
   * @param url `https+json://TOKEN@gateway.example.com/messages?from=Latchkey`; with `USER:PASSWORD` in place of the token, Basic authentication
   * @param timeoutMs tests use a shorter one
   */
  constructor(
    url: string,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {
    super();
    // URLs of unknown schemes are read otherwise.
    const { username, password, host, hostname, pathname, searchParams } = new URL(url.replace(/^https\+json:/i, 'https:'));
    // In a query `+` stands for a space.
    this.from = searchParams.get('from')?.replace(/^ /, '+') ?? null;
    searchParams.delete('from');
    const query = searchParams.size === 0 ? '' : `?${searchParams.toString()}`;
    this.endpoint = `${schemeFor(hostname)}://${host}${pathname}${query}`;
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    this.authorization = secret === '' ? `Bearer ${user}` : `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  }

  override async send(to: string, text: string, stop?: AbortSignal): Promise<void> {
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      headers: { authorization: this.authorization, accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ to, text, ...(this.from === null ? {} : { from: this.from }) }),
      // The credentials are only for this host.
      redirect: 'error',
      signal: signalOf(this.timeoutMs, stop),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw failureOf(answer.status);
  }
}
