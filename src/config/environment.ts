import { existsSync, readFileSync } from 'node:fs';
import { type EnvFile, parseEnvFile } from './env-file.js';
import { type Environment, type SettingRows, SettingsError } from './load-settings.js';
import { remarksOnNames } from './unread-names.js';

/** The variables that the settings are read from. */
export interface ReadEnvironment {
  env: Environment;
  /** What the operator should know although the server can start, one line each: names that look like settings, but are none. */
  remarks: readonly string[];
}

/**
 * The environment of the process, completed by a file `.env` in the working directory if it exists. Variables that are already set take
 * precedence.
 * @throws SettingsError naming every line of the file that cannot be read
 */
export function environment(rows: SettingRows, file = '.env'): ReadEnvironment {
  const { values, problems, remarks } = readFile(file);
  if (problems.length > 0) throw new SettingsError(problems);
  const namesOutside = Object.keys(process.env);
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
  return { env: process.env, remarks: [...remarks, ...remarksOnNames(rows, process.env, Object.keys(values), namesOutside)] };
}

function readFile(file: string): EnvFile {
  if (!existsSync(file)) return { values: {}, problems: [], remarks: [] };
  try {
    return parseEnvFile(readFileSync(file));
  } catch (error) {
    return { values: {}, problems: [`.env must be a readable file (${(error as NodeJS.ErrnoException).code})`], remarks: [] };
  }
}
