import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { SETTINGS, type Settings } from './settings.js';
import type { Setting } from './setting.js';

/** Environment variables as the operating system hands them over. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One or more settings are missing or wrong; each problem is one line that starts with the setting's name. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Settings: ${problems.join('; ')}`);
  }
}

/** Fewest bytes of a secret in production: 256 bits, the key size of HMAC-SHA-256 (RFC 7518 §3.2). */
export const MIN_SECRET_BYTES = 32;

/** Fewest different characters of a random secret: 32 random hexadecimal digits have fewer once in 10^6 times. */
const MIN_DISTINCT_CHARS = 8;

const PLACEHOLDER = /change.?me|replace.?me|placeholder|example|default|your.?secret|^(.)\1*$|^(?:secret|password|test|dev)+[\d\W_]*$/i;

/**
 * Reads, checks and completes all settings.
 * @throws SettingsError naming every bad value at once
 */
export function loadSettings(env: Environment): Settings {
  const problems: string[] = [];
  const production = env['NODE_ENV'] === 'production';
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    try {
      const written = read(name, setting, env);
      const fallback = production && 'production' in setting ? setting.production : setting.default;
      values[name] = written === undefined ? fallback : setting.parse(written);
    } catch (error) {
      problems.push(`${name} must be ${(error as Error).message}`);
    }
  }
  const settings = values as unknown as Settings;
  // Of a setting that could not be read there is nothing more to say.
  const readable = (problem: string): boolean => !problems.some((other) => other.split(' ', 1)[0] === problem.split(' ', 1)[0]);
  if (settings.NODE_ENV !== undefined)
    problems.push(...(production ? productionProblems(settings) : developmentProblems(settings)).filter(readable));
  // Every link is this and a path; and it is the issuer (RFC 8414 §2).
  if (/[?#@]/.test(settings.PUBLIC_URL ?? '')) problems.push('PUBLIC_URL must be without a user, a query and a fragment');
  for (const name of ['STORAGE_ACCESS_KEY', 'STORAGE_SECRET_KEY'] as const) {
    if (settings.STORAGE_URL?.startsWith('s3:') && settings[name] === undefined)
      problems.push(`${name} must be set for the bucket in STORAGE_URL`);
  }
  if (problems.length > 0) throw new SettingsError(problems);

  settings.PUBLIC_URL ??= `http://localhost:${settings.PORT}`;
  if (!production) settings.APP_SECRET ??= developmentSecret(settings.DATA_DIR);
  return settings;
}

function read(name: string, setting: Setting<unknown>, env: Environment): string | undefined {
  const file = setting.secret === true ? env[`${name}_FILE`] : undefined;
  // Compose files pass unset variables on as empty ones.
  if (file === undefined || file === '') return env[name] === '' ? undefined : env[name];
  if (env[name] !== undefined && env[name] !== '') throw new Error(`given once: here both ${name} and ${name}_FILE are set`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`in a readable file; ${name}_FILE names ${file} (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

function productionProblems(settings: Settings): string[] {
  const problems: string[] = [];
  for (const name of ['DATABASE_URL', 'SMTP_URL', 'PUBLIC_URL', 'APP_SECRET'] as const) {
    if (settings[name] === undefined) problems.push(`${name} must be set in production`);
  }
  for (const name of ['APP_SECRET', 'APP_SECRET_PREVIOUS', 'METRICS_TOKEN', 'MAIL_WEBHOOK_TOKEN'] as const) {
    const value = settings[name];
    if (value !== undefined) problems.push(...weaknesses(name, value));
  }
  for (const { id, secret } of settings.OAUTH_CLIENTS ?? []) problems.push(...weaknesses(`OAUTH_CLIENTS (the secret of ${id})`, secret));
  if (settings.RATE_LIMIT === 'off') problems.push('RATE_LIMIT must be on in production');
  return problems;
}

function weaknesses(name: string, value: string): string[] {
  if (Buffer.byteLength(value) < MIN_SECRET_BYTES) return [`${name} must be at least ${MIN_SECRET_BYTES} bytes long`];
  return PLACEHOLDER.test(value) || new Set(value).size < MIN_DISTINCT_CHARS ? [`${name} must be a random value, not a placeholder`] : [];
}

function developmentProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const loopback =
    settings.HOST === 'localhost' || settings.HOST === '::1' || (isIP(settings.HOST ?? '') === 4 && settings.HOST.startsWith('127.'));
  if (!loopback) problems.push('HOST must be a loopback address outside production (the development mailbox shows every mail)');
  if (settings.PORT === 0 && settings.PUBLIC_URL === undefined) problems.push('PUBLIC_URL must be set when PORT is 0');
  // An embedded database is used where none is named: migrations must not go to another one.
  if (settings.DATABASE_DIRECT_URL !== undefined && settings.DATABASE_URL === undefined)
    problems.push('DATABASE_URL must be set when DATABASE_DIRECT_URL is');
  return problems;
}

/** The secret of a development machine: made once and kept, so that sessions survive a restart. */
function developmentSecret(dataDir: string): string {
  const file = join(dataDir, 'app-secret');
  try {
    mkdirSync(dataDir, { recursive: true });
    // `wx`: of two first starts at once, one writes and both read the same.
    writeFileSync(file, randomBytes(48).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new SettingsError([`DATA_DIR must be a writable folder (${dataDir}: ${(error as NodeJS.ErrnoException).code})`]);
    }
  }
  return readFileSync(file, 'utf8');
}
