import type { FastifyRequest } from 'fastify';
import { waitForUpload } from '../http/body-time.js';
import { InvalidRequestError, MalformedRequestError, TooLargeError, UnsupportedMediaTypeError } from '../common/errors.js';

/** Allowance for the form around the file, bytes. */
const MAX_FORM_BYTES = 64 * 1_024;

/**
 * The single file of an upload; never holds more of it in memory than the limit allows.
 * @param maxBytes of the file
 * @throws UnsupportedMediaTypeError, TooLargeError, MalformedRequestError, InvalidRequestError
 */
export async function readUpload(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  if (!request.isMultipart()) throw new UnsupportedMediaTypeError('Send the picture as multipart/form-data.');
  // Refused in advance, so that nobody sends megabytes in vain.
  if (Number(request.headers['content-length']) > maxBytes + MAX_FORM_BYTES) throw tooLarge(maxBytes);
  waitForUpload(request);
  try {
    const file = await request.file({ limits: { fileSize: maxBytes } });
    if (file !== undefined) return await file.toBuffer();
  } catch (error) {
    // More than the file's own limit, or more parts than a picture needs.
    if ((error as { statusCode?: number }).statusCode === 413) throw tooLarge(maxBytes, error);
    // Error of the form parser for a body that is not a form.
    throw new MalformedRequestError('The upload is broken off or malformed.', { cause: error });
  }
  throw InvalidRequestError.field('avatar', 'avatar.missing', 'Send the picture as a file.');
}

function tooLarge(maxBytes: number, cause?: unknown): TooLargeError {
  return new TooLargeError(`Send a picture of at most ${maxBytes} bytes.`, { cause });
}
