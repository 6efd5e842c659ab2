import type { FastifyRequest } from 'fastify';
import { InvalidRequestError, MalformedRequestError, TooLargeError, UnsupportedMediaTypeError } from '../common/errors.js';

/**
 * The one file of an upload; never more of it in memory than the limit allows.
 * @throws UnsupportedMediaTypeError, TooLargeError, MalformedRequestError, InvalidRequestError
 */
export async function readUpload(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) throw new UnsupportedMediaTypeError('Send the picture as multipart/form-data.');
  try {
    const file = await request.file();
    if (file !== undefined) return await file.toBuffer();
  } catch (error) {
    // More than the file's own limit, or more parts than a picture needs.
    if ((error as { statusCode?: number }).statusCode === 413)
      throw new TooLargeError('The picture is larger than this server accepts.', { cause: error });
    // What the parser of forms says of a body that is no form.
    throw new MalformedRequestError('The upload is broken off or malformed.', { cause: error });
  }
  throw InvalidRequestError.field('avatar', 'avatar.missing', 'Send the picture as a file.');
}
