import { isForeignKeyViolation } from '../database/database-errors.js';
import { UserNotFoundError } from './errors.js';

/** Whether an account was deleted while something was done about it. To callers who are not told who has one, that is no failure. */
export function isAccountGone(error: unknown): boolean {
  return error instanceof UserNotFoundError || isForeignKeyViolation(error, /^fk_\w+_user$/);
}
