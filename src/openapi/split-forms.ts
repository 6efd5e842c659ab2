import { type OpenAPIObject, getSchemaPath } from '@nestjs/swagger';
import { type BodyForm, formsOf } from '../common/body-forms.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { $ref: string }>;

/** Gives each form of a body a schema of its own, and makes that of the body one of them. They exclude each other. */
export function splitForms(schemas: Schemas): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const forms = formsOf(name);
    if (forms === undefined || '$ref' in schema) continue;
    const named = new Set(Object.values(forms).flatMap(({ requires }) => requires));
    for (const [ending, form] of Object.entries(forms)) schemas[`${name}${ending}`] = toSchema(schema, form, named);
    schemas[name] = { oneOf: Object.keys(forms).map((ending) => ({ $ref: getSchemaPath(`${name}${ending}`) })) };
  }
}

function toSchema({ properties = {}, required = [] }: Schema, { requires, takes = [] }: BodyForm, named: ReadonlySet<string>): Schema {
  const has = (field: string): boolean => !named.has(field) || requires.includes(field) || takes.includes(field);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).filter(([field]) => has(field))),
    required: [...requires, ...required],
    additionalProperties: false,
  };
}
