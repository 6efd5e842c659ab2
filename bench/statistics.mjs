/** The value below which `share` of the numbers lie; NaN if one of the numbers is NaN. */
export function percentile(numbers, share) {
  if (numbers.some(Number.isNaN)) return Number.NaN;
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (numbers) => percentile(numbers, 0.5);
