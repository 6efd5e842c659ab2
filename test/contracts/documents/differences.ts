import { RFC_1123 } from '../../support/test-library.js';

/** Examples of values that every server makes for itself, each with the form of ours. */
const KINDS: readonly [example: RegExp, ours: RegExp][] = [
  [RFC_1123, RFC_1123],
  // Access tokens are JWTs in the documents and here; refresh and reset tokens are opaque here.
  [/^(?:eyJ|<\w+_token>)/, /^(?:eyJ[\w-]+\.[\w-]+\.[\w-]+|lk[rg]_[\w-]{40,})$/],
  [/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/],
  [/^[\da-f]{16}\.jpg$/, /^[\da-f]{32}\.jpg$/],
  [/^\/static\/\w+\.png$/, /^\/static\/[\da-f]{32}\.jpg$/],
  [/^\d{9}$/, /^\d+$/],
  [/^[A-Z]{4}$/, /^[\w-]{6,}$/],
  [/^[Ss]ome msg error$/, /^\S.+$/],
];

/**
 * Differences between an answer and the document's, member by member: keys, types, and all values but those that every server makes for
 * itself, which have to be of their kind.
 * @param beyond members that the document does not have
 */
export function differences(expected: unknown, actual: unknown, beyond: readonly string[] = [], path = ''): string[] {
  const complaint = `${path || 'body'}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
  if (kindOf(expected) !== kindOf(actual)) return [complaint];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return [complaint];
    // Lists have no order that the documents promise.
    const [all, found] = [expected, actual].map((list) => list.toSorted(byUsername));
    return (all ?? []).flatMap((item, index) => differences(item, found?.[index], beyond, `${path}[${index}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    const [wanted, found] = [expected, actual as object].map((each) => new Map<string, unknown>(Object.entries(each)));
    const names = [...new Set([...(wanted?.keys() ?? []), ...(found?.keys() ?? [])])];
    return names.flatMap((name) => {
      const at = path === '' ? name : `${path}.${name}`;
      if (wanted?.has(name) !== true) return beyond.includes(at) ? [] : [`${at}: not in the document`];
      if (found?.has(name) !== true) return [`${at}: missing`];
      return differences(wanted.get(name), found.get(name), beyond, at);
    });
  }
  if (typeof expected === 'number') return isStatus(path) && expected !== actual ? [complaint] : [];
  if (typeof expected !== 'string') return expected === actual ? [] : [complaint];
  const [, ours] = KINDS.find(([example]) => example.test(expected)) ?? [];
  return (ours === undefined ? expected === actual : ours.test(String(actual))) ? [] : [complaint];
}

/** Other numbers are ids. */
function isStatus(path: string): boolean {
  return path === 'status';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function byUsername(one: unknown, other: unknown): number {
  const nameOf = (row: unknown): string => String((row as { username?: unknown }).username);
  return nameOf(one) < nameOf(other) ? -1 : 1;
}
