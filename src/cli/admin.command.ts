import { readFileSync } from 'node:fs';
import { AdminCreationService } from '../administration/admin-creation.service.js';
import { CommandLineModule } from '../administration/command-line.module.js';
import { AppError } from '../common/errors.js';
import type { Environment } from '../config/load-settings.js';
import { UsageError, oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { withServices } from './services.js';

const OPTIONS = { username: { type: 'string' }, email: { type: 'string' }, 'password-file': { type: 'string' } } as const;

/** Creates an administrator. A password is never an argument, because other users of the machine can read arguments. */
export async function createAdmin(args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS, { min: 1, max: 1 });
  oneOf('admin', positionals[0] ?? '', ['create']);
  const { username = null, email = null, 'password-file': file } = values;
  if (username === null && email === null) throw new UsageError('Give a --username, an --email, or both.');
  const given = file === undefined ? null : readPassword(file);
  try {
    const { account, password } = await withServices(env, [CommandLineModule], (services) =>
      services.get(AdminCreationService).create({ username, email }, given),
    );
    if (values.json) console.log(JSON.stringify({ id: account.id, username: account.username, email: account.email, password }));
    else {
      console.log(`${account.username ?? account.email} is an administrator and can sign in.`);
      if (password !== null) console.log(`Password   ${password}   (shown only this once)`);
    }
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (values.json) console.log(JSON.stringify({ error: error.message, code: error.code }));
    else console.error(error.message);
    return EXIT.failed;
  }
}

/** The first line of the file; `-` is standard input. */
function readPassword(file: string): string {
  const [password = ''] = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/);
  if (password === '') throw new UsageError('The file with the password is empty.');
  return password;
}
