import { getMetadataStorage } from 'class-validator';
import type { FieldRule } from '../common/declared.js';
import type { FieldProblem } from '../common/errors.js';
import type { ProblemWords } from '../common/text.js';

/** What a decorator of class-validator says about a property. */
interface RuleMetadata {
  target: unknown;
  propertyName: string;
  type: string;
  name?: string | undefined;
  constraints?: readonly unknown[] | undefined;
  each?: boolean;
  message?: unknown;
  /** How another language says it. */
  context?: ProblemWords;
}

/** Sentences for people about values that break a rule; class-validator's own are for programmers. */
const SENTENCES: Partial<Record<FieldRule, (limit: unknown) => string>> = {
  isString: () => 'This must be text.',
  isInt: () => 'Use a whole number.',
  isBoolean: () => 'Use true or false.',
  isArray: () => 'Use a list.',
  isObject: () => 'Use a JSON object.',
  isUuid: () => 'This is not a valid id.',
  isDate: () => 'Use a time such as 2026-03-01T09:30:00Z.',
  isIn: (values) => listed(values as readonly unknown[]),
  min: (least) => `Use ${String(least)} or more.`,
  max: (most) => `Use ${String(most)} or less.`,
  maxLength: (most) => `Use at most ${String(most)} characters.`,
  arrayMinSize: (least) => `Name at least ${String(least)}.`,
  arrayMaxSize: (most) => `Name at most ${String(most)}.`,
  arrayUnique: () => 'Name each only once.',
};

/** More values than this are no sentence. */
const MAX_LISTED = 12;

function listed(values: readonly unknown[]): string {
  if (values.length > MAX_LISTED) return 'Use one of the values in the documentation.';
  return `Use ${[values.slice(0, -1).join(', '), String(values.at(-1))].filter((part) => part !== '').join(' or ')}.`;
}

/** Rules for a field that must not be empty: its absence has one name, whatever else is asked of it. */
const NOT_EMPTY = 'isNotEmpty';

/** A field that repeats another one is wrong in one way only, even where it is missing. */
const REPEATS = 'isSameAs';

/** Kinds of metadata that are no rules for a value: `ValidateIf` and `IsOptional`. */
const CONDITIONAL = 'conditionalValidation';

/** All that class-validator's decorators say about a DTO, those of its parents first. */
export function rulesOf(dto: Function): RuleMetadata[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false) as RuleMetadata[];
  return rules.toSorted((a, b) => depthOf(a.target) - depthOf(b.target));
}

/** How many classes a class extends. */
function depthOf(target: unknown): number {
  const parent: unknown = typeof target === 'function' ? Object.getPrototypeOf(target) : null;
  return parent === null || parent === Function.prototype ? 0 : 1 + depthOf(parent);
}

/** A broken rule in the words that callers see. `value` is what the field holds. */
export function describeRule(dto: Function, property: string, rule: string, value: unknown): Omit<FieldProblem, 'pointer'> {
  const rules = rulesOf(dto).filter(({ propertyName }) => propertyName === property);
  const mayBeNull = rules.some(({ type }) => type === CONDITIONAL);
  const isMissing = value === undefined || (value === null && !mayBeNull);
  if (isMissing && rule !== REPEATS) return { rule: 'required', detail: 'This field is required.' };
  if (rule === NOT_EMPTY) return { rule: 'required', detail: 'This field must not be empty.' };
  const broken = rules.find(({ name }) => name === rule);
  const { message, context } = broken ?? {};
  if (typeof message === 'string') return { rule: rule as FieldRule, detail: message, ...context };
  const sentence = SENTENCES[rule as FieldRule];
  // A unit test goes through all DTOs: every rule in use has a sentence.
  if (broken === undefined || sentence === undefined) throw new Error(`There is no sentence for ${rule} of ${dto.name}.${property}`);
  const limit = broken.constraints?.[0];
  const detail = sentence(limit);
  const words = rule === 'maxLength' ? { values: { max: Number(limit) } } : context;
  return { rule: rule as FieldRule, detail: broken.each === true ? ofEntries(detail) : detail, ...words };
}

/** A sentence about a value, said of the entries of a list. */
function ofEntries(detail: string): string {
  return detail.startsWith('This ')
    ? detail.replace('This ', 'Every entry ')
    : `For every entry: ${detail[0]?.toLowerCase()}${detail.slice(1)}`;
}
