import { UnsupportedMediaTypeError } from '../../common/errors.js';
import { pictureFormatOf } from '../../avatars/picture-format.js';

/**
 * The file, checked by its content to be a PNG or a JPEG, for documents that name these two; the core takes WebP as well.
 * @throws UnsupportedMediaTypeError
 */
export function demandPngOrJpeg(file: Buffer): Buffer {
  const format = pictureFormatOf(file);
  if (format !== 'png' && format !== 'jpeg') throw new UnsupportedMediaTypeError('The file is no PNG or JPEG.');
  return file;
}
