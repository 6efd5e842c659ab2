import { UnsupportedMediaTypeError } from '../../common/errors.js';
import { pictureFormatOf } from '../../avatars/picture-format.js';

/**
 * The file, if its content is PNG or JPEG, for documents that name only these two; the core also accepts WebP.
 * @throws UnsupportedMediaTypeError
 */
export function demandPngOrJpeg(file: Buffer): Buffer {
  const format = pictureFormatOf(file);
  if (format !== 'png' && format !== 'jpeg') throw new UnsupportedMediaTypeError('The file is no PNG or JPEG.');
  return file;
}
