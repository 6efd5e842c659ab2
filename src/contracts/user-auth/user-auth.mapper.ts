import type { Account } from '../../users/account.js';

export function toUser({ id, mobile, username, activatedAt }: Account) {
  return { mobile, status: activatedAt !== null, username, uuid: id };
}

/** A row of the list, in which the document shows texts in every row: there an account has an empty text for what it lacks. */
export function toRow(account: Account) {
  const user = toUser(account);
  return { ...user, mobile: user.mobile ?? '', username: user.username ?? '' };
}

/** The envelope of one account. */
export function toDetail(account: Account) {
  return { data: toUser(account), message: 'Success!', status: 200 };
}
