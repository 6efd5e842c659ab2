import type { Environment } from '../config/load-settings.js';
import { KEYS_USAGE } from './keys.usage.js';

/** Does what a subcommand promises. @returns the exit code: 0 done, 1 failed, 2 used wrongly */
type Run = (args: readonly string[], env: Environment) => Promise<number>;

/** One subcommand of `latchkey`. */
interface Command {
  usage: string;
  summary: string;
  /** The help text, where summary and usage do not say enough. */
  help?: string;
  /** Most arguments that make sense. */
  maxArgs: number;
  /** Loaded when it is used: a health check runs every few seconds and must not load a server each time. */
  load(): Promise<Run>;
}

/** Every subcommand by its name. */
const COMMANDS = new Map<string, Command>([
  [
    'migrate',
    {
      usage: 'migrate',
      summary: 'Bring the database up to date.',
      maxArgs: 0,
      load: async () => (await import('./migrate.command.js')).migrateDatabase,
    },
  ],
  [
    'healthcheck',
    {
      usage: 'healthcheck',
      summary: 'Ask the server on this machine whether it is ready; exit code 0 if so.',
      maxArgs: 0,
      load: async () => (await import('./healthcheck.command.js')).healthcheck,
    },
  ],
  [
    'keys',
    {
      usage: 'keys VERB',
      summary: 'List, rotate or withdraw the keys that sign access tokens.',
      help: KEYS_USAGE,
      maxArgs: Infinity,
      load: async () => (await import('./keys.command.js')).manageKeys,
    },
  ],
  [
    'secret',
    {
      usage: 'secret FILE',
      summary: 'Write a random secret to FILE unless it exists; for APP_SECRET_FILE.',
      maxArgs: 1,
      load: async () => (await import('./secret.command.js')).writeSecret,
    },
  ],
]);

const HELP: readonly unknown[] = ['--help', '-h', 'help'];

/**
 * Runs the subcommand that the first argument names. Asking for help, of any of them, does nothing but write it.
 * @returns the exit code: 0 done, 1 failed, 2 used wrongly
 */
export async function runCommand([name, ...args]: readonly string[], env: Environment): Promise<number> {
  const command = COMMANDS.get(name ?? '');
  if (command === undefined) {
    const asked = name === undefined || HELP.includes(name);
    (asked ? console.log : console.error)(usage());
    return asked ? 0 : 2;
  }
  const asked = args.some((arg) => HELP.includes(arg));
  if (asked || args.length > command.maxArgs) {
    (asked ? console.log : console.error)(command.help ?? `Usage: latchkey ${command.usage}\n\n${command.summary}`);
    return asked ? 0 : 2;
  }
  const run = await command.load();
  return run(args, env);
}

function usage(): string {
  const lines = [...COMMANDS.values()].map((command) => `  ${command.usage.padEnd(14)}${command.summary}`);
  return [
    'Usage: latchkey COMMAND',
    '',
    ...lines,
    '',
    'Settings are read from the environment and from a file .env; see .env.example.',
  ].join('\n');
}
