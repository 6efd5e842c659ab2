/** Line breaks, other control characters, and characters that change the text direction. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/**
 * Text on one line, such as a name: in NFC and trimmed, so that blank text becomes empty.
 * @returns null if the text is longer than `maxChars` or has control characters
 */
export function readLine(text: string, maxChars: number): string | null {
  const clean = text.normalize('NFC').trim();
  return clean.length > maxChars || CONTROL_CHARACTERS.test(clean) ? null : clean;
}
