const FIRST = 'ABCDEFGH';
const SECOND = 'IJKLMNOPQRSTUVWX';

/**
 * Lower-case text in a form of which pg_trgm knows the trigrams in every database: those of locale C (ours in development) have
 * letters and digits of ASCII only, and would look at every row for `чехов`. Each byte of UTF-8 beyond ASCII becomes two capitals, of
 * two kinds: what contains a text before contains it afterwards, and nothing else does.
 */
export function toTrigramText(lowerCase: string): string {
  return lowerCase.replaceAll(/\P{ASCII}+/gu, (run) =>
    Array.from(Buffer.from(run), (byte) => FIRST.charAt((byte >> 4) - 8) + SECOND.charAt(byte & 15)).join(''),
  );
}

/** Whether an index on trigrams can look up `text`: three letters or digits side by side. */
export function hasTrigram(text: string): boolean {
  return /[\p{L}\p{N}]{3}/u.test(text);
}
