import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import { toErrorTable, toRuleTable } from '../../../src/openapi/error-docs.js';

describe('docs/errors.md', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

  it('contains the current table of codes (`npm run docs` writes it)', () => {
    const [, table] = /<!-- errors -->\n+([\s\S]*?)\n+<!-- \/errors -->/.exec(page) ?? [];
    expect(table).toBe(toErrorTable());
  });

  it('contains the current table of rules (`npm run docs` writes it)', () => {
    const [, table] = /<!-- rules -->\n+([\s\S]*?)\n+<!-- \/rules -->/.exec(page) ?? [];
    expect(table).toBe(toRuleTable());
  });

  it('names every code once, with its status', () => {
    const named = [...toErrorTable().matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)].map(([, status, code]) => [code, Number(status)]);
    expect(new Map(named as [string, number][])).toEqual(
      new Map(Object.entries(CATALOGUE.errors).map(([code, { status }]) => [code, status])),
    );
    expect(named).toHaveLength(Object.keys(CATALOGUE.errors).length);
  });
});
