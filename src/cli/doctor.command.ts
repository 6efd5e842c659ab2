import { SETTINGS } from '../capabilities.js';
import { type Harm, harmfulSettings, tooFewFiles } from '../config/harm.js';
import { type Environment, SettingsError, loadSettings } from '../config/load-settings.js';
import { connectionsOf } from '../database/capacity.js';
import { readArguments } from './arguments.js';
import type { Check } from './doctor/doctor-check.js';
import { lookAtDatabase } from './doctor/doctor-database.js';
import { lookAtSignature } from './doctor/doctor-dkim.js';
import { lookAtHashes, lookAtKeys, lookAtMail, lookAtNode, lookAtProxies } from './doctor/doctor-surroundings.js';
import { EXIT } from './exit-codes.js';
import { print } from './output.js';

/** Checks everything that an installation depends on. Changes nothing. */
export async function examine(args: readonly string[], env: Environment): Promise<number> {
  const { values } = readArguments(args, {}, { min: 0, max: 0 });
  const checks = await collect(env);
  const failed = checks.some(({ state }) => state === 'fail');
  if (values.json) print(JSON.stringify({ ok: !failed, checks }));
  else
    for (const { name, state, finding, advice } of checks)
      print(`${state.padEnd(4)}  ${name.padEnd(11)} ${finding}${advice === undefined ? '' : `\n${' '.repeat(18)}→ ${advice}`}`);
  return failed ? EXIT.failed : EXIT.done;
}

async function collect(env: Environment): Promise<Check[]> {
  try {
    const settings = loadSettings(SETTINGS, env);
    const good: Check = { name: 'settings', state: 'ok', finding: `good, for ${settings.NODE_ENV}` };
    const database = await lookAtDatabase(settings);
    const isUp =
      settings.DATABASE_URL !== undefined &&
      !database.some(({ name, state }) => state === 'fail' && !['indexes', 'addresses'].includes(name));
    const keys = isUp ? [await lookAtKeys(env, settings)] : [];
    const harm = harmfulSettings(SETTINGS, settings);
    const files = tooFewFiles(connectionsOf(settings));
    return [
      good,
      ...warnings('settings', harm),
      lookAtNode(),
      ...warnings('files', files),
      ...database,
      ...keys,
      await lookAtMail(settings),
      await lookAtSignature(settings),
      lookAtProxies(settings),
      await lookAtHashes(),
    ];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem): Check => ({ name: 'settings', state: 'fail', finding: problem, advice: 'latchkey config check' }));
  }
}

function warnings(name: string, harm: readonly Harm[]): Check[] {
  return harm.map(({ finding, advice }) => ({ name, state: 'warn', finding, advice }));
}
