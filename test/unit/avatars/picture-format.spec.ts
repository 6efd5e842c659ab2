import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PictureFormat, pictureFormatOf } from '../../../src/avatars/picture-format.js';
import { leastCpuTimeOf } from '../../support/cpu-time.js';

const zip = (comment = ''): Buffer => {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
};

describe('the format of a picture', () => {
  const pictures = {} as Record<PictureFormat, Buffer>;
  beforeAll(async () => {
    const noise = sharp(randomBytes(120 * 80 * 3), { raw: { width: 120, height: 80, channels: 3 } });
    pictures.png = await noise.clone().png().toBuffer();
    pictures.jpeg = await noise
      .clone()
      .jpeg({ progressive: true })
      .withExif({ IFD0: { Copyright: 'Ada' } })
      .toBuffer();
    pictures.webp = await noise.clone().webp().toBuffer();
  });

  it.each(['png', 'jpeg', 'webp'] as const)('is %s by its content', (format) => {
    expect(pictureFormatOf(pictures[format])).toBe(format);
    expect(pictureFormatOf(Buffer.concat([pictures[format], Buffer.alloc(40)]))).toBe(format);
  });

  it.each(['png', 'jpeg', 'webp'] as const)('is null if another file is hidden behind the end of a %s', (format) => {
    for (const hidden of ['<script>', '\r\n <svg/>', '%PDF-1.4', 'PK\x03\x04', 'GIF89a', '#!/bin/sh', '\x7fELF', 'MZ\x90']) {
      expect([hidden, pictureFormatOf(Buffer.concat([pictures[format], Buffer.from(hidden, 'latin1')]))]).toEqual([hidden, null]);
    }
    for (const comment of ['', 'a comment'])
      expect(pictureFormatOf(Buffer.concat([pictures[format], Buffer.alloc(50, 'z'), zip(comment)]))).toBeNull();
  });

  it.each(['png', 'jpeg', 'webp'] as const)('is still %s if the appended bytes are harmless', (format) => {
    // A video after a photograph, a second photograph, a phone's trailer, and bytes that resemble the end of a ZIP file.
    for (const appended of [
      Buffer.from('\0\0\0\x18ftypmp42'),
      pictures.jpeg,
      Buffer.from('\0\0\x01\n\x0e\0\0\0Image_UTC'),
      Buffer.concat([zip('abc'), Buffer.from('x')]),
    ]) {
      expect(pictureFormatOf(Buffer.concat([pictures[format], appended]))).toBe(format);
    }
  });

  it('is null for an empty file, and no truncated picture causes an error', () => {
    expect(pictureFormatOf(Buffer.alloc(0))).toBeNull();
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      for (let length = 1; length < pictures[format].length; length += 7) {
        expect([format, null]).toContain(pictureFormatOf(pictures[format].subarray(0, length)));
      }
    }
  });

  it('is found quickly in hostile files', async () => {
    const jpeg = (filler: Buffer): Buffer => Buffer.concat([Buffer.from('ffd8ffda0004aaaa', 'hex'), filler]);
    const size = 5_000_000;
    const files = [
      jpeg(Buffer.alloc(size, 0xff)),
      jpeg(Buffer.alloc(size, Buffer.from('ff00', 'hex'))),
      jpeg(Buffer.alloc(size, Buffer.from('ffda0002', 'hex'))),
      Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(size)]),
      Buffer.concat([pictures.png, Buffer.alloc(size)]),
      jpeg(Buffer.alloc(size, 'PK\x05\x06')),
    ];
    for (const file of files) {
      expect(await leastCpuTimeOf(() => pictureFormatOf(file))).toBeLessThan(300);
    }
  });
});
