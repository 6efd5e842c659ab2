import { applyDecorators } from '@nestjs/common';
import { ApiProduces, ApiResponse } from '@nestjs/swagger';

/** The subset of JSON Schema that is derived from examples. */
interface ExampleSchema {
  type?: string | string[];
  properties?: Record<string, ExampleSchema>;
  required?: string[];
  items?: ExampleSchema;
  additionalProperties?: ExampleSchema;
  anyOf?: ExampleSchema[];
}

/** A documented answer: the schema is derived from the example. */
interface AnswerDoc {
  status?: number;
  description: string;
  /** The document's own example. */
  example: object;
  /** Fields that are null if the account lacks them. */
  nullable?: readonly string[];
}

/** Documents the successful answer of an operation. */
export function ApiAnswer({ status = 200, description, example, nullable = [] }: AnswerDoc) {
  return ApiAnswers(status, description, { Answer: example }, nullable);
}

/** The same for an operation with several answers of one status; `examples` are by name. */
export function ApiAnswers(status: number, description: string, examples: Record<string, object>, nullable: readonly string[] = []) {
  return ApiResponse({
    status,
    description,
    content: {
      'application/json': {
        schema: schemaOf(Object.values(examples), nullable),
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { summary: name, value }])),
      },
    },
  });
}

/** Documents an operation that answers with a picture. */
export function ApiPicture() {
  return applyDecorators(
    ApiProduces('image/jpeg'),
    ApiResponse({
      status: 200,
      description: 'The picture.',
      content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
    }),
  );
}

/** The schema that matches all examples. */
export function schemaOf(examples: readonly object[], nullable: readonly string[] = []): ExampleSchema {
  const shapes = new Map(examples.map((example) => shapeOf(example, nullable)).map((shape) => [JSON.stringify(shape), shape]));
  const [only, ...others] = shapes.values();
  return only !== undefined && others.length === 0 ? only : { anyOf: [...shapes.values()] };
}

function shapeOf(example: unknown, nullable: readonly string[]): ExampleSchema {
  if (Array.isArray(example)) return { type: 'array', items: example.length === 0 ? {} : shapeOf(example[0], nullable) };
  if (typeof example !== 'object' || example === null) return { type: typeOf(example) };
  const members = Object.entries(example);
  // An object whose keys are its values can have any keys.
  if (members.length > 0 && members.every(([key, value]) => key === value))
    return { type: 'object', additionalProperties: { type: 'string' } };
  // So can one of lists of sentences, one for each wrong field.
  if (members.length > 0 && members.every(([, value]) => isListOfTexts(value)))
    return { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } };
  const properties = members.map(([name, value]) => {
    const shape = shapeOf(value, nullable);
    return [
      name,
      nullable.includes(name) ? { ...shape, type: [...new Set([value === null ? 'string' : typeOf(value), 'null'])] } : shape,
    ] as const;
  });
  return { type: 'object', properties: Object.fromEntries(properties), required: Object.keys(example) };
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
