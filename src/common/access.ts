import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';

/** What an account may do; more is a matter of a later role, never of a flag. */
export const ROLES = ['user', 'librarian', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who may call a route. */
export type Access =
  | { kind: 'public' }
  | { kind: 'optional' }
  | { kind: 'signed-in' }
  | { kind: 'roles'; roles: readonly Role[] }
  | { kind: 'guarded'; by: string };

/** Metadata key under which a route's access is found. */
export const ACCESS = 'latchkey:access';

/** Anyone may call the route; a token that is sent along is not even looked at. */
export const Public = () => applyDecorators(SetMetadata<string, Access>(ACCESS, { kind: 'public' }), ApiSecurity({}));

/** Anyone may call the route; a valid access token makes the caller known, a bad one is refused. */
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
