import { UnsupportedMediaTypeError } from '../../common/errors.js';
import { pictureFormatOf } from '../../avatars/picture-format.js';

/**
 * Checks by its content that a file is a PNG or a JPEG, for documents that name these two; the core takes WebP as well.
 * @throws UnsupportedMediaTypeError
 */
export function demandPngOrJpeg(file: Buffer): void {
  const format = pictureFormatOf(file);
  if (format !== 'png' && format !== 'jpeg') throw new UnsupportedMediaTypeError('The file is no PNG or JPEG.');
}
