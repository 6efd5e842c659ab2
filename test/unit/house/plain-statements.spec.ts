import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const RECORD = 'docs/adr/0011-hot-paths-are-plain-statements.md';

const CALL = /\bdatabase\.(?:query|named|together)[<(]/;
const METHOD = /^ {2}(?:(?:private|async|static|get) )*(\w+)(?:<.*>)?\(/;
const COMMENT = /^\s*(?:\*|\/\/)/;

const SOURCES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join('src', path), 'utf8') }));

/** `file method` of each method that sends a plain SQL statement. */
function plainStatements(): Set<string> {
  const found = new Set<string>();
  for (const { path, text } of SOURCES.filter(({ path }) => path !== 'database/database.service.ts')) {
    let method = '';
    for (const line of text.split('\n')) {
      method = METHOD.exec(line)?.[1] ?? method;
      if (CALL.test(line) && !COMMENT.test(line)) found.add(`${path} ${method}`);
    }
  }
  return found;
}

/** `file method` of each method that the decision record lists. */
function namedStatements(): string[] {
  const rows = [...readFileSync(RECORD, 'utf8').matchAll(/^\| `(\S+\.ts)`\s*\| (.+?) \|/gm)];
  return rows.flatMap(([, path, methods = '']) => [...methods.matchAll(/`(\w+)`/g)].map(([, method]) => `${path} ${method}`));
}

describe('access to the database', () => {
  it('uses plain statements only where the decision record lists them', () => {
    expect([...plainStatements()].toSorted()).toEqual(namedStatements().toSorted());
  });

  it('uses each entity through its repository', () => {
    const entities = SOURCES.flatMap(({ text }) => [...text.matchAll(/^@Entity\([\s\S]*?^export class (\w+)/gm)].map(([, name]) => name));
    expect(entities.length).toBeGreaterThan(0);
    expect(entities.filter((name) => !SOURCES.some(({ text }) => text.includes(`.repo(${name})`)))).toEqual([]);
  });
});
