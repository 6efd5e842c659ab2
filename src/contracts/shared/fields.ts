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
  private readonly pipe = new RequestPipe('ignore');

  transform(value: unknown, { metatype }: ArgumentMetadata): Promise<unknown> {
    return this.pipe.transform(value, { type: 'body', metatype });
  }
}

const ReadFields = createParamDecorator(async (_: unknown, context: ExecutionContext) => (await formOf(context)).fields);
const ReadFile = createParamDecorator(async (names: readonly string[], context: ExecutionContext) => {
  const { files } = await formOf(context);
  return names.map((name) => files.get(name)).find((file) => file !== undefined);
});

/** Parameter decorator: the body's fields as the parameter's DTO, sent as JSON, urlencoded or multipart. */
export const Fields = () => ReadFields(new FieldsPipe());

/** Parameter decorator: the uploaded file in the first of the named fields that has one; `Buffer | undefined`. */
export const File = (...names: string[]) => ReadFile(names);

/** Documents the fields of an operation and the three body formats. */
export function ApiFields(dto: Type, examples?: Record<string, object>) {
  return applyDecorators(
    ApiExtraModels(dto),
    ApiConsumes('application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'),
    ApiBody({
      schema: { $ref: getSchemaPath(dto) },
      ...(examples === undefined
        ? {}
        : { examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])) }),
    }),
  );
}

/**
 * Marks an operation that takes a file. Every such operation needs it, because files are held in memory and their number at a time is
 * limited.
 */
export const TakesFile = () => UseInterceptors(UploadRoom);
