import { type Environment, SettingsError } from '../config/load-settings.js';
import { UsageError } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { type CommandName, helpOf } from './help.js';
import { complain, print } from './output.js';

/**
 * Runs a subcommand.
 * @returns the exit code; see `EXIT`
 * @throws UsageError, SettingsError
 */
type Run = (args: readonly string[], env: Environment) => Promise<number>;

/** One subcommand of `latchkey`. */
interface Command {
  usage: string;
  summary: string;
  /** Loaded on use: a health check runs every few seconds and must not load a server each time. */
  load(): Promise<Run>;
}

/** Every subcommand by its name. */
const COMMANDS: Record<CommandName, Command> = {
  migrate: {
    usage: 'migrate',
    summary: 'Bring the database up to date.',
    load: async () => (await import('./migrate.command.js')).migrateDatabase,
  },
  admin: {
    usage: 'admin VERB',
    summary: 'Make an administrator, invite somebody, or let somebody in again who is locked out.',
    load: async () => (await import('./admin.command.js')).administrate,
  },
  users: {
    usage: 'users VERB …',
    summary: 'Import or export accounts, or remove lost second factors.',
    load: async () => (await import('./users.command.js')).moveUsers,
  },
  doctor: {
    usage: 'doctor',
    summary: 'Look at what an installation depends on, and say what to do.',
    load: async () => (await import('./doctor.command.js')).examine,
  },
  config: {
    usage: 'config VERB',
    summary: 'Check the settings, print them without secrets, or print the DNS record of mails.',
    load: async () => (await import('./config.command.js')).lookAtSettings,
  },
  keys: {
    usage: 'keys VERB',
    summary: 'List, rotate or withdraw the keys that sign access tokens.',
    load: async () => (await import('./keys.command.js')).manageKeys,
  },
  webhooks: {
    usage: 'webhooks VERB',
    summary: 'List, register or try webhooks, or see the events of a server in development.',
    load: async () => (await import('./webhooks.command.js')).manageWebhooks,
  },
  mail: {
    usage: 'mail preview FOLDER',
    summary: 'Write every mail in every language into a folder, to look at them.',
    load: async () => (await import('./mail.command.js')).lookAtMails,
  },
  secret: {
    usage: 'secret FILE',
    summary: 'Write a random secret to FILE unless it exists; for APP_SECRET_FILE.',
    load: async () => (await import('./secret.command.js')).writeSecret,
  },
  healthcheck: {
    usage: 'healthcheck',
    summary: 'Ask the server on this machine whether it is ready.',
    load: async () => (await import('./healthcheck.command.js')).healthcheck,
  },
  seed: {
    usage: 'seed N',
    summary: 'Add N invented accounts, for trying things and measuring.',
    load: async () => (await import('./seed.command.js')).seedAccounts,
  },
};

const ASKS_FOR_HELP: readonly unknown[] = ['--help', '-h', 'help'];

/**
 * Runs the subcommand that the first argument names. `--help` only prints the help text.
 * @param env as a function, it is called only by a command that runs; its `SettingsError` is explained like that of the command
 * @returns the exit code; see `EXIT`
 */
export async function runCommand([name, ...args]: readonly string[], env: Environment | (() => Environment)): Promise<number> {
  if (name === undefined || !isCommand(name)) {
    const asked = name === undefined || ASKS_FOR_HELP.includes(name);
    (asked ? print : complain)(usage());
    return asked ? EXIT.done : EXIT.misused;
  }
  if (args.some((arg) => ASKS_FOR_HELP.includes(arg))) {
    print(await helpOf(name));
    return EXIT.done;
  }
  const json = args.includes('--json');
  try {
    const run = await COMMANDS[name].load();
    return await run(args, typeof env === 'function' ? env() : env);
  } catch (error) {
    return await explain(error, name, json);
  }
}

/** Reports why nothing was done. @throws errors that are not about arguments or settings */
async function explain(error: unknown, name: CommandName, json: boolean): Promise<number> {
  if (error instanceof UsageError) {
    if (json) print(JSON.stringify({ error: error.message }));
    else complain(`${await helpOf(name)}\n\n${error.message}`);
    return EXIT.misused;
  }
  if (!(error instanceof SettingsError)) throw error;
  if (json) print(JSON.stringify({ error: error.message, problems: error.problems }));
  else complain(['These settings are wrong:', ...error.problems.map((problem) => `  ${problem}`)].join('\n'));
  return EXIT.misused;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function usage(): string {
  const lines = Object.values(COMMANDS).map((command) => `  ${command.usage.padEnd(21)}${command.summary}`);
  return [
    'Usage: latchkey COMMAND',
    '',
    ...lines,
    '',
    'latchkey COMMAND --help says more of each, with examples. All take --json.',
    'Exit codes: 0 done, 1 failed, 2 wrong arguments or settings, 3 done, but something was left out.',
    'Settings are read from the environment and from a file .env; see .env.example.',
  ].join('\n');
}
