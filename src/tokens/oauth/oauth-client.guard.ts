import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditService } from '../../audit/audit.service.js';
import { type Caller, callerOf } from '../../common/caller.js';
import type { OAuthClient } from '../../config/setting.js';
import { Settings } from '../../config/settings.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { InvalidClientError, InvalidOAuthRequestError } from './oauth-errors.js';

/** Maximum length of an Authorization header, characters; more than any fully escaped client and secret need. */
const MAX_HEADER_CHARS = 2_048;

const BASIC = /^basic +([\w+/]+={0,2})$/i;

/**
 * Allows backends listed in `OAUTH_CLIENTS`, which authenticate by HTTP Basic or by `client_id` and `client_secret` in the body (RFC 6749
 * §2.3.1). Use it with `@GuardedBy('oauth-client')`.
 */
@Injectable()
export class OAuthClientGuard implements CanActivate {
  private readonly clients: readonly { id: string; digest: Buffer }[];

  constructor(
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
    settings: Settings,
  ) {
    this.clients = settings.OAUTH_CLIENTS.map((client) => ({ id: client.id, digest: digestOf(client) }));
  }

  /** @throws InvalidClientError, ThrottledError, InvalidOAuthRequestError if a client authenticates in two ways */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { headers, body } = request;
    const inBody = fromBody(body);
    if (headers.authorization !== undefined && inBody.length > 0) {
      throw new InvalidOAuthRequestError('Identify the client in one way only: by HTTP Basic or in the form.');
    }
    const spellings = headers.authorization === undefined ? inBody : fromBasic(headers.authorization);
    // No short cut, so that the duration reveals nothing about ids and secrets.
    const known = spellings.map(digestOf).flatMap((sent) => this.clients.filter(({ digest }) => timingSafeEqual(digest, sent)));
    if (known.length > 0) return true;
    // Many HTTP clients send no credentials until they are asked to: this is not an attempt.
    if (headers.authorization !== undefined || inBody.length > 0) await this.countFailure(spellings, callerOf(request));
    throw new InvalidClientError();
  }

  /**
   * Secrets are long and random, so the limit does not prevent guessing but noise, also in the audit log. It never refuses a right secret:
   * a backend with an outdated secret must not lock out other backends in its network.
   */
  private async countFailure(spellings: readonly OAuthClient[], caller: Caller): Promise<void> {
    await this.throttle.takeFrom('oauth-client', caller);
    const client = this.clients.find(({ id }) => spellings.some((sent) => sent.id === id))?.id ?? null;
    await this.audit.record({ action: 'client.refused', outcome: 'failure', caller, details: { client } });
  }
}

/**
 * Reads HTTP Basic. RFC 6749 §2.3.1 has id and secret form-encoded first; curl and many libraries send them unencoded, which matters for
 * `+` and `%`. The guard tries both readings: each must match a complete secret, so guessing does not get easier.
 */
function fromBasic(authorization: string): OAuthClient[] {
  const encoded = authorization.length > MAX_HEADER_CHARS ? undefined : BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1) return [];
  const plain = { id: pair.slice(0, colon), secret: pair.slice(colon + 1) };
  const decoded = { id: formDecode(plain.id), secret: formDecode(plain.secret) };
  return decoded.id === undefined || decoded.secret === undefined ? [plain] : [plain, { id: decoded.id, secret: decoded.secret }];
}

function fromBody(body: unknown): OAuthClient[] {
  if (typeof body !== 'object' || body === null) return [];
  const { client_id: id, client_secret: secret } = body as { client_id?: unknown; client_secret?: unknown };
  return typeof id === 'string' && typeof secret === 'string' ? [{ id, secret }] : [];
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Ids have no colon, so the pair is unambiguous. */
function digestOf({ id, secret }: OAuthClient): Buffer {
  return createHash('sha256').update(`${id}:${secret}`).digest();
}
