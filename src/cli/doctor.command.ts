import { SETTINGS } from '../capabilities.js';
import { type Environment, SettingsError, loadSettings } from '../config/load-settings.js';
import { readArguments } from './arguments.js';
import { type Check, lookAtDatabase } from './doctor-database.js';
import { lookAtHashes, lookAtKeys, lookAtMail, lookAtNode, lookAtProxies } from './doctor-surroundings.js';
import { EXIT } from './exit-codes.js';

/** Checks everything that an installation depends on. Changes nothing. */
export async function examine(args: readonly string[], env: Environment): Promise<number> {
  const { values } = readArguments(args, {}, { min: 0, max: 0 });
  const checks = await collect(env);
  const failed = checks.some(({ state }) => state === 'fail');
  if (values.json) console.log(JSON.stringify({ ok: !failed, checks }));
  else
    for (const { name, state, finding, advice } of checks)
      console.log(`${state.padEnd(4)}  ${name.padEnd(11)} ${finding}${advice === undefined ? '' : `\n${' '.repeat(18)}→ ${advice}`}`);
  return failed ? EXIT.failed : EXIT.done;
}

async function collect(env: Environment): Promise<Check[]> {
  try {
    const settings = loadSettings(SETTINGS, env);
    const good: Check = { name: 'settings', state: 'ok', finding: `good, for ${settings.NODE_ENV}` };
    const database = await lookAtDatabase(settings);
    const isUp = settings.DATABASE_URL !== undefined && !database.some(({ name, state }) => state === 'fail' && name !== 'indexes');
    const keys = isUp ? [await lookAtKeys(env, settings)] : [];
    return [good, lookAtNode(), ...database, ...keys, await lookAtMail(settings), lookAtProxies(settings), await lookAtHashes()];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem): Check => ({ name: 'settings', state: 'fail', finding: problem, advice: 'latchkey config check' }));
  }
}
