import {
  type ArgumentMetadata,
  type ExecutionContext,
  Injectable,
  type PipeTransform,
  type Type,
  UseInterceptors,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidRequestError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { RequestPipe } from '../../http/request.pipe.js';
import { type Form, readForm } from './form.js';
import { UploadRoom } from './upload-room.js';

type RequestWithForm = FastifyRequest & { form?: Promise<Form> };

/** The body, read once even if several parameters need it. */
function formOf(context: ExecutionContext): Promise<Form> {
  const request = context.switchToHttp().getRequest<RequestWithForm>();
  request.form ??= readForm(request);
  return request.form;
}

/** Validates fields against the DTO of the parameter like the core, but ignores unknown fields. */
@Injectable()
class FieldsPipe implements PipeTransform {
  private readonly pipe: RequestPipe;

  constructor(settings: Settings) {
    this.pipe = new RequestPipe('ignore', settings);
  }

  transform(value: unknown, { metatype }: ArgumentMetadata): Promise<unknown> {
    return this.pipe.transform(value, { type: 'body', metatype });
  }
}

const ReadFields = createParamDecorator(async (_: unknown, context: ExecutionContext) => (await formOf(context)).fields);
const ReadFile = createParamDecorator(async (names: readonly string[], context: ExecutionContext) => {
  const { fields, files } = await formOf(context);
  const file = names.map((name) => files.get(name)).find((each) => each !== undefined && each.length > 0);
  if (file !== undefined) return file;
  const lost = names.find((name) => files.has(name) || holdsSomething(fields, name));
  if (lost !== undefined) throw InvalidRequestError.field(lost, 'file.expected', 'Send the picture as a file in a multipart body.');
  return undefined;
});

/** What scripts make of no file at all: `FormData` turns null and undefined into words. */
const NO_FILE: readonly unknown[] = [undefined, null, '', 'null', 'undefined'];

/** Whether a field for a file has something else in it, such as the text that JSON makes of a file. Dropping that would lose the upload. */
function holdsSomething(fields: unknown, name: string): boolean {
  const value =
    typeof fields === 'object' && fields !== null && Object.hasOwn(fields, name) ? (fields as Record<string, unknown>)[name] : null;
  return [value].flat().some((each) => !NO_FILE.includes(each));
}

/** Parameter decorator: the body's fields as the parameter's DTO, sent as JSON, urlencoded or multipart. */
export const Fields = () => ReadFields(FieldsPipe);

/**
 * Parameter decorator: the uploaded file in the first of the named fields that has one; `Buffer | undefined`. Throws InvalidRequestError if
 * there is none and one of the fields holds something else, or a file without content.
 */
export const File = (...names: string[]) => ReadFile(names);

const JSON_TYPE = 'application/json';
const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** Documents the fields of an operation and the three body formats; generated clients send the first one. */
export const ApiFields = (dto: Type, examples?: Examples) => documented(dto, [JSON_TYPE, URLENCODED, MULTIPART], examples);

/** The same for operations of which the contract's document shows a form. */
export const ApiForm = (dto: Type, examples?: Examples) => documented(dto, [MULTIPART, URLENCODED, JSON_TYPE], examples);

/**
 * Marks and documents an operation that takes a file. Every such operation needs it, because files are held in memory and their number at a
 * time is limited. The documented format is the only one that carries a file.
 */
export const TakesFile = (dto: Type) => applyDecorators(UseInterceptors(UploadRoom), documented(dto, [MULTIPART]));

/** Bodies by the name of the example. */
type Examples = Record<string, object>;

function documented(dto: Type, formats: readonly string[], examples?: Examples) {
  return applyDecorators(
    ApiExtraModels(dto),
    ApiConsumes(...formats),
    ApiBody({
      schema: { $ref: getSchemaPath(dto) },
      ...(examples === undefined
        ? {}
        : { examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])) }),
    }),
  );
}
