import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import { toEventTable } from '../../../src/openapi/event-docs.js';

const SOURCE = new URL('../../../src', import.meta.url).pathname;
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(`${SOURCE}/${path}`, 'utf8') }));

describe('docs/events.md', () => {
  const page = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');

  it('contains the current table of events (`npm run docs` writes it)', () => {
    const [, table] = /<!-- events -->\n+([\s\S]*?)\n+<!-- \/events -->/.exec(page) ?? [];
    expect(table).toBe(toEventTable());
  });

  it('names every event once', () => {
    const named = [...toEventTable().matchAll(/^\| `([^`]+)` \|/gm)].map(([, action]) => action);
    expect(named).toEqual(Object.keys(CATALOGUE.events).toSorted());
  });
});

describe('events', () => {
  it('are inserted in one file only, so that event readers see all of them', () => {
    const inserts = files
      .filter(({ path }) => !path.includes('migrations/'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/(?:INSERT\s+INTO|COPY|MERGE\s+INTO)\s+"?(?:public"?\."?)?audit_events/gi)].map(() => path),
      );
    expect(inserts).toEqual(['audit/audit.repository.ts']);
  });

  it('are in a table that only this room accesses', () => {
    const named = files.filter(({ text }) => text.includes('audit_events')).map(({ path }) => path);
    expect(named.filter((path) => !/^audit\/|\/migrations\/|^database\/expected-indexes\.ts$/.test(path))).toEqual([]);
  });

  it('are all recorded somewhere if they are declared', () => {
    const code = files.filter(({ path }) => !path.endsWith('.capability.ts')).map(({ text }) => text);
    const idle = Object.keys(CATALOGUE.events).filter((action) => !code.some((text) => text.includes(`'${action}'`)));
    expect(idle).toEqual([]);
  });
});
