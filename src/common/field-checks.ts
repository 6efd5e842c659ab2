import 'reflect-metadata';
import type { SettingValues } from './declared.js';
import { type FieldProblem, InvalidRequestError } from './errors.js';

/**
 * Applies a rule of the product to a field, or to a whole body. Tells of what is wrong by throwing InvalidRequestError.
 * @param body all fields; those with another type than the DTO wants are among them
 */
type Check<Value> = (value: Value, settings: SettingValues, body: Readonly<Record<string, unknown>>) => unknown;

interface FieldCheck {
  property: string;
  check: Check<never>;
}

const FIELD_CHECKS = 'latchkey:field-checks';
const BODY_CHECKS = 'latchkey:body-checks';

/**
 * Property decorator: a rule of the product that this field has to keep. The service that uses the field applies the rule, too; here it is
 * applied together with those of all other fields, so that one answer names every wrong field. Rules that need the database cannot stand
 * here.
 */
export function Keeps<Value>(check: Check<Value>): PropertyDecorator {
  return (prototype, property) => add(FIELD_CHECKS, prototype, { property: String(property), check } satisfies FieldCheck);
}

/** Class decorator: the same for a rule about several fields. It runs whatever the fields hold. */
export function KeepsTogether(check: Check<never>): ClassDecorator {
  return ({ prototype }) => add(BODY_CHECKS, prototype as object, check);
}

function add(key: string, prototype: object, row: unknown): void {
  // A class that extends another has its checks as well.
  Reflect.defineMetadata(key, [...rowsOf<unknown>(key, prototype), row], prototype);
}

function rowsOf<Row>(key: string, prototype: object): readonly Row[] {
  return (Reflect.getMetadata(key, prototype) ?? []) as readonly Row[];
}

/** A name as a reference token of a JSON Pointer (RFC 6901 §3). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * What the checks of a DTO find.
 * @param body an instance of the DTO
 * @param isSound whether a field has the type that the DTO wants; the others are not looked at
 */
export function problemsOf(body: object, settings: SettingValues, isSound: (property: string) => boolean): FieldProblem[] {
  const fields = body as Readonly<Record<string, unknown>>;
  const ofFields = rowsOf<FieldCheck>(FIELD_CHECKS, body).flatMap(({ property, check }) => {
    const value = fields[property];
    if (value === undefined || value === null || !isSound(property)) return [];
    // A wire format has names of its own for the fields of the core.
    return problemsOfCheck(() => check(value as never, settings, fields)).map((problem) => ({
      ...problem,
      pointer: `/${escapePointer(property)}${problem.pointer.replace(/^\/[^/]*/, '')}`,
    }));
  });
  const ofBody = rowsOf<Check<unknown>>(BODY_CHECKS, body).flatMap((check) => problemsOfCheck(() => check(body, settings, fields)));
  return [...ofFields, ...ofBody.filter(({ pointer }) => isSound(pointer.slice(1)))];
}

function problemsOfCheck(check: () => unknown): readonly FieldProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.problems;
    throw error;
  }
}
