import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setting } from '../common/capability.js';
import type { Settings } from './settings.js';

/** Environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One or more settings are missing or wrong; each problem is one line that starts with the setting's name. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Settings: ${problems.join('; ')}`);
  }
}

/** Name of the setting that names a folder of settings. */
const SETTINGS_DIR = 'SETTINGS_DIR';

/** Minimum length of a secret in production, bytes: 256 bits, the key size of HMAC-SHA-256 (RFC 7518 §3.2). */
export const MIN_SECRET_BYTES = 32;

/** Minimum number of different characters in a random secret: 32 random hexadecimal digits have fewer in one of 10^6 cases. */
const MIN_DISTINCT_CHARS = 8;

const PLACEHOLDER = /change.?me|replace.?me|placeholder|example|default|your.?secret|^(.)\1*$|^(?:secret|password|test|dev)+[\d\W_]*$/i;

/** Every setting by its name. */
export type SettingRows = Readonly<Record<string, Setting<unknown>>>;

/**
 * Reads, checks and completes all settings.
 * @throws SettingsError naming every bad value at once
 */
export function loadSettings(rows: SettingRows, env: Environment): Settings {
  const production = isProduction(env);
  const [values, unreadable] = readSettings(rows, env);
  const settings = values as unknown as Settings;
  // A setting that could not be read needs no further checks.
  const readable = (problem: string): boolean => !unreadable.some((other) => nameIn(other) === nameIn(problem));
  const checks = Object.entries(rows).flatMap(([name, row]) => problemsOf(name, row, values, production));
  const problems = [...unreadable, ...checks.filter(readable)];
  if (problems.length > 0) throw new SettingsError(problems);

  settings.PUBLIC_URL ??= `http://localhost:${settings.PORT}`;
  if (!production) settings.APP_SECRET ??= developmentSecret(settings.DATA_DIR);
  return settings;
}

/** Reads the settings of some rows, each separately. @returns their values, and the problems of those that cannot be read */
export function readSettings(rows: SettingRows, env: Environment): [Record<string, unknown>, string[]] {
  const production = isProduction(env);
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, row] of Object.entries(rows)) {
    try {
      const written = read(name, row, env);
      const fallback = production && 'production' in row ? row.production : row.default;
      values[name] = written === undefined ? fallback : row.parse(written);
    } catch (error) {
      problems.push(`${name} must be ${(error as Error).message}`);
    }
  }
  return [values, problems];
}

/** The problems of a setting that could be read. */
function problemsOf(name: string, row: Setting<unknown>, all: Readonly<Record<string, unknown>>, production: boolean): readonly string[] {
  const value = all[name];
  if (value === undefined) return production && row.requiredInProduction === true ? [`${name} must be set in production`] : [];
  const secrets = production ? Object.entries(row.keyMaterial?.(name, value) ?? {}) : [];
  return [...secrets.flatMap(([label, secret]) => weaknesses(label, secret)), ...(row.check?.(value, all) ?? [])];
}

/** A problem begins with the name of its setting. */
function nameIn(problem: string): string {
  return problem.split(' ', 1)[0] ?? '';
}

function read(name: string, setting: Setting<unknown>, env: Environment): string | undefined {
  const direct = given(env[name]);
  const file = setting.secret === true ? given(env[`${name}_FILE`]) : undefined;
  if (file === undefined) return direct ?? readFromFolder(name, env);
  if (direct !== undefined) throw new Error(`given once: here both ${name} and ${name}_FILE are set`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`in a readable file; ${name}_FILE names ${file} (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

/** Whether `NODE_ENV` is `production`. */
export function isProduction(env: Environment): boolean {
  return (given(env['NODE_ENV']) ?? readFromFolder('NODE_ENV', env)) === 'production';
}

/** Whether the setting has a value from outside, in whichever way. */
export function isGiven(env: Environment, name: string): boolean {
  if (given(env[name]) !== undefined || given(env[`${name}_FILE`]) !== undefined) return true;
  const folder = given(env[SETTINGS_DIR]);
  return folder !== undefined && existsSync(join(folder, name));
}

/** A variable without the empty value by which Compose files pass unset ones. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** The file of `SETTINGS_DIR` that has the setting's name. The environment alone names the folder itself. */
function readFromFolder(name: string, env: Environment): string | undefined {
  const folder = given(env[SETTINGS_DIR]);
  if (folder === undefined || name === SETTINGS_DIR) return undefined;
  const path = join(folder, name);
  try {
    return given(readFileSync(path, 'utf8').trim());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // That the folder itself is missing is a problem of SETTINGS_DIR.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(`in a readable file or elsewhere; ${SETTINGS_DIR} leads to ${path} (${code})`, { cause: error });
  }
}

function weaknesses(name: string, value: string): string[] {
  if (Buffer.byteLength(value) < MIN_SECRET_BYTES) return [`${name} must be at least ${MIN_SECRET_BYTES} bytes long`];
  return PLACEHOLDER.test(value) || new Set(value).size < MIN_DISTINCT_CHARS ? [`${name} must be a random value, not a placeholder`] : [];
}

/** The secret of a development machine: generated once and stored, so that sessions survive a restart. */
function developmentSecret(dataDir: string): string {
  const file = join(dataDir, 'app-secret');
  try {
    mkdirSync(dataDir, { recursive: true });
    // `wx`: if two servers start for the first time at once, one writes and both read the same secret.
    writeFileSync(file, randomBytes(48).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new SettingsError([`DATA_DIR must be a writable folder (${dataDir}: ${(error as NodeJS.ErrnoException).code})`]);
    }
  }
  return readFileSync(file, 'utf8');
}
