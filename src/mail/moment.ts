import { keptByTag } from '../languages/formats.js';

/** Dates of English without a region are written as in most of the world. */
const REGIONS: Readonly<Record<string, string>> = { en: 'en-GB' };

const formatOf = keptByTag(
  (tag) => new Intl.DateTimeFormat(REGIONS[tag] ?? tag, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }),
);

/**
 * A point in time for people who may be anywhere: `1 March 2026 at 09:30 UTC`.
 * @param tag language and region of the reader
 */
export function momentInWords(moment: Date, tag: string = 'en'): string {
  return `${formatOf(tag).format(moment)} UTC`;
}
