import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PEERS, PEER_NAMES } from '../src/administration/transfer/peers/peers.js';
import { CommandLine } from './support/command-line.js';
import { createDatabase } from './support/databases.js';

/** A block of a system's page: its SQL, or the line that it gives. */
function block(language: 'sql' | 'ndjson', system: string): string {
  const page = readFileSync(new URL(`../docs/moving-over/${system}.md`, import.meta.url), 'utf8');
  const found = new RegExp(`^\`\`\`${language} ${system}\\n([^]*?)^\`\`\``, 'm').exec(page)?.[1];
  if (found === undefined) throw new Error(`There is no ${language} for ${system}`);
  return found;
}

/** The table of each system, with the account of the document's line in it. */
const TABLES: Record<string, string> = {
  'test-library': `CREATE TABLE users (id int, username text, email text, password text, image_file text, created_at timestamp, modified_at timestamp);
    INSERT INTO users SELECT number, username, email, "passwordHash", 'default.jpg', "createdAt"::timestamp, "updatedAt"::timestamp FROM line`,
  'entity-user': `CREATE TABLE users (id int, username text, email text, password text, profile_picture text, created_at timestamp, updated_at timestamp);
    INSERT INTO users SELECT number, username, email, "passwordHash", NULL, "createdAt"::timestamp, "updatedAt"::timestamp FROM line`,
  sadhelx: `CREATE TABLE users (user_id bigint, username text, email text, email_verified boolean, phonenumber text, firstname text, lastname text, password text);
    INSERT INTO users SELECT number, username, email, true, mobile, "firstName", '', "passwordHash" FROM line`,
  'user-auth': `CREATE TABLE users (uuid text, username text, email text, mobile text, gender text, status boolean, password text);
    INSERT INTO users SELECT id, username, email, mobile, 'Female', true, split_part("passwordHash", '$', 3) FROM line`,
  devise: `CREATE TABLE users (id bigint, email text, encrypted_password text, confirmed_at timestamp, current_sign_in_at timestamp, created_at timestamp, updated_at timestamp);
    INSERT INTO users SELECT number, email, "passwordHash", "emailVerifiedAt"::timestamptz::timestamp, "lastSignInAt"::timestamp, "createdAt"::timestamp, "updatedAt"::timestamp FROM line`,
  laravel: `CREATE TABLE users (id bigint, name text, email text, email_verified_at timestamp, password text, created_at timestamp, updated_at timestamp);
    INSERT INTO users SELECT number, metadata->>'name', email, "emailVerifiedAt"::timestamptz::timestamp, "passwordHash", "createdAt"::timestamp, "updatedAt"::timestamp FROM line`,
  'user-spec': `CREATE TABLE users (id uuid, username text, role text, password text);
    INSERT INTO users SELECT id::uuid, email, 'user', "passwordHash" FROM line`,
};

describe('moving over, as the document has it', () => {
  let url: string;
  let cli: CommandLine;
  let db: Client;
  beforeAll(async () => {
    url = await createDatabase();
    cli = new CommandLine(url, { DEFAULT_REGION: 'BD' });
    db = new Client({ connectionString: url });
    await db.connect();
  });
  afterAll(async () => {
    await db.end();
    cli.clear();
  });

  it.each(Object.keys(TABLES))('from %s: the SQL gives the line, and the line becomes an account', async (system) => {
    const line = block('ndjson', system);
    await db.query(`DROP SCHEMA IF EXISTS old CASCADE; CREATE SCHEMA old; SET search_path TO old`);
    await db.query(
      `CREATE TEMPORARY TABLE line AS SELECT * FROM json_to_record('${line.trim()}') AS r(id text, number bigint, username text, email text,
         mobile text, "firstName" text, "passwordHash" text, "createdAt" timestamptz, "updatedAt" timestamptz, "emailVerifiedAt" text, "lastSignInAt" timestamptz,
         metadata json)`,
    );
    await db.query(`SET timezone TO 'UTC'; ${TABLES[system]}`);
    const { rows } = await db.query<[unknown]>({ text: block('sql', system), rowMode: 'array' });
    await db.query('DROP TABLE line; DROP SCHEMA old CASCADE');
    expect(rows).toEqual([[JSON.parse(line)]]);

    const { code, json } = await cli.run('users', 'import', cli.write(`${system}.ndjson`, [line.trim()]), '--json');
    expect(json).toMatchObject({ records: 1, stored: 1, problems: [] });
    expect(code).toBe(0);
  });

  it.each(PEER_NAMES)('has a page for %s, with its options and the command of its import', (from) => {
    const page = readFileSync(new URL(`../docs/moving-over/${from}.md`, import.meta.url), 'utf8');
    expect(page).toMatch(new RegExp(`^node dist/cli\\.js users import --from ${from} `, 'm'));
    for (const option of Object.keys(PEERS[from].options)) expect(page).toContain(`--${option}`);
  });

  it('names every field of a record', async () => {
    const file = cli.path('all.csv');
    await cli.run('users', 'export', file);
    const document = readFileSync(new URL('../docs/moving-over.md', import.meta.url), 'utf8');
    for (const field of String(readFileSync(file, 'utf8').split('\n')[0]).split(',')) expect(document).toContain(`\`${field}\``);
  });
});
