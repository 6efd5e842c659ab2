/** The part of TypeORM's query runner that migrations use. */
interface Recorder {
  query(sql: string): Promise<unknown[]>;
}

type Migration = new () => { up(runner: never): Promise<void> };

/** What a migration does to tables of earlier migrations that is felt while servers are running. */
export interface Disturbance {
  migration: string;
  /** Sentences such as "builds an index of `users`". */
  effects: readonly string[];
  /** Whether servers of the version before may fail until they are replaced. */
  breaksBefore: boolean;
}

/** Statements that are felt, as a pattern whose first group is the table, and what is felt. */
const FELT: readonly { pattern: RegExp; effect: (tables: string) => string; breaksBefore?: true }[] = [
  {
    pattern: /^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:\w+) ON (?:ONLY )?(\w+)/i,
    effect: (t) => `nothing is written to ${t} while it builds indexes`,
  },
  { pattern: /^ALTER TABLE (\w+)[^]*\bSTORED\b/i, effect: (t) => `nobody reads ${t} while it writes the table anew` },
  {
    pattern: /^ALTER TABLE (\w+)[^]*\bALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b/i,
    effect: (t) => `nobody reads ${t} while it writes the table anew`,
  },
  { pattern: /^ALTER TABLE (\w+)[^]*\bADD CONSTRAINT\b(?![^]*NOT VALID)/i, effect: (t) => `nobody reads ${t} while it checks all rows` },
  { pattern: /^ALTER TABLE (\w+)[^]*\bSET NOT NULL\b/i, effect: (t) => `nobody reads ${t} while it checks all rows` },
  { pattern: /^UPDATE (\w+)/i, effect: (t) => `rows of ${t} are locked while it changes them` },
  { pattern: /^INSERT INTO \w+[^]*\bFROM (\w+)/i, effect: (t) => `it copies ${t}` },
  { pattern: /^ALTER TABLE (\w+)[^]*\b(?:RENAME|DROP COLUMN)\b/i, effect: (t) => `it renames or drops parts of ${t}`, breaksBefore: true },
  { pattern: /^DROP TABLE (?:IF EXISTS )?(\w+)/i, effect: (t) => `it drops ${t}`, breaksBefore: true },
];

const TABLE = /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i;

/**
 * Runs migrations against a recorder instead of a database, and reads from their SQL which of them are felt on a large installation.
 * @param migrations oldest first
 */
export async function disturbances(migrations: readonly Migration[]): Promise<Disturbance[]> {
  const tables = new Set<string>();
  const found: Disturbance[] = [];
  for (const migration of migrations) {
    const statements = await recorded(migration);
    const felt = FELT.flatMap(({ pattern, effect, breaksBefore = false }) => {
      const touched = new Set(statements.flatMap((sql) => pattern.exec(sql)?.[1] ?? []).filter((table) => tables.has(table)));
      return touched.size === 0 ? [] : [{ effect: effect([...touched].map((table) => `\`${table}\``).join(', ')), breaksBefore }];
    });
    if (felt.length > 0)
      found.push({
        migration: migration.name,
        effects: felt.map(({ effect }) => effect),
        breaksBefore: felt.some(({ breaksBefore }) => breaksBefore),
      });
    for (const sql of statements) {
      const table = TABLE.exec(sql)?.[1];
      if (table !== undefined) tables.add(table);
    }
  }
  return found;
}

/** The table of migrations that need a quiet moment, for the documentation. */
export async function toMigrationTable(migrations: readonly Migration[]): Promise<string> {
  const rows = (await disturbances(migrations)).map(
    ({ migration, effects, breaksBefore }) =>
      `| \`${migration.replace(/\d{13}$/, '')}\` | ${effects.join('; ')} | ${breaksBefore ? '**stop them**' : 'go on'} |`,
  );
  return ['| migration | what is felt | servers of the version before |', '| --- | --- | --- |', ...rows].join('\n');
}

async function recorded(migration: Migration): Promise<string[]> {
  const statements: string[] = [];
  const recorder: Recorder = {
    query: (sql) => {
      statements.push(sql.trim());
      return Promise.resolve([]);
    },
  };
  await new migration().up(recorder as never);
  return statements;
}
