import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAPABILITIES, CATALOGUE } from '../src/capabilities.js';
import { rowsOf } from '../src/common/catalogue.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/** What columns with ids of accounts are called, where no foreign key says so: the audit log outlives accounts. */
const NAMES_AN_ACCOUNT = String.raw`(^|_)(account|actor|owner|subject|user)_id$`;

describe('the export of an account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('tells of every table that holds something of an account, or a capability says why not', async () => {
    const tables = await app.rows<{ name: string }>(
      `SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
         AND (c.oid = 'users'::regclass OR f.confrelid = 'users'::regclass OR a.attname ~ $1)`,
      [NAMES_AN_ACCOUNT],
    );
    const parts = await Promise.all(Object.values(CATALOGUE.exports).map((load) => load()));
    const told = parts.flatMap(({ tables: ofPart }) => ofPart);
    const untold = rowsOf(CAPABILITIES, 'untold');
    expect([...told, ...Object.keys(untold)].toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
    for (const reason of Object.values(untold)) expect(reason).toMatch(/^\p{Lu}.{20,}\.$/u);
  });

  it('has its sections in an order that two capabilities cannot both claim', async () => {
    const parts = await Promise.all(Object.values(CATALOGUE.exports).map((load) => load()));
    const positions = parts.map(({ position }) => position);
    expect(new Set(positions).size).toBe(positions.length);
  });
});
