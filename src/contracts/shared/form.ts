import type { FastifyRequest } from 'fastify';
import { MalformedRequestError, TooLargeError } from '../../common/errors.js';

/** A body, however it was sent. */
export interface Form {
  /** A field that was sent more than once is an array. */
  fields: unknown;
  /** By name of the field; none where the operation takes none. */
  files: ReadonlyMap<string, Buffer>;
}

/** Names that reach prototypes; no contract has such a field. */
const RESERVED_NAMES = ['__proto__', 'constructor', 'prototype'];

/** A request of an operation that takes a file is marked so once there is room for it. */
export type UploadRequest = FastifyRequest & { takesFile?: boolean };

/**
 * The body of a request to a contract: JSON and urlencoded bodies were parsed when they arrived, multipart ones are read here. Files
 * that nobody asked for are read past.
 * @throws MalformedRequestError, TooLargeError
 */
export async function readForm(request: UploadRequest): Promise<Form> {
  if (!request.isMultipart()) return { fields: request.body ?? {}, files: new Map() };
  const fields = new Map<string, unknown>();
  const files = new Map<string, Buffer>();
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        if (request.takesFile !== true) {
          part.file.resume();
          continue;
        }
        const file = await part.toBuffer();
        // A form's empty file input is sent as a file without a name and content.
        if (file.length > 0) files.set(part.fieldname, file);
        continue;
      }
      if (part.valueTruncated || part.fieldnameTruncated) throw new TooLargeError('A field of the form is too long.');
      if (RESERVED_NAMES.includes(part.fieldname)) continue;
      const before = fields.get(part.fieldname);
      fields.set(part.fieldname, before === undefined ? part.value : [before, part.value].flat());
    }
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    if ((error as { statusCode?: number }).statusCode === 413) throw new TooLargeError('The upload is too large.', { cause: error });
    // What the parser of forms says of a body that is no form.
    throw new MalformedRequestError('The form is broken off or malformed.', { cause: error });
  }
  return { fields: Object.fromEntries(fields), files };
}
