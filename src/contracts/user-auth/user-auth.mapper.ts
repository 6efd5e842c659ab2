import type { Account } from '../../users/account.js';

export function toUser({ id, mobile, username, activatedAt }: Account) {
  return { mobile, status: activatedAt !== null, username, uuid: id };
}

/** The envelope of one account. */
export function toDetail(account: Account) {
  return { data: toUser(account), message: 'Success!', status: 200 };
}
