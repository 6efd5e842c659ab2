import { type JWTPayload, createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { VerifierError } from './errors.js';
import { RevocationFeed } from './revocation-feed.js';

export { VerifierError, type VerifierErrorCode } from './errors.js';

/** The claims of a Latchkey access token (RFC 9068). */
export interface AccessTokenClaims extends JWTPayload {
  iss: string;
  aud: string;
  /** The account. */
  sub: string;
  /** The app that was signed in to. */
  client_id: string;
  /** The session. */
  sid: string;
  iat: number;
  exp: number;
  jti: string;
  roles: string[];
  email_verified: boolean;
}

export interface VerifierOptions {
  /** The server's `PUBLIC_URL`, which is the `iss` of its tokens. */
  issuer: string;
  /** Id and secret of this backend in the server's `OAUTH_CLIENTS`. */
  clientId: string;
  clientSecret: string;
  /** Where this backend reaches the server, if that is not the issuer. */
  url?: string;
  /** Whom tokens are meant for. Default: the issuer, as Latchkey does it. */
  audience?: string;
  /** Longest lifetime of an access token that the server gives out, seconds (its `ACCESS_TOKEN_TTL_SECONDS`). Default: a day. */
  maxTokenLifetimeSeconds?: number;
  /** Instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

export interface Verifier {
  /**
   * Checks an access token: signature, issuer, audience, times, and that its session has not ended. Usually without asking anybody;
   * while the stream of revocations is silent the server is asked about each token, and without its answer none is accepted.
   * @throws VerifierError
   */
  verify(token: string): Promise<AccessTokenClaims>;
  /** Whether ended sessions are known as they end; false while the server is asked about each token. */
  readonly isFollowing: boolean;
  /** Ends the connection to the server. */
  close(): void;
}

/** Tolerated difference of clocks, seconds. */
const LEEWAY_SECONDS = 5;
const DAY_SECONDS = 86_400;
/** Longest wait for keys or an introspection, ms. */
const ASK_MS = 3_000;
/** How long keys are used without looking whether there are new ones, ms; the server publishes them much longer in advance. */
const KEYS_MAX_AGE_MS = 600_000;
/** Longest token that is looked at, characters. */
const MAX_TOKEN_CHARS = 8_192;

/** Starts to follow the server's revocations; one verifier serves a whole process. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, clientId, clientSecret, audience = issuer, maxTokenLifetimeSeconds = DAY_SECONDS } = options;
  const { fetch = (...args) => globalThis.fetch(...args) } = options;
  const url = (options.url ?? issuer).replace(/\/+$/, '');
  // Both parts are form-encoded first (RFC 6749 §2.3.1).
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), {
    timeoutDuration: ASK_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    [customFetch]: fetch,
  });
  const feed = new RevocationFeed(`${url}/v1/revocations`, authorization, (maxTokenLifetimeSeconds + LEEWAY_SECONDS) * 1_000, fetch);

  async function check(token: string): Promise<AccessTokenClaims> {
    if (token.length > MAX_TOKEN_CHARS) throw new VerifierError('token.invalid', 'This is no access token.');
    try {
      const { payload } = await jwtVerify<AccessTokenClaims>(token, keys, {
        issuer,
        audience,
        // Named here and not by the token (RFC 8725 §3.1).
        algorithms: ['ES256'],
        typ: 'at+jwt',
        clockTolerance: LEEWAY_SECONDS,
        requiredClaims: ['sub', 'sid', 'iat', 'exp', 'jti', 'client_id'],
      });
      return payload;
    } catch (error) {
      throw refusal(error);
    }
  }

  /** @throws VerifierError unless the server says that the token is good at this moment */
  async function ask(token: string): Promise<void> {
    let isActive: unknown;
    try {
      const answer = await fetch(`${url}/oauth/introspect`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token }).toString(),
        signal: AbortSignal.timeout(ASK_MS),
      });
      if (!answer.ok) throw new Error(`The introspection answered ${answer.status}`);
      isActive = ((await answer.json()) as { active?: unknown }).active;
    } catch (error) {
      throw new VerifierError('verifier.unavailable', 'Whether the token is still good cannot be found out at the moment.', error);
    }
    if (isActive !== true) throw new VerifierError('token.revoked', 'The session of this access token has ended.');
  }

  return {
    async verify(token) {
      const claims = await check(token);
      if (feed.hasEnded(claims.sid)) throw new VerifierError('token.revoked', 'The session of this access token has ended.');
      if (!feed.isCurrent) await ask(token);
      return claims;
    },
    get isFollowing() {
      return feed.isCurrent;
    },
    close: () => feed.close(),
  };
}

function refusal(error: unknown): VerifierError {
  if (error instanceof errors.JWTExpired) return new VerifierError('token.expired', 'The access token has expired.', error);
  // Keys that cannot be had are no fault of the token; a key that is not among them is.
  const isOfKeys = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  const isTokensFault = error instanceof errors.JOSEError && !isOfKeys && error.code !== 'ERR_JOSE_GENERIC';
  if (isTokensFault) return new VerifierError('token.invalid', 'This is no valid access token.', error);
  return new VerifierError('verifier.unavailable', 'The keys of the server cannot be had at the moment.', error);
}
