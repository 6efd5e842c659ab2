import { type AppError, InvalidRequestError } from '../../common/errors.js';

/**
 * One sentence about a wrong request, for envelopes with a single message: it names the first of the wrong fields.
 * @param names the contract's names of fields that have other names in the core
 */
export function fieldMessage(error: AppError, names: ReadonlyMap<string, string> = new Map()): string {
  const [problem] = error instanceof InvalidRequestError ? error.problems : [];
  if (problem === undefined) return 'The request cannot be read.';
  const [, field = ''] = problem.pointer.split('/');
  const name = names.get(field) ?? field;
  return problem.detail.includes(name) ? problem.detail : `${name}: ${problem.detail}`;
}
