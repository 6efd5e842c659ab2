const FIRST = 'ABCDEFGH';
const SECOND = 'IJKLMNOPQRSTUVWX';

/**
 * Lower-case text in a form whose trigrams pg_trgm finds in every database. With locale C (as in development) pg_trgm knows only letters
 * and digits of ASCII, and would scan every row for `чехов`. Each UTF-8 byte beyond ASCII becomes two capital letters, from two separate
 * sets, so that one text contains another after the conversion exactly if it did before.
 */
export function toTrigramText(lowerCase: string): string {
  return lowerCase.replaceAll(/\P{ASCII}+/gu, (run) =>
    Array.from(Buffer.from(run), (byte) => FIRST.charAt((byte >> 4) - 8) + SECOND.charAt(byte & 15)).join(''),
  );
}

/** Whether an index on trigrams can look up `text`: three consecutive letters or digits. */
export function hasTrigram(text: string): boolean {
  return /[\p{L}\p{N}]{3}/u.test(text);
}
