import { type FieldProblem, InvalidRequestError } from '../../common/errors.js';

/** What an account is registered with, as far as these rules look at it. */
interface Identifiers {
  email?: unknown;
  mobile?: unknown;
  username?: unknown;
}

/** @throws InvalidRequestError when there is nothing to sign in with that can be proven */
export function demandContact({ email, mobile }: Identifiers): void {
  if (email != null || mobile != null) return;
  throw InvalidRequestError.field('email', 'identifier.missing', 'Give an e-mail address, a mobile number, or both.');
}

/**
 * Where nobody is told who is registered, an account begins with one address and nothing else that is unique: whether a username was
 * taken by the attempt, or a second address is mailed, would tell whether the first was known.
 * @throws InvalidRequestError, which names all that has to wait
 */
export function demandOneContact({ email, mobile, username }: Identifiers): void {
  const problems: FieldProblem[] = [];
  if (email != null && mobile != null) {
    const detail = 'Register with an e-mail address or a mobile number, not both.';
    problems.push({ pointer: '/mobile', rule: 'mobile.later', detail });
  }
  if (username != null) problems.push({ pointer: '/username', rule: 'username.later', detail: 'Choose a username after signing in.' });
  if (problems.length > 0) throw new InvalidRequestError(problems);
}
