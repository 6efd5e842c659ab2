/**
 * SQL of the version of an account, as the statement sees it; null if there is none. For statements of other rooms that read along with an
 * event of the account.
 * @param id SQL of the account's id
 */
export function versionOfAccount(id: string): string {
  return `(SELECT account.version FROM users account WHERE account.id = ${id})`;
}
