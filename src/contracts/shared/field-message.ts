import { type AppError, InvalidRequestError } from '../../common/errors.js';

/**
 * What is wrong with a request, for envelopes with a single message: a sentence for each wrong field, which begins with its name.
 * @param names the contract's names of fields that have other names in the core
 */
export function fieldMessage(error: AppError, names: ReadonlyMap<string, string> = new Map()): string {
  if (!(error instanceof InvalidRequestError)) return 'The request cannot be read.';
  return error.problems.map(({ pointer, detail }) => `${nameOf(pointer, names)}: ${detail}`).join(' ');
}

function nameOf(pointer: string, names: ReadonlyMap<string, string>): string {
  const [, field = ''] = pointer.split(/[/?]/, 2);
  return names.get(field) ?? field;
}
