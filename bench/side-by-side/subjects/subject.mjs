/** A password that every subject accepts. */
export const PASSWORD = 'four bright birds sing';

/** Accounts in every database before the measurements begin. */
export const ACCOUNTS = 100_000;

/** Entries of one page of a list, and how many of the accounts are before the deep one. */
export const PAGE = 20;
export const DEEP = 90_000;

/** After so long a token counts as one that goes on working after its sign-out, ms. */
export const PATIENCE_MS = 10_000;

let serial = 0;

/** An address that nobody has had. */
export function newEmail() {
  serial += 1;
  return `reader.${process.pid}.${serial}@example.com`;
}
