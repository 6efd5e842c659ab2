import { createHash } from 'node:crypto';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { InvalidRequestError, UnsupportedMediaTypeError } from '../common/errors.js';

/** Edge of the picture, pixels. */
export const LARGE_PIXELS = 512;
/** Edge of the one for lists, pixels. */
export const SMALL_PIXELS = 96;

/** Most pixels of an upload: a photograph of 25 megapixels. Decoding costs four bytes each. */
const MAX_PIXELS = 25_000_000;
/** Longest time for decoding and encoding one size, s. */
const TIMEOUT_SECONDS = 10;
const JPEG_QUALITY = 82;

/** One picture of an upload, in both sizes, named by its content. */
export interface Picture {
  /** 32 hexadecimal digits: 128 bits of SHA-256. */
  name: string;
  large: Buffer;
  small: Buffer;
}

// One upload works on one thread; how many at a time is bounded by the queue.
sharp.concurrency(1);
// Pictures are never decoded twice.
sharp.cache(false);

/**
 * Decodes an upload and encodes it anew: nothing of the original's bytes survives, so no metadata and nothing hidden behind it.
 * @throws UnsupportedMediaTypeError unless it is a PNG, JPEG or WebP by its content; InvalidRequestError when it has too many pixels
 *   or is broken
 */
export async function toPicture(upload: Buffer): Promise<Picture> {
  // Before any decoder sees it: of the formats that the library reads, only these three are wanted.
  if (!looksLikePhoto(upload)) throw new UnsupportedMediaTypeError('Send a PNG, JPEG or WebP picture.');
  const { width, height } = await readMetadata(upload);
  if (width * height > MAX_PIXELS) {
    throw InvalidRequestError.field('avatar', 'avatar.too_many_pixels', `Use a picture of at most ${MAX_PIXELS / 1_000_000} megapixels.`);
  }
  try {
    const large = await square(open(upload), LARGE_PIXELS);
    const small = await square(open(large), SMALL_PIXELS);
    return { name: createHash('sha256').update(large).digest('hex').slice(0, 32), large, small };
  } catch {
    throw unreadable();
  }
}

async function readMetadata(upload: Buffer): Promise<Metadata> {
  try {
    return await open(upload).metadata();
  } catch {
    throw unreadable();
  }
}

function open(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: false, failOn: 'error', sequentialRead: true });
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

function looksLikePhoto(bytes: Buffer): boolean {
  return (
    bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')) ||
    bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex')) ||
    (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
  );
}

function unreadable(): InvalidRequestError {
  return InvalidRequestError.field('avatar', 'avatar.unreadable', 'This picture is broken and cannot be read.');
}
