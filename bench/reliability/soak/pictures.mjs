// Small pictures for uploads, each as the body of a request.
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';

const COUNT = 32;
const EDGE = 200;
const CHANNELS = 3;

/** @returns `bytes` and `type` of each body: multipart with one file (RFC 7578) */
export function pictures() {
  return Promise.all(
    Array.from({ length: COUNT }, async () => {
      const raw = randomBytes(EDGE * EDGE * CHANNELS);
      const jpeg = await sharp(raw, { raw: { width: EDGE, height: EDGE, channels: CHANNELS } })
        .jpeg()
        .toBuffer();
      const boundary = randomBytes(16).toString('hex');
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="avatar"; filename="me.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`;
      return {
        bytes: Buffer.concat([Buffer.from(head), jpeg, Buffer.from(`\r\n--${boundary}--\r\n`)]),
        type: `multipart/form-data; boundary=${boundary}`,
      };
    }),
  );
}
