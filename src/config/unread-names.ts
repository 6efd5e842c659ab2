import { type Environment, type SettingRows, isGiven } from './load-settings.js';

/** Names by which other products know what a setting of this server says. */
const ELSEWHERE: Readonly<Record<string, RegExp>> = {
  SMTP_URL:
    /^(?:SMTP|MAIL|EMAIL|MAILER)_(?:HOST|SERVER|PORT|USER|USERNAME|LOGIN|PASS|PASSWORD|SECURE|SSL|TLS|ENCRYPTION|DSN|URL|URI|HOST_USER|HOST_PASSWORD|USE_TLS|USE_SSL)$/,
  MAIL_FROM: /^(?:(?:SMTP|EMAIL|MAILER)_(?:FROM|SENDER|ADMIN_EMAIL)|MAIL_(?:FROM_ADDRESS|FROM_NAME|SENDER)|DEFAULT_FROM_EMAIL|FROM_EMAIL)$/,
  APP_SECRET: /^(?:JWT|SESSION|AUTH|NEXTAUTH|BETTER_AUTH|COOKIE|TOKEN)_SECRET(?:_KEY)?$|^SECRET(?:_KEY(?:_BASE)?)?$|^APP_KEY$/,
  DATABASE_URL: /^(?:DB|DATABASE|POSTGRES|POSTGRESQL|TYPEORM)_(?:HOST|PORT|USER|USERNAME|PASS|PASSWORD|NAME|DATABASE|DB|URL|URI|DSN)$/,
  REDIS_URL: /^REDIS_(?:HOST|PORT|PASS|PASSWORD|USERNAME|DB|URI)$/,
  PUBLIC_URL: /^(?:APP|BASE|SITE|SERVER|EXTERNAL|NEXTAUTH|AUTH|BETTER_AUTH|API|ISSUER)_URL$|^(?:JWT_)?ISSUER$/,
  CORS_ORIGINS: /^(?:(?:CORS_)?ALLOWED_ORIGINS?|TRUSTED_ORIGINS|(?:FRONTEND|CLIENT|WEB)_(?:URL|ORIGIN))$/,
  TRUSTED_PROXIES: /^TRUST_?PROXY$/,
  STORAGE_URL: /^S3_(?:BUCKET|ENDPOINT|REGION|URL)$/,
  STORAGE_ACCESS_KEY: /^(?:AWS|S3)_ACCESS_KEY(?:_ID)?$/,
  STORAGE_SECRET_KEY: /^(?:AWS|S3)_SECRET_(?:ACCESS_)?KEY$/,
  SMS_URL: /^TWILIO_(?:ACCOUNT_SID|AUTH_TOKEN|FROM|PHONE_NUMBER|FROM_NUMBER|MESSAGING_SERVICE_SID)$/,
  ACCESS_TOKEN_TTL_SECONDS: /^(?:JWT|ACCESS_TOKEN|TOKEN)_(?:EXPIRES_IN|EXPIRATION|EXPIRY|TTL|LIFETIME)$/,
};

/** Names that the Compose file passes on although they are no settings, so that the server can say so. */
export const OFTEN_MISTAKEN: readonly string[] = (
  'SMTP_HOST SMTP_PORT SMTP_USER SMTP_USERNAME SMTP_PASS SMTP_PASSWORD SMTP_SECURE SMTP_FROM ' +
  'CORS_ORIGIN JWT_SECRET SECRET_KEY REDIS_HOST TRUST_PROXY TWILIO_ACCOUNT_SID'
).split(' ');

/** Settings whose names elsewhere are common in the environment of machines, for other programs: only a file `.env` can mean this server. */
const COMMON_ON_MACHINES = new Set([
  'DATABASE_URL',
  'STORAGE_URL',
  'STORAGE_ACCESS_KEY',
  'STORAGE_SECRET_KEY',
  'PUBLIC_URL',
  'CORS_ORIGINS',
]);

/** Names that Node.js, PostgreSQL's libraries, Compose and the system read; they may well stand in `.env`. */
const OF_OTHERS =
  /^(?:NODE_|NPM_|UV_|PG|COMPOSE_|DOCKER_|MALLOC_|LC_|XDG_|VITE_|AWS_)|^(?:TZ|LANG|PATH|HOME|TMPDIR|DEBUG|CI|NO_COLOR|FORCE_COLOR)$/;

/** Below this length two names that differ in one letter are often two real names, characters. */
const LONG_NAME = 8;

