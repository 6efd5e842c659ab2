import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.js';
import { poll } from '../support/poll.js';
import { CopiedHouse } from '../support/copied-house.js';
import { createDatabase } from '../support/databases.js';

const ROW = `  talent: { column: 'talent', type: 'text', nullable: true, maxChars: 40, written: ANYWHERE, shown: EVERYWHERE },\n`;

const MIGRATION = `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Talent9090000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD COLUMN talent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN talent');
  }
}
`;

const INTO = {
  'auth/registration/dto/register-user.dto.ts': `  @WrittenField('talent', { description: 'Any.', example: 'painting' })\n  talent?: string;\n\n`,
  'users/dto/update-profile.dto.ts': `  @WrittenField('talent', { description: 'Any.', ...TEXT_OR_NULL, example: 'painting' })\n  talent?: string | null;\n\n`,
  'users/dto/user.view.ts': `  @ApiProperty({ description: 'Any.', type: 'string', nullable: true, example: 'painting' })\n  talent!: string | null;\n\n`,
};

/** A field is a migration, a row, and a property of each DTO that takes or shows it: everything else is made of the rows. */
describe('an account field that is new', { timeout: 180_000 }, () => {
  const house = new CopiedHouse();
  const folder = join(tmpdir(), `latchkey-fields-${process.pid}`);
  let databaseUrl: string;
  let url: string;
  let client: Client;

  beforeAll(async () => {
    databaseUrl = await createDatabase();
    house.addFile('users/migrations/90000-talent.ts', MIGRATION);
    house.edit('users/users.capability.ts', (text) =>
      text
        .replace(/^/, `import { Talent9090000000000 } from './migrations/90000-talent.js';\n`)
        .replace('migrations: [', 'migrations: [\n    Talent9090000000000,'),
    );
    house.edit('users/account-fields.ts', (text) => text.replace(/^ {2}gender: /m, `${ROW}  gender: `));
  });
  afterAll(async () => {
    await client?.end();
    await house.clear();
    rmSync(`${folder}.ndjson`, { force: true });
  });

  it('does not compile while a DTO lacks it, and the compiler names it', () => {
    for (const dto of Object.keys(INTO)) expect(house.mistakesIn(dto)).toEqual([expect.stringContaining(`Property 'talent' is missing`)]);
  });

  it('compiles with a property in each', () => {
    for (const [file, property] of Object.entries(INTO))
      house.edit(file, (text) => text.replace(/^ {2}@\w+\([^@]*\n {2}gender/m, (gender) => property + gender));
    expect([...Object.keys(INTO), 'users/user.entity.ts', 'users/users.export.ts'].flatMap((file) => house.mistakesIn(file))).toEqual([]);
  });

  it('is taken and shown by registration, profile, directory, export, and files of accounts', async () => {
    house.build();
    url = await house.start({ DATABASE_URL: databaseUrl });
    client = new Client({ connectionString: databaseUrl });
    await client.connect();
    // eslint-disable-next-line no-explicit-any -- answers of every shape
    const call = async (method: string, path: string, body?: object, token?: string): Promise<any> => {
      const headers = {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const ask = () => fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      // On a machine that stalls, the server says that nothing was done.
      const answer = await poll('an answer', async () => ask().then((each) => (each.status === 503 ? undefined : each)));
      return answer.json();
    };

    const email = 'ada@example.com';
    const { id, ...registered } = await call('POST', '/v1/auth/register', { email, password: PASSWORD, talent: 'painting' });
    expect(registered.talent).toBe('painting');
    await client.query(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [id]);
    const { accessToken } = await call('POST', '/v1/auth/login', { identifier: email, password: PASSWORD });
    expect((await call('PATCH', '/v1/users/me', { talent: 'singing' }, accessToken)).talent).toBe('singing');
    expect((await call('GET', '/v1/users/me', undefined, accessToken)).talent).toBe('singing');
    expect((await call('GET', `/v1/users?email=${email}`, undefined, accessToken)).data[0].talent).toBe('singing');
    expect((await call('GET', '/v1/users/me/export', undefined, accessToken)).account.talent).toBe('singing');
    const { schemas } = (await call('GET', '/openapi.json')).components;
    for (const name of ['RegisterUserByEmail', 'UpdateProfile', 'UserView', 'ManagedUserView', 'ExportedAccount'])
      expect(Object.keys(schemas[name].properties)).toContain('talent');

    const env = { NODE_ENV: 'development', DATABASE_URL: databaseUrl };
    writeFileSync(`${folder}.ndjson`, `${JSON.stringify({ username: 'grace', talent: 'painting' })}\n`);
    house.runCommand(env, 'users', 'import', `${folder}.ndjson`);
    const lines = house.runCommand(env, 'users', 'export', '-', '--format', 'ndjson').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).talent)).toEqual(expect.arrayContaining(['singing', 'painting']));
    expect(house.runCommand(env, 'users', '--help')).toContain('talent,');
  });
});
