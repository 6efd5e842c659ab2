const MINUTE_MS = 60_000;

/** A time span in words, to the nearest unit that reads well: `15 minutes`, `24 hours`, `7 days`. */
export function lifetimeInWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes < 120) return minutes === 60 ? '1 hour' : plural(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours <= 48 ? plural(hours, 'hour') : plural(Math.round(hours / 24), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
