import { type VerifierError, type VerifierReason, misconfigured, unavailable } from './errors.js';

/** What the server says about itself (RFC 8414, with two members of Latchkey's own). */
interface Metadata {
  issuer?: unknown;
  access_token_audience?: unknown;
  revocation_window_seconds?: unknown;
}

export interface ServerOptions {
  /** Where the server is reached, without a slash at the end. */
  url: string;
  issuer: string;
  audience: string;
  clientId: string;
  clientSecret: string;
  fetch: typeof globalThis.fetch;
}

/** Longest wait for an answer, ms. */
const ASK_MS = 3_000;
/** For how long ended sessions are kept if the server does not say, seconds: the longest lifetime of a token, and some more. */
const DEFAULT_WINDOW_SECONDS = 86_400 + 65;

/** The endpoints of a Latchkey server. Every failure is a VerifierError that says what to do. */
export class Server {
  private readonly authorization: string;
  private isIdentified = false;

  constructor(private readonly options: ServerOptions) {
    const { clientId, clientSecret } = options;
    // Both parts are form-encoded first (RFC 6749 §2.3.1).
    this.authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
  }

  /**
   * Makes sure that this is the server meant.
   * @returns for how long ended sessions matter, seconds
   * @throws VerifierError
   */
  async identify(): Promise<number> {
    const { url, issuer, audience } = this.options;
    const answer = await this.request('/.well-known/oauth-authorization-server', 'stream', { signal: AbortSignal.timeout(ASK_MS) });
    const metadata = (await answer.json().catch(() => ({}))) as Metadata;
    if (typeof metadata.issuer !== 'string') throw this.stranger('answers with something else');
    if (metadata.issuer !== issuer) {
      throw misconfigured('issuer', `The server at ${url} issues tokens as ${metadata.issuer}, and not as ${issuer}: set issuer to that.`);
    }
    const { access_token_audience: given, revocation_window_seconds: window } = metadata;
    if (typeof given === 'string' && given !== audience) {
      throw misconfigured('audience', `The server at ${url} issues tokens for ${given}, and not for ${audience}: leave audience out.`);
    }
    this.isIdentified = true;
    return typeof window === 'number' ? window : DEFAULT_WINDOW_SECONDS;
  }

  /** Opens the stream of ended sessions. @param cursor id of the last event that was read @throws VerifierError */
  async openStream(cursor: string | undefined, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers = {
      authorization: this.authorization,
      accept: 'text/event-stream',
      ...(cursor === undefined ? {} : { 'last-event-id': cursor }),
    };
    const { body } = await this.request('/v1/revocations', 'stream', { headers, signal });
    if (body === null) throw this.stranger('sends no stream');
    return body;
  }

  /** Whether a token is good at this moment (RFC 7662). @throws VerifierError */
  async introspect(token: string): Promise<boolean> {
    const answer = await this.request('/oauth/introspect', 'introspection', {
      method: 'POST',
      headers: { authorization: this.authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }).toString(),
      signal: AbortSignal.timeout(ASK_MS),
    });
    const { active } = (await answer.json().catch(() => ({}))) as { active?: unknown };
    if (typeof active !== 'boolean') throw unavailable('introspection', `The introspection at ${this.options.url} does not answer.`);
    return active;
  }

  private async request(path: string, reason: VerifierReason, init: RequestInit): Promise<Response> {
    const { url, clientId, fetch } = this.options;
    let answer: Response;
    try {
      // Not followed: it would lose the credentials on the way to another origin.
      answer = await fetch(url + path, { ...init, redirect: 'manual' });
    } catch (error) {
      throw unavailable(reason, `The server at ${url} cannot be reached (${causeOf(error)}).`, error);
    }
    const { status, ok, headers } = answer;
    if (ok) return answer;
    await answer.body?.cancel();
    if (status === 401) {
      throw misconfigured('credentials', `The server at ${url} does not know the client ${clientId} or its secret: compare OAUTH_CLIENTS.`);
    }
    if (status >= 300 && status < 400) throw this.stranger(`redirects to ${headers.get('location')}`);
    if (status === 404 || status === 405) throw this.stranger(`answers ${status} at ${path}`);
    throw unavailable(reason, `The server at ${url} answers ${status} at ${path}.`);
  }

  /** A proxy whose servers are just being exchanged may answer nonsense as well: a known server is only away. */
  private stranger(what: string): VerifierError {
    const text = `The server at ${this.options.url} ${what}`;
    if (this.isIdentified) return unavailable('stream', `${text}.`);
    return misconfigured('server', `${text}: it is no Latchkey server. Set issuer to its PUBLIC_URL, or url to where it is reached.`);
  }
}

/** The innermost reason of a failed fetch: a code such as ECONNREFUSED, or a sentence. */
function causeOf(error: unknown): string {
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof cause === 'object' && cause !== null) return causeOf(cause);
  return typeof code === 'string' ? code : String(message);
}
