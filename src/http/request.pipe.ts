import { type ArgumentMetadata, Injectable, type PipeTransform, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import type { SettingValues } from '../common/declared.js';
import { type FieldProblem, InvalidRequestError, RouteNotFoundError } from '../common/errors.js';
import { escapePointer, problemsOf } from '../common/field-checks.js';
import { describeRule, rulesOf } from './rule-sentences.js';

/** Maximum nesting of a body; a deeper one is refused. */
const MAX_DEPTH = 16;

/**
 * Checks every body, query and path parameter in one pass, so that one answer names every wrong field: text that PostgreSQL cannot store
 * (NUL, lone surrogates), the types and formats of the DTO (class-validator), and the rules of the product that its fields keep (`Keeps`).
 */
@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly body: ValidationPipe;
  private readonly parameters: ValidationPipe;

  /** @param unknownFields what happens to fields that the DTO does not name */
  constructor(
    private readonly unknownFields: 'refuse' | 'ignore',
    private readonly settings: SettingValues,
  ) {
    const validation = (base: string): ValidationPipe =>
      new ValidationPipe({
        transform: true,
        whitelist: true,
        forbidNonWhitelisted: unknownFields === 'refuse',
        forbidUnknownValues: true,
        validationError: { target: true, value: true },
        exceptionFactory: (errors) => new InvalidRequestError(errors.flatMap((error) => toProblems(error, base))),
      });
    this.body = validation('');
    this.parameters = validation('?');
  }

  async transform(sent: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return sent;
    // A missing body counts as an empty one: the DTO decides which fields are required.
    const value = sent === undefined && metadata.type === 'body' && isDto(metadata.metatype) ? {} : sent;
    // No route has a path with such text.
    if (metadata.type === 'param' && typeof value === 'string' && !isStorable(value)) throw new RouteNotFoundError();
    const base = pointerBase(metadata);
    const unstorable = unstorableText(value, base, 0);
    const reserved = this.unknownFields === 'refuse' ? reservedKeys(value, base) : [];
    if (metadata.type === 'body' && isDto(metadata.metatype) && !isPlainObject(value)) {
      throw new InvalidRequestError([{ pointer: '', rule: 'isObject', detail: 'The body must be a JSON object.' }]);
    }
    const { read, malformed } = await this.read(value, metadata);
    const first = [...unstorable, ...reserved, ...malformed];
    const unsound = new Set(first.map(({ pointer }) => fieldOf(pointer)));
    const broken = isDto(metadata.metatype) ? problemsOf(read as object, this.settings, (name) => !unsound.has(escapePointer(name))) : [];
    const unkept =
      metadata.type === 'body' ? broken : broken.map((problem) => ({ ...problem, pointer: problem.pointer.replace('/', '?') }));
    if (first.length + unkept.length === 0) return read;
    throw new InvalidRequestError(inOrder([...first, ...unkept], metadata.metatype));
  }

  /** The DTO, also where fields have the wrong type, and what is wrong with them. */
  private async read(value: unknown, metadata: ArgumentMetadata): Promise<{ read: unknown; malformed: readonly FieldProblem[] }> {
    try {
      return { read: await (metadata.type === 'body' ? this.body : this.parameters).transform(value, metadata), malformed: [] };
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      const read = isDto(metadata.metatype) ? plainToInstance(metadata.metatype as Type<object>, value) : value;
      return { read, malformed: error.problems };
    }
  }
}

/** The field of the body, or the parameter, that a pointer leads to. */
function fieldOf(pointer: string): string {
  return pointer.split(/[/?]/, 2)[1] ?? '';
}

/** One problem a pointer, in the order in which the DTO declares the fields, and last what it does not declare. */
function inOrder(problems: readonly FieldProblem[], metatype: Type | undefined): FieldProblem[] {
  const declared = isDto(metatype) ? [...new Set(rulesOf(metatype as Type).map(({ propertyName }) => escapePointer(propertyName)))] : [];
  const place = ({ pointer }: FieldProblem): number => {
    const found = declared.indexOf(fieldOf(pointer));
    return found < 0 ? declared.length : found;
  };
  const first = [...new Map(problems.toReversed().map((problem) => [problem.pointer, problem])).values()].toReversed();
  return first.toSorted((a, b) => place(a) - place(b));
}

function pointerBase({ type, data }: ArgumentMetadata): string {
  if (type === 'body') return '';
  return data === undefined ? '?' : `?${data}`;
}

function isDto(metatype: Type | undefined): boolean {
  return metatype !== undefined && !([String, Boolean, Number, Array, Object] as unknown[]).includes(metatype);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** @throws InvalidRequestError for what is nested too deep: nothing else looks at that */
function unstorableText(value: unknown, pointer: string, depth: number): FieldProblem[] {
  if (typeof value === 'string') {
    return isStorable(value) ? [] : [{ pointer, rule: 'isText', detail: 'Text must be well-formed Unicode without NUL.' }];
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  if (depth >= MAX_DEPTH) {
    throw new InvalidRequestError([{ pointer, rule: 'maxDepth', detail: `At most ${MAX_DEPTH} levels of nesting are accepted.` }]);
  }
  return Object.entries(value).flatMap(([key, item]) => [
    ...unstorableText(key, pointer, depth),
    ...unstorableText(item, child(pointer, key), depth + 1),
  ]);
}

/**
 * Keys that ValidationPipe removes from any object because they can reach prototypes. This check refuses them instead, so that no field
 * vanishes silently.
 */
const RESERVED_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Call it only after the depth has been checked. */
function reservedKeys(value: unknown, pointer: string): FieldProblem[] {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([key, item]): FieldProblem[] =>
    RESERVED_KEYS.includes(key)
      ? [{ pointer: child(pointer, key), rule: 'reservedKey', detail: `No key may be named ${key}.` }]
      : reservedKeys(item, child(pointer, key)),
  );
}

function child(pointer: string, key: string): string {
  return pointer === '?' ? `?${key}` : `${pointer}/${escapePointer(key)}`;
}

function toProblems(error: ValidationError, parent: string): FieldProblem[] {
  const pointer = child(parent, error.property);
  // Decorators run from the last to the first: of several broken rules the outermost has the best message ("must be text").
  const rule = Object.keys(error.constraints ?? {}).at(-1);
  const own = rule === undefined ? [] : [{ pointer, ...inOurWords(rule, error) }];
  return [...own, ...(error.children ?? []).flatMap((nested) => toProblems(nested, pointer))];
}

function inOurWords(rule: string, { target, property, value }: ValidationError): Omit<FieldProblem, 'pointer'> {
  if (rule === 'whitelistValidation') return { rule: 'unknownField', detail: `There is no field ${property} here.` };
  if (target === undefined) return { rule: 'isObject', detail: 'Use a JSON object.' };
  return describeRule(target.constructor, property, rule, value);
}
