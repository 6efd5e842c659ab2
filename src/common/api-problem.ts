import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from './declared.js';

/** Under which the document of an operation keeps its error codes until they are written out. */
export const PROBLEM_CODES = 'x-problem-codes';

/** Documents the failures that a route answers with. */
export function ApiProblem(...codes: ErrorCode[]): MethodDecorator {
  return ApiExtension(PROBLEM_CODES, codes);
}
