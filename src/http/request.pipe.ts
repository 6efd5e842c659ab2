import { type ArgumentMetadata, Injectable, type PipeTransform, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldProblem, InvalidRequestError, RouteNotFoundError } from '../common/errors.js';

/** Maximum nesting of a body; a deeper one is refused. */
const MAX_DEPTH = 16;

/**
 * Checks every body, query and path parameter. The pipe first refuses text that PostgreSQL cannot store (NUL, lone surrogates) in any
 * field; then class-validator checks the DTO.
 */
@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly body: ValidationPipe;
  private readonly parameters: ValidationPipe;

  /** @param unknownFields what happens to fields that the DTO does not name */
  constructor(private readonly unknownFields: 'refuse' | 'ignore') {
    const validation = (base: string): ValidationPipe =>
      new ValidationPipe({
        transform: true,
        whitelist: true,
        forbidNonWhitelisted: unknownFields === 'refuse',
        forbidUnknownValues: true,
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
    refuseUnstorableText(value, pointerBase(metadata), 0);
    if (this.unknownFields === 'refuse') refuseReservedKeys(value, pointerBase(metadata));
    if (metadata.type === 'body' && isDto(metadata.metatype) && !isPlainObject(value)) {
      throw new InvalidRequestError([{ pointer: '', rule: 'isObject', detail: 'The body must be a JSON object.' }]);
    }
    return (metadata.type === 'body' ? this.body : this.parameters).transform(value, metadata);
  }
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

function refuseUnstorableText(value: unknown, pointer: string, depth: number): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) {
      throw new InvalidRequestError([{ pointer, rule: 'isText', detail: 'Text must be well-formed Unicode without NUL.' }]);
    }
    return;
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  if (depth >= MAX_DEPTH) {
    throw new InvalidRequestError([{ pointer, rule: 'maxDepth', detail: `At most ${MAX_DEPTH} levels of nesting are accepted.` }]);
  }
  for (const [key, item] of Object.entries(value)) {
    refuseUnstorableText(key, pointer, depth);
    refuseUnstorableText(item, child(pointer, key), depth + 1);
  }
}

/**
 * Keys that ValidationPipe removes from any object because they can reach prototypes. This check refuses them instead, so that no field
 * vanishes silently.
 */
const RESERVED_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Call it only after the depth has been checked. */
function refuseReservedKeys(value: unknown, pointer: string): void {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (RESERVED_KEYS.includes(key)) {
      throw new InvalidRequestError([{ pointer: child(pointer, key), rule: 'reservedKey', detail: `No key may be named ${key}.` }]);
    }
    refuseReservedKeys(item, child(pointer, key));
  }
}

function child(pointer: string, key: string): string {
  return pointer === '?' ? `?${key}` : `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function toProblems(error: ValidationError, parent: string): FieldProblem[] {
  const pointer = child(parent, error.property);
  // Decorators run from the last to the first: of several broken rules the outermost has the best message ("must be a string").
  const [rule, detail] = Object.entries(error.constraints ?? {}).at(-1) ?? [];
  const own = rule === undefined || detail === undefined ? [] : [{ pointer, ...inOurWords(rule, detail, error.property) }];
  return [...own, ...(error.children ?? []).flatMap((nested) => toProblems(nested, pointer))];
}

function inOurWords(rule: string, detail: string, name: string): Omit<FieldProblem, 'pointer'> {
  if (rule === 'whitelistValidation') return { rule: 'unknownField', detail: `There is no field ${name} here.` };
  return { rule, detail: /[.!?]$/.test(detail) ? detail : `${detail}.` };
}
