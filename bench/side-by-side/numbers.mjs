// Formats numbers for tables.
const DIGITS = 3;

/** A number with three significant digits; a dash for one that was not measured. */
export function number(value, digits = DIGITS) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  return value.toLocaleString('en', { maximumSignificantDigits: digits });
}

/** A ratio as a fraction, such as 1/15. */
export function fraction(ratio) {
  return ratio < 1 ? `1/${number(1 / ratio)}` : quantity(ratio, '×');
}

/** A number with its unit. */
export function quantity(value, unit) {
  const text = number(value);
  return text === '–' ? text : `${text} ${unit}`;
}

/** Processor time, given in µs, in a suitable unit. */
export function processorTime(microseconds) {
  return microseconds < 1_000 ? quantity(microseconds, 'µs') : quantity(microseconds / 1_000, 'ms');
}
