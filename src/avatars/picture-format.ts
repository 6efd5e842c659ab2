/** The accepted formats. */
export type PictureFormat = 'png' | 'jpeg' | 'webp';

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const JPEG_SIGNATURE = Buffer.from('ffd8ff', 'hex');

/**
 * First bytes of files that an attacker may hide behind a picture. The list omits what cameras append, such as a video or a second JPEG.
 */
const FOREIGN_SIGNATURES = [
  '<',
  '%PDF-',
  'PK\x03\x04',
  'GIF8',
  'Rar!',
  '7z\xbc\xaf',
  'MZ',
  '\x7fELF',
  '#!',
  'II*\0',
  'MM\0*',
  '\x89PNG',
  'RIFF',
];

/** PDF readers look for the header this far into a file, bytes (ISO 32000-1, annex H, note 13). */
const PDF_HEADER_BYTES = 1_024;

/** Fixed part of a ZIP file's last record, and the longest comment after it, bytes (APPNOTE 4.3.16). */
const ZIP_END_BYTES = 22;
const ZIP_MAX_COMMENT_BYTES = 65_535;

/** The format of a file by its content; null for other formats, and for a file that other programs could also read as another format. */
export function pictureFormatOf(bytes: Buffer): PictureFormat | null {
  const format = signatureOf(bytes);
  return format === null || isSomethingElseToo(bytes, END_OF[format](bytes)) ? null : format;
}

function signatureOf(bytes: Buffer): PictureFormat | null {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return 'png';
  if (bytes.subarray(0, 3).equals(JPEG_SIGNATURE)) return 'jpeg';
  return bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP' ? 'webp' : null;
}

function isSomethingElseToo(bytes: Buffer, end: number): boolean {
  if (bytes.subarray(0, PDF_HEADER_BYTES).includes('%PDF-') || endsAsZip(bytes)) return true;
  let start = end;
  while (start < bytes.length && ' \t\r\n\0'.includes(String.fromCharCode(Number(bytes[start])))) start += 1;
  const tail = bytes.toString('latin1', start, start + 8);
  return FOREIGN_SIGNATURES.some((signature) => tail.startsWith(signature));
}

/** Unpackers find a ZIP by its end, whatever comes before. */
function endsAsZip(bytes: Buffer): boolean {
  const from = Math.max(0, bytes.length - ZIP_END_BYTES - ZIP_MAX_COMMENT_BYTES);
  const at = bytes.subarray(from).lastIndexOf('PK\x05\x06', undefined, 'latin1');
  return (
    at >= 0 && from + at + ZIP_END_BYTES <= bytes.length && from + at + ZIP_END_BYTES + bytes.readUInt16LE(from + at + 20) === bytes.length
  );
}

/** End of the picture according to its structure; the length of the file if the structure does not show it. */
const END_OF: Record<PictureFormat, (bytes: Buffer) => number> = {
  png(bytes) {
    // Chunks: length, type, data, checksum (PNG 3rd edition §5.3).
    for (let at = PNG_SIGNATURE.length; at + 12 <= bytes.length; at += bytes.readUInt32BE(at) + 12) {
      if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return at + 12;
    }
    return bytes.length;
  },

  webp: (bytes) => Math.min(bytes.length, bytes.readUInt32LE(4) + 8),

  jpeg(bytes) {
    let at = 2;
    while (at + 4 <= bytes.length) {
      if (bytes[at] !== 0xff) return bytes.length;
      const marker = Number(bytes[at + 1]);
      if (marker === 0xd9) return at + 2;
      if (marker === 0xff) {
        at += 1;
        continue;
      }
      at += 2 + bytes.readUInt16BE(at + 2);
      if (marker === 0xda) at = endOfScan(bytes, at);
    }
    return at + 2 === bytes.length ? at + 2 : bytes.length;
  },
};

/** The next marker after compressed data, in which 0xff is followed by 0x00 or a restart marker (ITU-T T.81 §B.1.1). */
function endOfScan(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && at + 1 < bytes.length) {
    const next = Number(bytes[at + 1]);
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
    at += 2;
    while (at < bytes.length && bytes[at] !== 0xff) at += 1;
  }
  return bytes.length;
}
