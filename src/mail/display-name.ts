const MAX_NAME_CHARS = 40;

/** Letters, their marks, spaces, apostrophes, hyphens and full stops; begins with a letter. */
const PLAIN_NAME = /^\p{L}[\p{L}\p{M} '’.-]*$/u;

/** Text that mail programs turn into a link: `evil.example`. */
const LOOKS_LIKE_A_HOST = /\.\p{L}/u;

/**
 * The name for the greeting of a mail; `null` if the text may be anything but a name. A person who registers a stranger's address chooses
 * that name, so it must not carry a message, a link, markup or direction marks into the stranger's inbox.
 */
export function greetingName(written: unknown): string | null {
  if (typeof written !== 'string') return null;
  const name = written.normalize('NFC').trim();
  const chars = [...name].length;
  if (chars === 0 || chars > MAX_NAME_CHARS || !PLAIN_NAME.test(name) || LOOKS_LIKE_A_HOST.test(name) || /^www\b/i.test(name)) return null;
  return name;
}
