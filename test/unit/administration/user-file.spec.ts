import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCsvLine } from '../../../src/administration/transfer/csv.js';
import { MAX_LINE_BYTES } from '../../../src/administration/transfer/lines.js';
import { type FileFormat, readRecords } from '../../../src/administration/transfer/user-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Buffer, format: FileFormat): Promise<[line: number, value: unknown][]> {
  const path = join(folder, `file.${format}`);
  writeFileSync(path, content);
  const found: [number, unknown][] = [];
  for await (const { line, value } of readRecords(path, { format, raw: false })) found.push([line, value]);
  return found;
}

describe('a file of JSON lines', () => {
  it('may have LF or CRLF, a byte order mark, empty lines, and no line break at the end', async () => {
    expect(await read('\uFEFF{"a":1}\r\n\n  \n{"a":2}', 'ndjson')).toEqual([
      [1, { a: 1 }],
      [4, { a: 2 }],
    ]);
  });

  it('does not split a record at a Unicode line separator', async () => {
    expect(await read('{"a":"b\u2028c"}\n', 'ndjson')).toEqual([[1, { a: 'b\u2028c' }]]);
  });

  it('continues after a line that is not JSON, not UTF-8, or too long', async () => {
    const endless = `"${'x'.repeat(MAX_LINE_BYTES)}"\n`;
    const content = Buffer.concat([Buffer.from('{"half\n'), Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from(`${endless}{"a":1}\n`)]);
    expect(await read(content, 'ndjson')).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, { a: 1 }],
    ]);
  });
});

describe('a file of comma-separated values', () => {
  it('may have quoted fields with commas, quotes and line breaks', async () => {
    const content = 'username,firstName,lastName\r\nada,"Lovelace, Ada","said ""hi"""\n\ngrace,"Grace\nHopper",\n';
    expect(await read(content, 'csv')).toEqual([
      [2, { username: 'ada', firstName: 'Lovelace, Ada', lastName: 'said "hi"' }],
      [4, { username: 'grace', firstName: 'Grace\nHopper', lastName: undefined }],
    ]);
  });

  it('reads numbers, times, roles and objects', async () => {
    const content = 'number,emailVerifiedAt,roles,metadata\n12,true,admin user,"{""a"":[1]}"\n1.5,yes,,{\n';
    expect(await read(content, 'csv')).toEqual([
      [2, { number: 12, emailVerifiedAt: true, roles: ['admin', 'user'], metadata: { a: [1] } }],
      [3, { number: '1.5', emailVerifiedAt: 'yes', roles: undefined, metadata: '{' }],
    ]);
  });

  it('skips one line for a misplaced or unclosed quote, and reads all others', async () => {
    expect(await read('username,email\na"b"c,x\nok,\nshort\n"open,1\nlast,\n', 'csv')).toEqual([
      [2, undefined],
      [3, { username: 'ok', email: undefined }],
      [4, undefined],
      [5, undefined],
      [6, { username: 'last', email: undefined }],
    ]);
  });

  it('is refused as a whole if its first line names unknown or repeated fields', async () => {
    await expect(read('username,password\na,b\n', 'csv')).rejects.toThrow('"password"');
    await expect(read('email,email\n', 'csv')).rejects.toThrow('twice');
  });

  it('reads back what was written', async () => {
    const fields = ['a,b', 'say "hi"', 'two\nlines', ''];
    expect(await read(`username,firstName,lastName,gender\n${toCsvLine(fields)}`, 'csv')).toEqual([
      [2, { username: 'a,b', firstName: 'say "hi"', lastName: 'two\nlines', gender: undefined }],
    ]);
  });
});
