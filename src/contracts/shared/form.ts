import type { FastifyRequest } from 'fastify';
import { InvalidRequestError, MalformedRequestError, TooLargeError } from '../../common/errors.js';

/** A body in any of the formats. */
export interface Form {
  /** A field that was sent more than once is an array. */
  fields: unknown;
  /** Files by name of the field, some without content; no entries if the operation takes none. */
  files: ReadonlyMap<string, Buffer>;
}

/** Names that reach prototypes; no contract has such a field. */
const RESERVED_NAMES = ['__proto__', 'constructor', 'prototype'];

/** Marks a request whose operation takes a file, once there is capacity for it. */
export type UploadRequest = FastifyRequest & { takesFile?: boolean };

/**
 * The body of a request to a contract: JSON and urlencoded bodies were parsed on arrival; this function reads multipart bodies and skips
 * unwanted files.
 * @throws MalformedRequestError, TooLargeError; InvalidRequestError if an operation that takes a file gets several
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
        // An empty file input of a form is sent as a file without name and content. A file that is empty has a name.
        if (file.length > 0 || part.filename) files.set(part.fieldname, file);
        continue;
      }
      if (part.valueTruncated || part.fieldnameTruncated) throw new TooLargeError('A field of the form is too long.');
      if (RESERVED_NAMES.includes(part.fieldname)) continue;
      const before = fields.get(part.fieldname);
      fields.set(part.fieldname, before === undefined ? part.value : [before, part.value].flat());
    }
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    const [taken] = files.keys();
    // The parser takes one file; another would be too large an upload to it, of whatever size.
    if (taken !== undefined && (error as { code?: string }).code === 'FST_FILES_LIMIT')
      throw InvalidRequestError.field(taken, 'file.expected', 'Send one picture, and no other file.');
    if ((error as { statusCode?: number }).statusCode === 413) throw new TooLargeError('The upload is too large.', { cause: error });
    // Error of the form parser for a body that is not a form.
    throw new MalformedRequestError('The form is broken off or malformed.', { cause: error });
  }
  return { fields: Object.fromEntries(fields), files };
}
