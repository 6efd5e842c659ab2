import { keptByTag } from '../languages/formats.js';

const MINUTE_MS = 60_000;

const formatsOf = keptByTag((tag) => {
  const counting = (unit: string) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' });
  return { minute: counting('minute'), hour: counting('hour'), day: counting('day') };
});

/**
 * A time span in words, to the nearest unit that reads well: `15 minutes`, `24 hours`, `7 days`.
 * @param tag language and region of the reader
 */
export function lifetimeInWords(ms: number, tag: string = 'en'): string {
  const { minute, hour, day } = formatsOf(tag);
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes === 60) return hour.format(1);
  if (minutes < 120) return minute.format(minutes);
  const hours = Math.round(minutes / 60);
  return hours <= 48 ? hour.format(hours) : day.format(Math.round(hours / 24));
}
