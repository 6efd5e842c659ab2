import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../src/capabilities.js';
import { OFTEN_MISTAKEN, remarksOnNames } from '../../../src/config/unread-names.js';

/** The settings that the remarks on these names tell to write. */
function advised(names: Record<string, string>, where: 'file' | 'environment'): string[] {
  const lines =
    where === 'file' ? remarksOnNames(SETTINGS, names, Object.keys(names), []) : remarksOnNames(SETTINGS, names, [], Object.keys(names));
  return lines.map((line) => /: write (\w+)/.exec(line)?.[1] ?? line);
}

const adviceOn = (name: string, where: 'file' | 'environment') => advised({ [name]: 'x' }, where);

describe('names that no setting has', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['CORS_ALLOWED_ORIGINS', 'CORS_ORIGINS'],
    ['ALLOWED_ORIGINS', 'CORS_ORIGINS'],
    ['SMTP_HOST', 'SMTP_URL'],
    ['SMTP_PASS', 'SMTP_URL'],
    ['EMAIL_HOST_PASSWORD', 'SMTP_URL'],
    ['SMTP_URI', 'SMTP_URL'],
    ['STMP_URL', 'SMTP_URL'],
    ['MAIL_URL', 'SMTP_URL'],
    ['EMAIL_URL', 'SMTP_URL'],
    ['Port', 'PORT'],
    ['SMTP_FROM', 'MAIL_FROM'],
    ['JWT_SECRET', 'APP_SECRET'],
    ['SECRET_KEY_BASE', 'APP_SECRET'],
    ['DB_HOST', 'DATABASE_URL'],
    ['POSTGRES_PASSWORD', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['BASE_URL', 'PUBLIC_URL'],
    ['TRUST_PROXY', 'TRUSTED_PROXIES'],
    ['REDIS_HOST', 'REDIS_URL'],
    ['LATCHKEY_PORT', 'PORT'],
    ['LATCHKEY_APP_SECRET_FILE', 'APP_SECRET'],
    ['smtp_url', 'SMTP_URL'],
    ['CORS_ORIGINS_FILE', 'CORS_ORIGINS'],
    ['PORTS', 'PORT'],
    ['BRAND_COLOUR', 'BRAND_COLOR'],
    ['AWS_SECRET_ACCESS_KEY', 'STORAGE_SECRET_KEY'],
  ])('%s in .env: write %s', (name, setting) => {
    expect(adviceOn(name, 'file')).toEqual([setting]);
  });

  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['SMTP_HOST', 'SMTP_URL'],
    ['JWT_SECRET', 'APP_SECRET'],
    ['LATCHKEY_PORT', 'PORT'],
    ['SMTP_URLS', 'SMTP_URL'],
  ])('%s in the environment: write %s', (name, setting) => {
    expect(adviceOn(name, 'environment')).toEqual([setting]);
  });

  it.each([
    'PORTS',
    'HOSTNAME',
    'POSTGRES_PASSWORD',
    'PGHOST',
    'AWS_SECRET_ACCESS_KEY',
    'BASE_URL',
    'PATH',
    'NODE_VERSION',
    'port',
    'TERM',
  ])('leave %s in the environment to other programs', (name) => {
    expect(adviceOn(name, 'environment')).toEqual([]);
  });

  it('of one setting are named together, in one line', () => {
    expect(advised({ SMTP_HOST: 'a', SMTP_PORT: '1', SMTP_PASS: 'b', CORS_ORIGIN: 'c' }, 'environment')).toEqual([
      'SMTP_URL',
      'CORS_ORIGINS',
    ]);
  });

  it('in the environment do not count beside the setting itself, nor when they are empty', () => {
    expect(advised({ SMTP_HOST: 'mail', SMTP_URL: 'smtp://mail' }, 'environment')).toEqual([]);
    expect(advised({ CORS_ORIGIN: '' }, 'environment')).toEqual([]);
  });

  it('never come with their values', () => {
    expect(remarksOnNames(SETTINGS, { SMTP_PASS: 'hunter2', JWT_SECRET: 'hunter2' }, ['SMTP_PASS', 'JWT_SECRET'], []).join()).not.toContain(
      'hunter2',
    );
  });

  it('are all named in .env, except those of other programs', () => {
    const env = { COLOUR: '1', VITE_API: '1', NODE_OPTIONS: '1', TZ: '1', COMPOSE_PROJECT_NAME: '1' };
    expect(remarksOnNames(SETTINGS, env, Object.keys(env), [])).toEqual(['COLOUR in .env is no setting of this server and not read']);
  });

  it('exclude every setting, and each secret as a file', () => {
    const names = Object.entries(SETTINGS).flatMap(([name, row]) => ('secret' in row && row.secret ? [name, `${name}_FILE`] : [name]));
    const env = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(remarksOnNames(SETTINGS, env, names, [])).toEqual([]);
  });

  it.each(OFTEN_MISTAKEN)('%s, which the Compose file passes on, has an answer', (name) => {
    expect(adviceOn(name, 'environment')).toHaveLength(1);
  });
});
