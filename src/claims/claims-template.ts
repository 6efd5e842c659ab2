import type { Setting } from '../common/capability.js';
import { type ClaimValue, type Ext, MAX_EXT_BYTES, isShort, unfitName, unfitValue } from './further-claims.js';

/** Names of claims, each with the path to its value in the account's public metadata. */
export type ClaimsTemplate = readonly (readonly [name: string, path: readonly string[]])[];

/** What a path begins with: the one place that administrators write and owners do not. */
const ROOT = 'publicMetadata';

/** Most claims of a template. */
const MAX_CLAIMS = 20;

/** Deepest that a path leads; metadata is no deeper. */
const MAX_STEPS = 10;

const STEP = /^[\w-]{1,64}$/;

/** A JSON object of names of claims and paths such as `publicMetadata.plan`. */
export function claimsTemplate(options: Pick<Setting<ClaimsTemplate>, 'doc' | 'example'>): Setting<ClaimsTemplate> {
  return {
    ...options,
    default: [],
    parse: (text) => {
      const claims = Object.entries(objectIn(text));
      if (claims.length > MAX_CLAIMS) throw new Error(`an object with at most ${MAX_CLAIMS} claims`);
      return claims.map(([name, path]) => [name, stepsOf(name, path)] as const);
    },
    show: (template) => JSON.stringify(Object.fromEntries(template.map(([name, steps]) => [name, [ROOT, ...steps].join('.')]))),
  };
}

/**
 * What a template makes of an account's public metadata. What is missing there, or cannot be a claim, is left out.
 * @returns undefined if nothing is left
 */
export function claimsOf(template: ClaimsTemplate, metadata: Readonly<Record<string, unknown>>): Ext | undefined {
  const claims: [string, ClaimValue][] = [];
  for (const [name, steps] of template) {
    const value = valueAt(metadata, steps);
    if (value !== undefined && unfitValue(value) === null) claims.push([name, value as ClaimValue]);
  }
  return claims.length === 0 ? undefined : Object.fromEntries(claims);
}

/** Why a template cannot make claims of this metadata; null if it can. */
export function unfitMetadata(template: ClaimsTemplate, metadata: Readonly<Record<string, unknown>>): string | null {
  const found: [string, unknown][] = [];
  for (const [name, steps] of template) {
    const value = valueAt(metadata, steps);
    if (value === undefined) continue;
    const unfit = unfitValue(value);
    if (unfit !== null) return `CLAIMS_TEMPLATE makes the claim ${name} of ${[ROOT, ...steps].join('.')}: ${unfit}`;
    found.push([name, value]);
  }
  return isShort(Object.fromEntries(found)) ? null : `The claims that CLAIMS_TEMPLATE makes of it have more than ${MAX_EXT_BYTES} bytes`;
}

/** Null counts as missing: that is how a value is cleared. */
function valueAt(metadata: Readonly<Record<string, unknown>>, steps: readonly string[]): unknown {
  let value: unknown = metadata;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value ?? undefined;
}

function objectIn(text: string): object {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    given = null;
  }
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw new Error(`a JSON object such as {"plan": "${ROOT}.plan"}`);
}

function stepsOf(name: string, path: unknown): readonly string[] {
  const unfit = unfitName(name);
  if (unfit !== null) throw new Error(`an object of claims; ${unfit}`);
  const [root, ...steps] = typeof path === 'string' ? path.split('.') : [];
  if (root !== ROOT || steps.length === 0 || steps.length > MAX_STEPS || !steps.every((step) => STEP.test(step)))
    throw new Error(`an object of paths that begin with ${ROOT}. such as ${ROOT}.plan (that of ${name} is none)`);
  return steps;
}
