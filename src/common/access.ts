import type { IncomingHttpHeaders } from 'node:http';
import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';

/** Roles of accounts. Further rights need a new role, never a flag. */
export const ROLES = ['user', 'librarian', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Roles that reach other people's accounts; the only list of them. Sessions that a contract opened do not carry them, accounts that have
 * one keep the core's password policy through every door, and no contract changes their credentials without the password.
 */
const ELEVATED_ROLES: readonly Role[] = ['admin'];

/** Whether one of the roles reaches other people's accounts. */
export function areElevated(roles: readonly Role[]): boolean {
  return roles.some((role) => ELEVATED_ROLES.includes(role));
}

/** The roles without those that reach other people's accounts. */
export function withoutElevated(roles: readonly Role[]): Role[] {
  return roles.filter((role) => !ELEVATED_ROLES.includes(role));
}

/** Who may call a route, independent of settings. */
type FixedAccess =
  | { kind: 'public' }
  | { kind: 'optional' }
  | { kind: 'signed-in' }
  | { kind: 'roles'; roles: readonly Role[] }
  | { kind: 'guarded'; by: string };

/** Who may call a route: `open` with `CONTRACTS_OPEN`, otherwise `closed`. */
export type Access = FixedAccess | { kind: 'open'; open: FixedAccess; closed: FixedAccess };

/** Metadata key of a route's access. */
export const ACCESS = 'latchkey:access';

/** Anyone may call the route; the guard ignores a token. */
export const Public = () => applyDecorators(SetMetadata<string, Access>(ACCESS, { kind: 'public' }), ApiSecurity({}));

/** Anyone may call the route; a valid access token identifies the caller, an invalid one is refused. */
export const OptionallySignedIn = () =>
  applyDecorators(SetMetadata<string, Access>(ACCESS, { kind: 'optional' }), ApiSecurity({}), ApiBearerAuth());

/** Only callers with a valid access token. */
export const SignedIn = () => applyDecorators(SetMetadata<string, Access>(ACCESS, { kind: 'signed-in' }), ApiBearerAuth());

/**
 * Only callers with a valid access token and one of the roles.
 * @public
 */
export const Roles = (...roles: Role[]) => applyDecorators(SetMetadata<string, Access>(ACCESS, { kind: 'roles', roles }), ApiBearerAuth());

/** The route has a guard of its own (`by` names it in the documentation), such as a client secret. */
export const GuardedBy = (by: string) => applyDecorators(SetMetadata<string, Access>(ACCESS, { kind: 'guarded', by }), ApiSecurity(by));

/**
 * A route of a contract that the contract's document leaves open. With `CONTRACTS_OPEN` anyone may call it (or anyone who is signed in);
 * otherwise only callers with one of the roles, or anyone signed in if no role is named (`strangers-too`: the handler refuses strangers
 * itself). The handler checks whose account the request concerns.
 */
export const Open = ({ to = 'public', elseTo = [] }: { to?: 'public' | 'signed-in'; elseTo?: readonly Role[] | 'strangers-too' } = {}) =>
  applyDecorators(
    SetMetadata<string, Access>(ACCESS, {
      kind: 'open',
      open: { kind: to },
      closed: closedTo(elseTo),
    }),
    ...(to === 'public' ? [ApiSecurity({})] : []),
    ApiBearerAuth(),
  );

function closedTo(who: readonly Role[] | 'strangers-too'): FixedAccess {
  if (who === 'strangers-too') return { kind: 'optional' };
  return who.length === 0 ? { kind: 'signed-in' } : { kind: 'roles', roles: who };
}

/** Authenticator assurance (NIST SP 800-63B): 1 for one factor, 2 for two of them, 3 for two of which one is bound to a device. */
export type AssuranceLevel = 1 | 2 | 3;

/** How sure the server has to be of who calls a route. */
export interface DemandedAssurance {
  /** Demanded of accounts that can reach it; others do with what they have. */
  level: AssuranceLevel;
  /** How long ago the caller may have shown the last proof, seconds; any account can show one again. */
  maxAgeSeconds?: number;
  /** Demanded only of requests whose JSON body has this member. */
  whenBodyHas?: string;
}

/** Metadata key of the assurance that a route demands. */
export const ASSURANCE = 'latchkey:assurance';

/**
 * The route demands an assurance of its signed-in caller: every route that changes or removes a way in does. A caller that lacks it steps
 * up (RFC 9470).
 */
export const Aal = (level: AssuranceLevel, further: Omit<DemandedAssurance, 'level'> = {}) => {
  const demanded: DemandedAssurance = { level, ...further };
  return applyDecorators(SetMetadata(ASSURANCE, demanded), ApiExtension('x-assurance', demanded));
};

/** Metadata key of routes for sessions that a recovery code opened. */
export const WHILE_RECOVERED = 'latchkey:while-recovered';

/**
 * A session that a recovery code opened may call the route although it is no GET: it replaces the lost authenticator, or ends sessions.
 */
export const WhileRecovered = () => SetMetadata(WHILE_RECOVERED, true);

/** Where a request carries its token. */
export interface TokenPlace {
  /** Name of the header, in lower case. */
  header: string;
  /** Whether the header may contain the bare token, without `Bearer` before it. */
  bare: boolean;
}

/** Metadata key of the place of a route's token. */
export const TOKEN_PLACE = 'latchkey:token-place';

/** Where the core's own API expects the token (RFC 6750 §2.1). */
export const AUTHORIZATION: TokenPlace = { header: 'authorization', bare: false };

/** The routes of this controller expect their token elsewhere than in `Authorization: Bearer`. */
export const TokenIn = (place: TokenPlace) => SetMetadata(TOKEN_PLACE, place);

/** Everything after the scheme is the token (RFC 6750 §2.1). passport-jwt's own extractor ignores text after a valid token. */
const BEARER = /^bearer +(.+)$/i;

/** The token that a request carries; null when it carries none. */
export function tokenIn(headers: IncomingHttpHeaders, { header, bare }: TokenPlace): string | null {
  const value = headers[header];
  if (typeof value !== 'string') return null;
  const token = BEARER.exec(value)?.[1];
  return token ?? (bare && value !== '' ? value.trim() : null);
}
