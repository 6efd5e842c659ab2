import sharp from 'sharp';

export const AVATAR_BOUNDARY = 'x'.repeat(24);

/** A multipart body with one file. */
export function avatarForm(bytes: Buffer, fileName = 'me.png', type = 'image/png'): Buffer {
  const head = `--${AVATAR_BOUNDARY}\r\nContent-Disposition: form-data; name="avatar"; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${AVATAR_BOUNDARY}--\r\n`)]);
}

export const AVATAR_HEADERS = { 'content-type': `multipart/form-data; boundary=${AVATAR_BOUNDARY}` };

/** A picture of one colour. Small ones are made and read in a tenth of the time. */
export function image(color: string, width = 70, height = 50) {
  return sharp({ create: { width, height, channels: 3, background: color } });
}
