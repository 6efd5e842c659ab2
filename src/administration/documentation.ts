import type { ErrorCode } from '../common/declared.js';

/** Failures that every administrators' route can answer with. */
export const ADMIN_ONLY = [
  'access.unauthenticated',
  'access.forbidden',
  'token.invalid',
  'token.expired',
  'token.revoked',
  'auth.step_up_required',
] as const satisfies ErrorCode[];

/** The path parameter with the account's id. */
export const USER_ID = {
  name: 'id',
  format: 'uuid',
  description: 'The account.',
  example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
} as const;
