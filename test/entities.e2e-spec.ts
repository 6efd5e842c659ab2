import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { DataSource, type EntityMetadata } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSourceOptions } from '../src/database/data-source.js';
import { createDatabase } from './support/databases.js';

type ColumnMetadata = EntityMetadata['columns'][number];

/** A column of a table as PostgreSQL has it. */
interface StoredColumn {
  name: string;
  line: string;
  /** Whether a row can be stored without it. */
  optional: boolean;
}

const COLUMNS = `
  SELECT attname AS name, format('%s %s%s%s', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN ' NOT NULL' END,
           CASE WHEN collname <> 'default' THEN ' COLLATE ' || collname END) AS line,
         NOT attnotnull OR atthasdef OR attidentity <> '' AS optional
  FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`;

/** Names of constraints and indexes; behind the name of a key or a unique constraint stand its columns. */
const CONSTRAINTS = `
  SELECT CASE WHEN contype IN ('p', 'u') THEN concat_ws(' ', conname, (
           SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)))
         ELSE conname END AS line
  FROM pg_constraint WHERE conrelid = to_regclass($1)
  UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = to_regclass($1)`;

/** TypeORM's names of types, where PostgreSQL shows another one. */
const TYPES: Record<string, (precision: string) => string> = {
  int4: () => 'integer',
  timestamptz: (precision) => `timestamp${precision} with time zone`,
};

function lineOf({ databaseName, type, isArray, isNullable, collation, precision }: ColumnMetadata): string {
  const digits = precision === undefined || precision === null ? '' : `(${precision})`;
  const line = `${databaseName} ${TYPES[String(type)]?.(digits) ?? String(type)}${isArray ? '[]' : ''}${isNullable ? '' : ' NOT NULL'}`;
  return collation === undefined ? line : `${line} COLLATE ${collation}`;
}

function constraintsOf({ primaryColumns, uniques, checks, indices }: EntityMetadata): string[] {
  const list = (name: string | undefined, columns: ColumnMetadata[]): string =>
    [name, ...columns.map(({ databaseName }) => databaseName).toSorted()].join(' ');
  return [
    list(primaryColumns[0]?.primaryKeyConstraintName, primaryColumns),
    ...uniques.map(({ name, columns }) => list(name, columns)),
    ...[...checks, ...indices].map(({ name }) => name),
  ];
}

describe('the entities', () => {
  let source: DataSource;
  let entities: EntityMetadata[];
  beforeAll(async () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.entity.ts'));
    const modules = await Promise.all(files.map((path) => import(resolve('src', path)) as Promise<Record<string, Function>>));
    const options = dataSourceOptions({ DATABASE_URL: await createDatabase(), DATABASE_POOL_SIZE: 1 });
    source = await new DataSource({ ...options, entities: modules.flatMap((module) => Object.values(module)) }).initialize();
    entities = source.entityMetadatas;
    expect(entities).toHaveLength(files.length);
  });
  afterAll(() => source.destroy());

  it('have the columns and constraints that the migrations make', async () => {
    const missing: string[] = [];
    for (const entity of entities) {
      const columns = await source.query<{ line: string }[]>(COLUMNS, [entity.tableName]);
      const constraints = await source.query<{ line: string }[]>(CONSTRAINTS, [entity.tableName]);
      const made = new Set([...columns, ...constraints].map(({ line }) => line));
      const declared = [...entity.columns.map(lineOf), ...constraintsOf(entity)];
      missing.push(...declared.filter((line) => !made.has(line)).map((line) => `${entity.name}: ${line}`));
    }
    expect(missing).toEqual([]);
  });

  it('have every column without which no row can be stored', async () => {
    const missing: string[] = [];
    for (const entity of entities) {
      const columns = await source.query<StoredColumn[]>(COLUMNS, [entity.tableName]);
      const known = new Set(entity.columns.map(({ databaseName }) => databaseName));
      const needed = columns.filter(({ name, optional }) => !optional && !known.has(name));
      missing.push(...needed.map(({ name }) => `${entity.name}: ${name}`));
    }
    expect(missing).toEqual([]);
  });
});
