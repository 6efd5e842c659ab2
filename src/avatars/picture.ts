import { createHash } from 'node:crypto';
import type { Metadata, Sharp } from 'sharp';
import { InvalidRequestError, UnsupportedMediaTypeError } from '../common/errors.js';
import { type ImageLibrary, imageLibrary } from './image-library.js';
import { type PictureFormat, pictureFormatOf } from './picture-format.js';

/** Edge of the picture, pixels. */
const LARGE_PIXELS = 512;
/** Edge of the small picture for lists, pixels. */
const SMALL_PIXELS = 96;

/** Maximum number of pixels of an upload: a photograph of 25 megapixels. Decoding costs four bytes each. */
const MAX_PIXELS = 25_000_000;
/** Maximum time for decoding and encoding one size, s. */
const TIMEOUT_SECONDS = 10;
const JPEG_QUALITY = 82;

/** The marker at the end of a JPEG (ITU-T T.81 §B.1.1.3). A file may end in its first byte: 0xff may be repeated before a marker. */
const JPEG_END = Buffer.from('ffd9', 'hex');

/** What the decoder refuses; `warning` includes data that ends too early. */
type FailOn = 'error' | 'warning';

/** One picture of an upload, in both sizes, named by its content. */
export interface Picture {
  /** 32 hexadecimal digits: 128 bits of SHA-256. */
  name: string;
  large: Buffer;
  small: Buffer;
}

/**
 * Decodes and re-encodes an upload, so that no bytes of the original survive: neither metadata nor hidden content.
 * @throws UnsupportedMediaTypeError unless it is a PNG, JPEG or WebP by its content, and nothing else at the same time;
 *   InvalidRequestError if it has too many pixels or is broken
 */
export async function toPicture(upload: Buffer): Promise<Picture> {
  const format = pictureFormatOf(upload);
  if (format === null) throw new UnsupportedMediaTypeError('Send a PNG, JPEG or WebP picture.');
  const open = openerOf(await imageLibrary());
  const { width, height } = await readMetadata(open(upload, false), format);
  if (width * height > MAX_PIXELS) {
    const megapixels = MAX_PIXELS / 1_000_000;
    const detail = `Use a picture of at most ${megapixels} megapixels.`;
    throw InvalidRequestError.field('avatar', 'avatar.too_many_pixels', detail, { values: { megapixels } });
  }
  try {
    const large = await decodeWhole(upload, format, (bytes, failOn) => square(open(bytes, MAX_PIXELS, failOn), LARGE_PIXELS));
    const small = await square(open(large, MAX_PIXELS), SMALL_PIXELS);
    return { name: createHash('sha256').update(large).digest('hex').slice(0, 32), large, small };
  } catch {
    throw unreadable();
  }
}

/** Reads only the header, so the cost does not depend on the number of pixels. */
async function readMetadata(picture: Sharp, format: PictureFormat): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await picture.metadata();
  } catch {
    throw unreadable();
  }
  if (metadata.format !== format) throw new UnsupportedMediaTypeError('Send a PNG, JPEG or WebP picture.');
  return metadata;
}

function openerOf(sharp: ImageLibrary) {
  return (bytes: Buffer, limitInputPixels: number | false, failOn: FailOn = 'error'): Sharp =>
    sharp(bytes, { limitInputPixels, failOn, sequentialRead: true });
}

/**
 * Decodes an upload. A JPEG that lacks its end marker gets it: some cameras and editors omit it, and browsers show the picture. One that
 * lacks more than the marker stays refused, because then the decoder warns.
 */
async function decodeWhole(
  upload: Buffer,
  format: PictureFormat,
  decode: (bytes: Buffer, failOn: FailOn) => Promise<Buffer>,
): Promise<Buffer> {
  try {
    return await decode(upload, 'error');
  } catch (error) {
    if (format !== 'jpeg' || upload.subarray(-JPEG_END.length).equals(JPEG_END)) throw error;
    return decode(Buffer.concat([upload, JPEG_END]), 'warning');
  }
}

function square(picture: Sharp, edge: number): Promise<Buffer> {
  return picture
    .autoOrient()
    .resize(edge, edge, { fit: 'cover' })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: JPEG_QUALITY })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .toBuffer();
}

function unreadable(): InvalidRequestError {
  return InvalidRequestError.field('avatar', 'avatar.unreadable', 'This picture is broken and cannot be read.');
}
