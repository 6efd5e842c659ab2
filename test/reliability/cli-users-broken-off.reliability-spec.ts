import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';
import { CommandLine } from '../support/command-line.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';

const ACCOUNTS = 8_000;

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * `latchkey users` as plain JavaScript, for a process of its own: Node 20 runs no TypeScript. Inside the project, so that its packages
 * are found.
 */
function compile(): string {
  const target = mkdtempSync(fileURLToPath(new URL('../../node_modules/.latchkey-cli-', import.meta.url)));
  const { config } = ts.readConfigFile(join(SOURCES, '../tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, SOURCES);
  const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, sourceMap: false };
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  const waiting = ['cli.js', 'cli/users.command.js'];
  const seen = new Set(waiting);
  for (const name of waiting) {
    const { outputText } = ts.transpileModule(readFileSync(join(SOURCES, name.replace(/js$/, 'ts')), 'utf8'), { compilerOptions });
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), outputText);
    // What is imported statically, and from here.
    for (const [, path = ''] of outputText.matchAll(/^(?:import|export) .*'(\.[^']+)';$/gm)) {
      const imported = join(dirname(name), path);
      if (!seen.has(imported)) waiting.push(imported);
      seen.add(imported);
    }
  }
  return target;
}

describe('an import that is broken off', () => {
  let cli: CommandLine;
  let db: Pool;
  let compiled: string;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    const url = await createDatabase();
    cli = new CommandLine(url);
    db = new Pool({ connectionString: url, max: 2 });
    compiled = compile();
  });
  afterAll(async () => {
    for (const process of processes) process.kill('SIGKILL');
    await db.end();
    cli.clear();
    rmSync(compiled, { recursive: true, force: true });
  });

  const records = async (): Promise<number> =>
    (await db.query<{ records: number }>('SELECT records FROM user_imports')).rows[0]?.records ?? 0;

  it('goes on where it was after kill -9, with nothing lost and nothing twice', async () => {
    const file = cli.write(
      'many.ndjson',
      Array.from({ length: ACCOUNTS }, (_, index) => ({ number: index + 1, email: `many.${index}@example.com` })),
    );
    const child = spawn(process.execPath, [join(compiled, 'cli.js'), 'users', 'import', file], { env: { ...cli.env }, stdio: 'ignore' });
    processes.push(child);
    const exit = once(child, 'exit');
    await poll('some batches', async () => ((await records()) >= 2_000 ? true : undefined), 60_000);
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    // The database notices that nobody is there any more, and undoes the batch under way.
    await poll('its connection to end', async () => {
      const { rows } = await db.query(`SELECT FROM pg_stat_activity WHERE application_name = 'latchkey' AND datname = current_database()`);
      return rows.length === 0 ? true : undefined;
    });
    const done = await records();
    expect(done).toBeLessThan(ACCOUNTS);
    expect((await db.query('SELECT count(*)::int AS stored FROM users')).rows).toEqual([{ stored: done }]);

    const { code, json } = await cli.run('users', 'import', file, '--json');
    expect(json).toMatchObject({ finished: true, resumedAfter: done, records: ACCOUNTS, stored: ACCOUNTS, duplicates: 0, bad: 0 });
    expect(code).toBe(0);
    expect((await db.query('SELECT count(*)::int AS stored, max(number) AS last FROM users')).rows).toEqual([
      { stored: ACCOUNTS, last: ACCOUNTS },
    ]);
    expect(await records()).toBe(0);
  });

  it('is not gone on with by two at once', async () => {
    const file = cli.write(
      'both.ndjson',
      Array.from({ length: 5_000 }, (_, index) => ({ username: `both-${index}` })),
    );
    // Two share one console; what they say is not asked for.
    const silent = [vi.spyOn(console, 'log').mockReturnValue(), vi.spyOn(console, 'error').mockReturnValue()];
    const codes = await Promise.all([1, 2].map(() => runCommand(['users', 'import', file], cli.env).catch(() => 1)));
    for (const spy of silent) spy.mockRestore();
    expect(codes).toContain(0);
    expect((await db.query(`SELECT count(*)::int AS stored FROM users WHERE username LIKE 'both-%'`)).rows).toEqual([{ stored: 5_000 }]);
  });
});
