import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidRequestError } from '../../../src/common/errors.js';
import { PageQuery, fromCursor, toCursor, toPage } from '../../../src/common/pagination.js';

class Query extends PageQuery {
  constructor(
    private readonly name: string,
    cursor?: string,
  ) {
    super();
    if (cursor !== undefined) this.cursor = cursor;
  }

  listName(): string {
    return this.name;
  }
}

const forge = (list: string, content: string): string => {
  const digest = createHash('sha256').update(`${list}\n`).update(content).digest().subarray(0, 9);
  return Buffer.concat([digest, Buffer.from(content)]).toString('base64url');
};

const pointerOf = (cursor: string): string | undefined => {
  try {
    fromCursor(new Query('books', cursor));
    return undefined;
  } catch (error) {
    return (error as InvalidRequestError).problems[0]?.pointer;
  }
};

describe('a cursor', () => {
  const position = ['the title, "quoted" – ß 😀', '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11'];
  const cursor = toCursor(new Query('books'), position) ?? '';

  it('decodes to its position, and needs no escaping in a URL', () => {
    expect(fromCursor(new Query('books', cursor))).toEqual(position);
    expect(fromCursor(new Query('books'))).toBeUndefined();
    expect(toCursor(new Query('books'), null)).toBeNull();
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  it('is valid for one list only', () => {
    expect(() => fromCursor(new Query('users', cursor))).toThrow(InvalidRequestError);
    expect(() => fromCursor(new Query('books?q=x', cursor))).toThrow(InvalidRequestError);
  });

  it('is refused if any one character is changed, missing or added; the error names `cursor`', () => {
    const swap = (character: string): string => (character === 'A' ? 'B' : 'A');
    for (let i = 0; i < cursor.length; i += 1) {
      expect(pointerOf(cursor.slice(0, i) + swap(cursor.charAt(i)) + cursor.slice(i + 1))).toBe('?cursor');
      expect(pointerOf(cursor.slice(0, i) + cursor.slice(i + 1))).toBe('?cursor');
      expect(pointerOf(`${cursor.slice(0, i)}~${cursor.slice(i)}`)).toBe('?cursor');
    }
    for (const odd of ['', 'A', `${cursor}=`, ` ${cursor}`, '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11']) expect(pointerOf(odd)).toBe('?cursor');
  });

  it.each(['', 'null', '{}', '"a"', '[1]', '[null]', '[["a"]]', '["a\\u0000b"]', '["\\ud800"]', '[', '['.repeat(5_000)])(
    'is refused if it is forged with the content %s',
    (content) => {
      expect(pointerOf(forge('books', content))).toBe('?cursor');
    },
  );
});

describe('a page', () => {
  const positionOf = (entry: number): string[] => [String(entry)];

  it('contains the position of the next page only if there is one', () => {
    expect(toPage([1, 2, 3], 2, positionOf)).toEqual({ entries: [1, 2], next: ['2'] });
    expect(toPage([1, 2], 2, positionOf)).toEqual({ entries: [1, 2], next: null });
    expect(toPage([], 2, positionOf)).toEqual({ entries: [], next: null });
  });
});
