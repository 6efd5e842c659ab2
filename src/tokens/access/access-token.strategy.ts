import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { UnavailableError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { type AccessTokenClaims, AccessTokensService } from '../access-tokens/access-tokens.service.js';
import { InvalidTokenError } from '../access-tokens/errors.js';
import { keyIdOf } from '../access-tokens/key-id.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';

/** Passport's name of the strategy; the guard passes the instance. */
const ACCESS_TOKEN_STRATEGY = 'access-token';

/** Maximum number of tokens remembered as verified; a verification costs about six times a look-up. */
const MAX_VERIFIED_TOKENS = 10_000;

/** Fastify's request, under the type that passport-jwt expects. */
type PassportRequest = Parameters<Strategy['authenticate']>[0];

interface VerifiedToken {
  principal: Principal;
  keyId: string;
}

/** passport-jwt with a bounded cache of tokens with verified signatures; every request still checks that the token is alive. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN_STRATEGY) {
  private readonly verified = new Map<string, VerifiedToken>();

  constructor(
    private readonly tokens: AccessTokensService,
    keys: SigningKeysService,
  ) {
    super({
      jwtFromRequest: presentedToken,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: Error | null, key?: never) => void) => {
        const answer = (key: KeyObject | undefined): void => {
          if (key === undefined) done(new InvalidTokenError());
          // The types allow only PEM; a KeyObject is parsed once, not for each token (2.6 times faster).
          else done(null, key as never);
        };
        const id = keyIdOf(token);
        const key = id === undefined ? undefined : keys.findPublicKey(id);
        if (id === undefined || key !== undefined) answer(key);
        else void keys.seekPublicKey(id).then(answer, done);
      },
      algorithms: ['ES256'],
      issuer: tokens.issuer,
      audience: tokens.issuer,
      // `checkAlive` checks the expiry by the database's clock.
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
      passReqToCallback: true,
    });
  }

  /**
   * The owner of a token that was verified before, if it is alive and this node can tell that without a query. All other tokens go through
   * `authenticate`.
   */
  recall(token: string | null): Principal | undefined {
    const hit = token === null ? undefined : this.verified.get(token);
    return hit !== undefined && this.tokens.isKnownAlive(hit.principal, hit.keyId) ? hit.principal : undefined;
  }

  /** Called by passport for every guarded request whose token is not in the cache. */
  override authenticate(request: PassportRequest, options?: unknown): void {
    const token = presentedToken(request);
    const hit = token === null ? undefined : this.verified.get(token);
    if (hit === undefined || token === null) super.authenticate(request, options);
    else
      this.tokens.checkAlive(hit.principal, hit.keyId).then(
        () => this.success(hit.principal),
        (error: unknown) => this.refuse(token, error),
      );
  }

  /** Called by passport-jwt after it has verified signature, issuer and audience. */
  async validate(request: PassportRequest, claims: Partial<AccessTokenClaims>): Promise<Principal> {
    const token = String(presentedToken(request));
    const keyId = String(keyIdOf(token));
    const principal = this.tokens.toPrincipal(claims);
    await this.tokens.checkAlive(principal, keyId);
    this.remember(token, { principal, keyId });
    return principal;
  }

  private refuse(token: string, error: unknown): void {
    if (!(error instanceof UnavailableError)) this.verified.delete(token);
    this.fail(error as never);
  }

  private remember(token: string, verified: VerifiedToken): void {
    if (this.verified.size >= MAX_VERIFIED_TOKENS) {
      const [oldest] = this.verified.keys();
      if (oldest !== undefined) this.verified.delete(oldest);
    }
    this.verified.set(token, verified);
  }
}

/** The result of the access guard. */
function presentedToken({ token }: PassportRequest & { token?: string | null }): string | null {
  return token ?? null;
}
