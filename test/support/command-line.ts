import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';

/** Output and exit code of a command. */
export interface Outcome {
  code: number;
  /** Standard output and standard error, one string per line. */
  out: string[];
  err: string[];
  // eslint-disable-next-line no-explicit-any -- tests look into answers of every shape
  json: any;
}

/** Runs `latchkey` on a database, with a folder for files. */
export class CommandLine {
  private made: string | undefined;
  readonly env: Record<string, string>;

  constructor(databaseUrl: string, env: Record<string, string> = {}) {
    this.env = {
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz',
      PUBLIC_URL: 'https://accounts.latchkey.test',
      ...env,
    };
  }

  /** Runs a command. With `--json` its output is parsed. */
  async run(...args: string[]): Promise<Outcome> {
    const [out, err]: [string[], string[]] = [[], []];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
    const error = vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
    try {
      const code = await runCommand(args, this.env);
      return { code, out, err, json: args.includes('--json') ? JSON.parse(out.join('\n')) : undefined };
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
  }

  /** Made when it is first needed; then it takes a `clear`. */
  get folder(): string {
    return (this.made ??= mkdtempSync(join(tmpdir(), 'latchkey-cli-')));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file of records; strings are written unchanged. */
  write(name: string, lines: readonly (object | string)[]): string {
    writeFileSync(this.path(name), lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
    return this.path(name);
  }

  clear(): void {
    if (this.made !== undefined) rmSync(this.made, { recursive: true, force: true });
    this.made = undefined;
  }
}
