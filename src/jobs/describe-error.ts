/** Longest description of an error that is kept, characters. */
const MAX_DESCRIPTION_CHARS = 500;

/** One line for the outbox and the log. What SMTP servers and providers write is anybody's: marks that turn text around go as well. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').toWellFormed();
  // By characters: half of an emoji is none.
  return Array.from(line.slice(0, 2 * MAX_DESCRIPTION_CHARS))
    .slice(0, MAX_DESCRIPTION_CHARS)
    .join('');
}
