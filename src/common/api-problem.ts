import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from './declared.js';

/** Key under which an operation's document lists its error codes until the responses are written. */
export const PROBLEM_CODES = 'x-problem-codes';

/** Documents the failures that a route answers with. */
export function ApiProblem(...codes: ErrorCode[]): MethodDecorator {
  return ApiExtension(PROBLEM_CODES, codes);
}

/** Failures that every route for administrators can answer with. */
export const ADMIN_ONLY = [
  'access.unauthenticated',
  'access.forbidden',
  'token.invalid',
  'token.expired',
  'token.revoked',
  'auth.step_up_required',
] as const satisfies ErrorCode[];
