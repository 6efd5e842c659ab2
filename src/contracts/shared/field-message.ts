import { type AppError, InvalidRequestError } from '../../common/errors.js';

/**
 * One sentence about a request that is wrong, for envelopes with room for one: of several wrong fields the first, by its name.
 * @param names of the contract for fields that the core calls otherwise
 */
export function fieldMessage(error: AppError, names: ReadonlyMap<string, string> = new Map()): string {
  const [problem] = error instanceof InvalidRequestError ? error.problems : [];
  if (problem === undefined) return 'The request cannot be read.';
  const [, field = ''] = problem.pointer.split('/');
  const name = names.get(field) ?? field;
  return problem.detail.includes(name) ? problem.detail : `${name}: ${problem.detail}`;
}
