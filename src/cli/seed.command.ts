import { SETTINGS } from '../capabilities.js';
import { CommandLineModule } from '../administration/command-line.module.js';
import { SeedService } from '../administration/transfer/seed.service.js';
import { type Environment, loadSettings } from '../config/load-settings.js';
import { UsageError, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { ProgressBar } from './progress-bar.js';
import { withServices } from './services.js';
import { complain, print } from './output.js';

const MAX_ACCOUNTS = 10_000_000;

/** Fills the database with invented accounts; never in production. */
export async function seedAccounts(args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, {}, { min: 1, max: 1 });
  const count = /^\d{1,8}$/.test(positionals[0] ?? '') ? Number(positionals[0]) : 0;
  if (count < 1 || count > MAX_ACCOUNTS) throw new UsageError(`N is a whole number from 1 to ${MAX_ACCOUNTS}.`);
  if (loadSettings(SETTINGS, env).NODE_ENV === 'production') {
    complain('NODE_ENV is production: accounts that nobody asked for, with one password for all, are not made there.');
    return EXIT.misused;
  }
  const bar = new ProgressBar();
  const started = performance.now();
  const password = await withServices(env, [CommandLineModule], (services) =>
    services.get(SeedService).seed(count, (done) => bar.show(done / count, done)),
  );
  bar.end();
  const seconds = Number(((performance.now() - started) / 1_000).toFixed(1));
  if (values.json) print(JSON.stringify({ accounts: count, password, seconds }));
  else print(`Made ${count} accounts in ${seconds} s. All have the password ${password}`);
  return EXIT.done;
}