/**
 * Says of names that look like settings, but are none, what to write instead, so that nothing is dropped silently. In the environment,
 * which has variables of many programs, only unmistakable names count; in `.env` each unknown one.
 * @returns one line for each setting that was probably meant
 */
export function remarksOnNames(rows: SettingRows, env: Environment, inFile: readonly string[], outside: readonly string[]): string[] {
  const file = new Set(inFile);
  const meant = new Map<string, string[]>();
  const unknown: string[] = [];
  for (const name of new Set([...inFile, ...outside])) {
    if (isSetting(rows, name) || env[name] === '') continue;
    const setting = file.has(name) ? meantInFile(rows, name) : meantOutside(rows, env, name);
    if (setting !== null) meant.set(setting, [...(meant.get(setting) ?? []), name]);
    else if (file.has(name) && !OF_OTHERS.test(name)) unknown.push(name);
  }
  const lines = [...meant].map(([setting, names]) => {
    const { example, secret } = rows[setting] ?? {};
    if (names.every((name) => name === `${setting}_FILE`) && secret !== true)
      return `${setting}_FILE is not read, because ${setting} is no secret: write ${setting}`;
    return `${listed(names)} no setting of this server and not read: write ${setting}${example === undefined ? '' : `, such as ${setting}=${example}`}`;
  });
  if (unknown.length > 0) lines.push(`${listed(unknown, ' in .env')} no setting of this server and not read`);
  return lines;
}

function listed(names: readonly string[], where = ''): string {
  const last = names.at(-1) ?? '';
  return names.length === 1 ? `${last}${where} is` : `${names.slice(0, -1).join(', ')} and ${last}${where} are each`;
}

function isSetting(rows: SettingRows, name: string): boolean {
  if (Object.hasOwn(rows, name)) return true;
  const base = name.replace(/_FILE$/, '');
  return base !== name && rows[base]?.secret === true && Object.hasOwn(rows, base);
}

function meantInFile(rows: SettingRows, name: string): string | null {
  // Short names in another case are variables of other programs outside, but not in this file.
  if (isSetting(rows, name.toUpperCase())) return name.toUpperCase().replace(/_FILE$/, '');
  return withoutAdditions(rows, name) ?? elsewhere(name) ?? nearest(rows, name, 2) ?? longer(rows, name);
}

function meantOutside(rows: SettingRows, env: Environment, name: string): string | null {
  const own = withoutAdditions(rows, name);
  if (own !== null) return own;
  const foreign = elsewhere(name);
  // Who has set the setting itself means something else by the other name.
  if (foreign !== null) return COMMON_ON_MACHINES.has(foreign) || isGiven(env, foreign) ? null : foreign;
  const near = name.length >= LONG_NAME ? nearest(rows, name, 1) : null;
  return near === null || isGiven(env, near) ? null : near;
}

/** A setting in another case, with the product's name before it, or as a file although it is no secret. */
function withoutAdditions(rows: SettingRows, name: string): string | null {
  const bare = name.toUpperCase().replace(/^LATCHKEY_/, '');
  if (bare !== name && isSetting(rows, bare) && (name.startsWith('LATCHKEY_') || bare.length >= LONG_NAME))
    return bare.replace(/_FILE$/, '');
  const base = bare.replace(/_FILE$/, '');
  return base !== bare && base.length >= LONG_NAME && Object.hasOwn(rows, base) ? base : null;
}

function elsewhere(name: string): string | null {
  return Object.entries(ELSEWHERE).find(([, names]) => names.test(name))?.[0] ?? null;
}

/** The setting whose name is at most `most` edits away. */
function nearest(rows: SettingRows, name: string, most: number): string | null {
  const allowed = name.length < LONG_NAME ? 1 : most;
  const [closest] = Object.keys(rows)
    .map((setting) => ({ setting, edits: editsBetween(setting, name) }))
    .toSorted((a, b) => a.edits - b.edits);
  return closest !== undefined && closest.edits <= allowed ? closest.setting : null;
}

/** A setting all of whose words the name has, such as CORS_ALLOWED_ORIGINS. */
function longer(rows: SettingRows, name: string): string | null {
  const words = new Set(name.split('_'));
  return Object.keys(rows).find((setting) => setting.includes('_') && setting.split('_').every((word) => words.has(word))) ?? null;
}

/** Number of letters to insert, delete, replace or swap with their neighbour (optimal string alignment distance). */
function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
