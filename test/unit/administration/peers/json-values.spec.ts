import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES } from '../../../../src/administration/transfer/lines.js';
import { readJsonValues } from '../../../../src/administration/transfer/peers/json-values.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-json-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string, list?: string, severalLists?: string): Promise<unknown[]> {
  const path = join(folder, 'file.json');
  writeFileSync(path, content);
  const found: unknown[] = [];
  for await (const { line, value } of readJsonValues(path, { list, severalLists })) {
    expect(line).toBe(found.length + 1);
    found.push(value);
  }
  return found;
}

const PEOPLE = [{ a: 'ends with a backslash \\' }, { 'b"]}': ['[{', { deep: '"users":[' }] }, { c: '\u2028 and \u00E9' }, {}];

describe('a JSON document of accounts', () => {
  it('is a list, objects one after another, or a member of an object', async () => {
    for (const text of [
      JSON.stringify(PEOPLE),
      JSON.stringify(PEOPLE, null, 2),
      PEOPLE.map((each) => JSON.stringify(each, null, 1)).join('\n'),
    ]) {
      expect(await read(text)).toEqual(PEOPLE);
      expect(await read(`\uFEFF${text}`)).toEqual(PEOPLE);
    }
    const around = { realm: 'users', roles: { users: [1] }, note: 'users', users: PEOPLE, clients: [{ users: [{ no: 1 }] }], last: true };
    for (const indent of [0, 2]) expect(await read(JSON.stringify(around, null, indent), 'users')).toEqual(PEOPLE);
  });

  it('may be pages one after another, or in a list, unless that is a mistake', async () => {
    const pages = [{ Users: PEOPLE.slice(0, 2) }, { Users: [] }, { Users: PEOPLE.slice(2) }];
    expect(await read(pages.map((page) => JSON.stringify(page)).join('\n'), 'Users')).toEqual(PEOPLE);
    expect(await read(JSON.stringify(pages, null, 2), 'Users')).toEqual(PEOPLE);
    await expect(read(JSON.stringify(pages), 'Users', 'too many')).rejects.toThrow('too many');
  });

  it('is read across the borders of chunks', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => ({ index, text: `"${'é\\'.repeat(index % 40)}` }));
    expect(await read(JSON.stringify({ before: 'x'.repeat(70_000), users: many }), 'users')).toEqual(many);
  });

  it('may hold accounts that are too large or no JSON, which are records without a value', async () => {
    const large = { a: 'x'.repeat(MAX_LINE_BYTES) };
    expect(await read(`[${JSON.stringify(large)}, {"a":1,}, {"b":2}]`)).toEqual([undefined, undefined, { b: 2 }]);
  });

  it.each([
    ['ends in the middle', '[{"a":1},\n{"a":', 'Line 2'],
    ['ends in a text', '[{"a":1},\n{"a":"', 'Line 2'],
    ['has a line break in a text', '[{"a":"b\n"}]', 'Line 2'],
    ['has a bracket too many', '[{"a":[1}]', 'Line 1'],
    ['lists what are no objects', '[1, 2]', 'Line 1'],
    ['has more behind its end', '[{"a":1}]\nthe end', 'Line 2'],
  ])('is refused where it %s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
});
