/** Maximum length of a stored error description, characters. */
const MAX_DESCRIPTION_CHARS = 500;

/**
 * One line for the outbox and the log. SMTP servers and providers may send any text, so this also removes characters that change the text
 * direction.
 */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').toWellFormed();
  // Cut by characters, so that no emoji is split.
  return Array.from(line.slice(0, 2 * MAX_DESCRIPTION_CHARS))
    .slice(0, MAX_DESCRIPTION_CHARS)
    .join('');
}
