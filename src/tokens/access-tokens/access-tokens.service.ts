import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { isId } from '../../common/ids.js';
import { claimsOf } from '../../claims/claims-template.js';
import { type Ext, isShort } from '../../claims/further-claims.js';
import { ROLES, type Role, withoutElevated } from '../../common/access.js';
import { CORE_CLIENT_ID, type Principal } from '../../common/principal.js';
import { Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';
import { type Assurance, type AssuranceClass, type AuthenticationMethod, assuranceClass, levelOf } from './assurance.js';
import { InvalidTokenError, TokenExpiredError, TokenRevokedError } from './errors.js';
import { LEEWAY_SECONDS, MAX_ACCESS_TTL_SECONDS } from '../signing-keys/leeway.js';
import { RevocationCheck } from './revocation-check.service.js';
import { RevocationsService } from './revocations.service.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';

/** The account of an access token. */
export interface TokenSubject {
  id: string;
  roles: readonly Role[];
  emailVerified: boolean;
  /** What `CLAIMS_TEMPLATE` reads; needed only where there is one. */
  publicMetadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The session that an access token belongs to. */
export interface TokenSession {
  id: string;
  clientId: string;
  assurance: Pick<Assurance, 'level' | 'methods' | 'recovered'>;
  /** When somebody last showed a proof, seconds since 1970. */
  authTime: number;
  /** Lifetime of the access token, seconds. */
  ttlSeconds: number;
  /** What its client reads in the token beside our own claims, which it cannot replace. Nothing of ours reads it. */
  furtherClaims?: FurtherClaims | undefined;
  /** What the operator's hook adds under `ext`. */
  hookClaims?: Ext | undefined;
}

/** Claims that a wire format promises. A token is sent with every request: a few hundred bytes at most. */
export type FurtherClaims = Readonly<Record<string, unknown>>;

/** The claims of an access token (RFC 9068 §2.2, plus what our callers read). */
export interface AccessTokenClaims {
  iss: string;
  aud: string;
  sub: string;
  client_id: string;
  sid: string;
  iat: number;
  exp: number;
  jti: string;
  roles: Role[];
  email_verified: boolean;
  acr: AssuranceClass;
  amr: readonly AuthenticationMethod[];
  /** When somebody last showed a proof. A refresh keeps it. */
  auth_time: number;
  /** Present if a recovery code opened the session. */
  recovered?: true;
  /** What the operator adds: the claims of `CLAIMS_TEMPLATE` and of the hook before tokens. */
  ext?: Ext;
  id: string;
  role: Role;
}

/** Signs access tokens, and checks what a signature does not prove: kind, lifetime and revocation. */
@Injectable()
export class AccessTokensService {
  private readonly logger = new Logger('AccessTokens');

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    private readonly revocations: RevocationsService,
    private readonly revocationCheck: RevocationCheck,
    private readonly clock: DatabaseClock,
    private readonly settings: Settings,
  ) {}

  /** The value of `iss` and `aud`: this server. */
  get issuer(): string {
    return String(this.settings.PUBLIC_URL);
  }

  /** Lifetime of a token, unless its session ends earlier, seconds. */
  get ttlSeconds(): number {
    return this.settings.ACCESS_TOKEN_TTL_SECONDS;
  }

  /** Signs a token (RFC 9068 §2): header `typ: at+jwt`, ES256. Only sessions of the core's own API carry elevated roles. */
  sign(subject: TokenSubject, session: TokenSession): string {
    const roles = rolesIn(session.clientId, subject.roles);
    const iat = this.clock.nowSeconds();
    const ext = this.extOf(subject, session.hookClaims);
    const claims: AccessTokenClaims = {
      ...session.furtherClaims,
      iss: this.issuer,
      aud: this.issuer,
      sub: subject.id,
      client_id: session.clientId,
      sid: session.id,
      iat,
      exp: iat + session.ttlSeconds,
      jti: randomBytes(16).toString('base64url'),
      roles,
      email_verified: subject.emailVerified,
      acr: assuranceClass(session.assurance.level),
      amr: session.assurance.methods,
      auth_time: session.authTime,
      ...(session.assurance.recovered ? { recovered: true } : {}),
      ...(ext === undefined ? {} : { ext }),
      id: subject.id,
      role: roles[0] ?? 'user',
    };
    const { id: kid, privateKey } = this.keys.current;
    return this.jwt.sign(claims, { privateKey, algorithm: 'ES256', header: { alg: 'ES256', typ: 'at+jwt', kid } });
  }

  /**
   * Checks the claims of a token whose signature, issuer and audience have been verified.
   * @throws InvalidTokenError
   */
  toPrincipal(claims: Partial<Record<keyof AccessTokenClaims | 'nbf', unknown>>): Principal {
    const { sub, sid, client_id: clientId, iat, exp, nbf, jti, aud, roles, email_verified: emailVerified } = claims;
    const { acr, auth_time: authTime, recovered } = claims;
    const wellFormed =
      isText(sub) &&
      isId(sub) &&
      isText(sid) &&
      isId(sid) &&
      isText(clientId) &&
      isText(jti) &&
      isText(aud) &&
      isTime(iat) &&
      isTime(exp) &&
      (nbf === undefined || isTime(nbf)) &&
      exp > iat &&
      exp - iat <= MAX_ACCESS_TTL_SECONDS &&
      Array.isArray(roles) &&
      typeof emailVerified === 'boolean';
    if (!wellFormed) throw new InvalidTokenError();
    const latestStart = this.clock.nowSeconds() + LEEWAY_SECONDS;
    if (iat > latestStart || (nbf !== undefined && nbf > latestStart)) throw new InvalidTokenError();
    return {
      userId: sub,
      sessionId: sid,
      clientId,
      roles: rolesIn(
        clientId,
        roles.filter((role): role is Role => (ROLES as readonly unknown[]).includes(role)),
      ),
      emailVerified,
      aal: levelOf(acr),
      authTime: isTime(authTime) ? authTime : 0,
      recovered: recovered === true,
      // Ended sessions are remembered for the current token lifetime; a token signed under a longer one must not outlive that.
      expiresAt: Math.min(exp, iat + this.ttlSeconds),
    };
  }

  /**
   * Checks everything that can change during a token's lifetime, on every request. Needs no query while this node learns of every
   * revocation, and one query otherwise.
   * @throws TokenExpiredError, TokenRevokedError, InvalidTokenError, UnavailableError
   */
  async checkAlive(principal: Principal, keyId: string): Promise<void> {
    if (this.hasExpired(principal)) throw new TokenExpiredError();
    if (this.revocations.isRevoked(principal.sessionId)) throw new TokenRevokedError();
    if (!this.keys.isPublished(keyId)) throw new InvalidTokenError();
    if (!this.hearsAll) await this.revocationCheck.check(principal, keyId);
  }

  /** Whether `checkAlive` would succeed without a query; false means only that it has to be called. */
  isKnownAlive(principal: Principal, keyId: string): boolean {
    return this.hearsAll && !this.hasExpired(principal) && !this.revocations.isRevoked(principal.sessionId) && this.keys.isPublished(keyId);
  }

  /** A claim of the hook replaces the template's of the same name. */
  private extOf({ id, publicMetadata = {} }: TokenSubject, hookClaims: Ext | undefined): Ext | undefined {
    const { CLAIMS_TEMPLATE: template } = this.settings;
    if (template.length === 0) return hookClaims;
    const ofTemplate = claimsOf(template, publicMetadata);
    const ext = ofTemplate === undefined || hookClaims === undefined ? (ofTemplate ?? hookClaims) : { ...ofTemplate, ...hookClaims };
    if (ext === undefined || isShort(ext)) return ext;
    // The metadata was written under another template, or the hook adds too much: each alone was checked.
    this.logger.warn({ msg: 'The further claims of an access token are too long; it has those of the hook alone', account: id });
    return hookClaims;
  }

  private hasExpired({ expiresAt }: Principal): boolean {
    return expiresAt + LEEWAY_SECONDS <= this.clock.nowSeconds();
  }

  /** Whether this node learns of every ended session and every withdrawn key. */
  private get hearsAll(): boolean {
    return this.revocations.upToDate && this.keys.upToDate;
  }
}

/** A contract's sessions may mint without rotating, and ask for no password where their document asks for none: they act for one account. */
function rolesIn(clientId: string, roles: readonly Role[]): Role[] {
  return clientId === CORE_CLIENT_ID ? [...roles] : withoutElevated(roles);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
