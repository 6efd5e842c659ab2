import { type AppError, InvalidRequestError } from '../../common/errors.js';

/** One sentence about a request that is wrong, for envelopes with room for one: of several wrong fields the first, by its name. */
export function fieldMessage(error: AppError): string {
  const [problem] = error instanceof InvalidRequestError ? error.problems : [];
  if (problem === undefined) return 'The request cannot be read.';
  const field = problem.pointer.slice(1);
  return problem.detail.includes(field) ? problem.detail : `${field}: ${problem.detail}`;
}
