import type { Type } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';

type Library = typeof Swagger;
type Decorator = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => void;
/** The library's decorators, by their names. */
type Name = { [Key in keyof Library]: Key extends `Api${string}` ? Key : never }[keyof Library];

const waiting: ((library: Library) => void)[] = [];

/**
 * The library's decorators, which only take note of what they were given. The library does the rest once somebody wants to see a
 * document: with all it needs it is a sixth of the modules of a start, and a tenth of the memory afterwards.
 */
export const ApiAcceptedResponse = noted('ApiAcceptedResponse');
export const ApiBearerAuth = noted('ApiBearerAuth');
export const ApiBody = noted('ApiBody');
export const ApiConsumes = noted('ApiConsumes');
export const ApiCreatedResponse = noted('ApiCreatedResponse');
export const ApiExtraModels = noted('ApiExtraModels');
export const ApiHeader = noted('ApiHeader');
export const ApiNoContentResponse = noted('ApiNoContentResponse');
export const ApiOkResponse = noted('ApiOkResponse');
export const ApiOperation = noted('ApiOperation');
export const ApiParam = noted('ApiParam');
export const ApiProduces = noted('ApiProduces');
export const ApiProperty = noted('ApiProperty');
export const ApiPropertyOptional = noted('ApiPropertyOptional');
export const ApiQuery = noted('ApiQuery');
export const ApiResponse = noted('ApiResponse');
export const ApiSecurity = noted('ApiSecurity');
export const ApiTags = noted('ApiTags');

/** A decorator that is put together when somebody wants to see a document. */
export function documents(decorator: (library: Library) => Decorator): MethodDecorator & ClassDecorator {
  return (...target: unknown[]) => {
    waiting.push((library) => decorator(library)(...(target as Parameters<Decorator>)));
  };
}

/** Where a document has the schema of a class, or the one of this name (OpenAPI 3.1 §4.8.7). */
export function getSchemaPath(model: string | Type): string {
  return `#/components/schemas/${typeof model === 'string' ? model : model.name}`;
}

/** Hands the library everything that was noted, in the order in which it was; to be called before a document is made. */
export function passOn(library: Library): void {
  for (const decorate of waiting.splice(0)) decorate(library);
}

function noted<Key extends Name>(name: Key): Library[Key] {
  const note = (...options: unknown[]) => documents((library) => (library[name] as (...options: unknown[]) => Decorator)(...options));
  return note;
}
