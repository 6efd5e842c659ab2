import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import type { AccessTokenClaims } from './claims.js';
import { VerifierError, misconfigured, unavailable } from './errors.js';
import { LEEWAY_SECONDS } from './requirements.js';
import type { ServerOptions } from './server.js';
import type { Status } from './status.js';

/** Longest wait for keys, ms. */
const ASK_MS = 3_000;
/** How long keys are used without looking whether there are new ones, ms; the server publishes them much longer in advance. */
const KEYS_MAX_AGE_MS = 600_000;
/** Longest token that is looked at, characters. */
const MAX_TOKEN_CHARS = 8_192;

/** Checks what a token says by itself: its signature, by the server's published keys, and its claims. */
export class SignatureCheck {
  private readonly keys;

  constructor(
    private readonly options: ServerOptions,
    private readonly status: Status,
  ) {
    this.keys = createRemoteJWKSet(new URL(`${options.url}/.well-known/jwks.json`), {
      timeoutDuration: ASK_MS,
      cacheMaxAge: KEYS_MAX_AGE_MS,
      [customFetch]: options.fetch,
    });
  }

  /** Fetches the keys, so that the first token does not wait for them. @throws VerifierError */
  async prepare(): Promise<void> {
    if (this.keys.fresh) return;
    try {
      await this.keys.reload();
    } catch (error) {
      throw this.withoutKeys(error);
    }
  }

  /** @throws VerifierError */
  async check(token: string): Promise<AccessTokenClaims> {
    if (token.length > MAX_TOKEN_CHARS) throw new VerifierError('token.invalid', 'This is no access token.');
    const { issuer, audience } = this.options;
    try {
      const { payload } = await jwtVerify<AccessTokenClaims>(token, this.keys, {
        issuer,
        audience,
        // Named here and not by the token (RFC 8725 §3.1).
        algorithms: ['ES256'],
        typ: 'at+jwt',
        clockTolerance: LEEWAY_SECONDS,
        requiredClaims: ['sub', 'sid', 'iat', 'exp', 'jti', 'client_id'],
      });
      this.status.resolve('keys');
      return payload;
    } catch (error) {
      throw this.refusal(error);
    }
  }

  private refusal(error: unknown): VerifierError {
    if (error instanceof errors.JWTExpired) return new VerifierError('token.expired', 'The access token has expired.', { cause: error });
    // Claims are looked at after the signature: this token is genuine, and made for others than were named here.
    if (error instanceof errors.JWTClaimValidationFailed && (error.claim === 'iss' || error.claim === 'aud')) this.tellOf(error);
    // Keys that cannot be had are no fault of the token; a key that is not among them is.
    const isOfKeys = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
    const isTokensFault = error instanceof errors.JOSEError && !isOfKeys && error.code !== 'ERR_JOSE_GENERIC';
    if (isTokensFault) return new VerifierError('token.invalid', 'This is no valid access token.', { cause: error });
    return this.withoutKeys(error);
  }

  private tellOf({ claim, payload }: errors.JWTClaimValidationFailed): void {
    const [reason, expected] =
      claim === 'iss' ? (['issuer', this.options.issuer] as const) : (['audience', this.options.audience] as const);
    const text = `A token that the server at ${this.options.url} has signed has ${claim} ${String(payload[claim])}, and not ${expected}`;
    this.status.report(misconfigured(reason, `${text}: compare ${reason} with the server's PUBLIC_URL.`));
  }

  private withoutKeys(cause: unknown): VerifierError {
    const problem = unavailable('keys', `The keys of the server at ${this.options.url} cannot be had (${String(cause)}).`, cause);
    this.status.report(problem);
    return problem;
  }
}
