const MINUTE_MS = 60_000;

/**
 * A time span in words, to the nearest unit that reads well: `15 minutes`, `24 hours`, `7 days`.
 * @param tag language and region of the reader
 */
export function lifetimeInWords(ms: number, tag: string = 'en'): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes === 60) return counted(1, 'hour', tag);
  if (minutes < 120) return counted(minutes, 'minute', tag);
  const hours = Math.round(minutes / 60);
  return hours <= 48 ? counted(hours, 'hour', tag) : counted(Math.round(hours / 24), 'day', tag);
}

function counted(count: number, unit: string, tag: string): string {
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
