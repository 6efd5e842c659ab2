const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A point in time for people who may be anywhere: `1 March 2026 at 09:30 UTC`. */
export function momentInWords(moment: Date): string {
  return `${FORMAT.format(moment)} UTC`;
}
