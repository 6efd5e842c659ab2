/** Dates of English without a region are written as in most of the world. */
const REGIONS: Readonly<Record<string, string>> = { en: 'en-GB' };

/**
 * A point in time for people who may be anywhere: `1 March 2026 at 09:30 UTC`.
 * @param tag language and region of the reader
 */
export function momentInWords(moment: Date, tag: string = 'en'): string {
  const format = new Intl.DateTimeFormat(REGIONS[tag] ?? tag, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(moment)} UTC`;
}
