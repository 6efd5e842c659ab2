import { healthcheck } from './healthcheck.command.js';
import { manageKeys } from './keys.command.js';
import { migrateDatabase } from './migrate.command.js';
import { writeSecret } from './secret.command.js';
import type { Environment } from '../config/load-settings.js';

/** One subcommand of `latchkey`. */
export interface Command {
  usage: string;
  summary: string;
  /** @returns the exit code: 0 done, 1 failed, 2 used wrongly */
  run(args: readonly string[], env: Environment): Promise<number>;
}

/** Every subcommand by its name. */
export const COMMANDS: Readonly<Record<string, Command | undefined>> = {
  migrate: { usage: 'migrate', summary: 'Bring the database up to date.', run: migrateDatabase },
  healthcheck: {
    usage: 'healthcheck',
    summary: 'Ask the server on this machine whether it is ready; exit code 0 if so.',
    run: healthcheck,
  },
  keys: { usage: 'keys VERB', summary: 'List, rotate or withdraw the keys that sign access tokens.', run: manageKeys },
  secret: { usage: 'secret FILE', summary: 'Write a random secret to FILE unless it exists; for APP_SECRET_FILE.', run: writeSecret },
};

/** The help text. */
export function usage(): string {
  const lines = Object.values(COMMANDS).map((command) => `  ${command?.usage.padEnd(14)}${command?.summary}`);
  return [
    'Usage: latchkey COMMAND',
    '',
    ...lines,
    '',
    'Settings are read from the environment and from a file .env; see .env.example.',
  ].join('\n');
}
