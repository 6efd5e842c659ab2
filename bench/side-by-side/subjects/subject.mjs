/** A password that every subject accepts. */
export const PASSWORD = 'four bright birds sing';

/** Accounts in every database before the measurements begin. */
export const ACCOUNTS = 100_000;

/** Entries on a page of a list, and the number of accounts before the deep page. */
export const PAGE = 20;
export const DEEP = 90_000;

/** A token that works longer than this after its sign-out counts as never refused, ms. */
export const PATIENCE_MS = 10_000;

let serial = 0;

/** An address that no account has. */
export function newEmail() {
  serial += 1;
  return `reader.${process.pid}.${serial}@example.com`;
}
