import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../../src/capabilities.js';
import { CONTRACT_SLUGS } from '../../../src/contracts/shared/contract-slugs.js';
import { loadSettings } from '../../../src/config/load-settings.js';
import { toComposeNames } from '../../../src/config/settings-docs.js';
import { OFTEN_MISTAKEN } from '../../../src/config/unread-names.js';

interface ComposeFile {
  services: Record<string, { environment?: Record<string, string | null>; ports?: string[]; command?: string[]; env_file?: unknown }>;
}

const root = new URL('../../../', import.meta.url);
const text = readFileSync(new URL('docker-compose.yml', root), 'utf8');
const file = parse(text) as ComposeFile;
const { api = {} } = file.services;

const SECRET = 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk';

/** A value after Compose has put in variables, in the only form that Compose 1.29 and newer share: `${NAME:-default}`. */
const interpolate = (value: string, env: Record<string, string>): string =>
  value.replaceAll(/\$\{([A-Z_]+):-([^{}]*)\}/g, (_, name: string, fallback: string) => (env[name] ?? '') || fallback);

/** What the server gets from a `.env` beside the Compose file: a name without a value passes on what is there. */
function received(dotEnv: Record<string, string>): Record<string, string> {
  const entries = Object.entries(api.environment ?? {}).flatMap(([name, value]) => {
    if (value !== null) return [[name, interpolate(value, dotEnv)] as const];
    return dotEnv[name] === undefined ? [] : [[name, dotEnv[name]] as const];
  });
  return Object.fromEntries(entries);
}

describe('the Compose stack', () => {
  let made: string;
  beforeAll(() => {
    made = mkdtempSync(join(tmpdir(), 'latchkey-compose-'));
    // What the service `secrets` leaves.
    const files = {
      APP_SECRET: SECRET,
      DATABASE_URL: 'postgres://made/db',
      SMTP_URL: 'smtp://mailpit:1025',
      PUBLIC_URL: 'http://localhost:3000',
    };
    for (const [name, content] of Object.entries(files)) {
      expect(file.services['secrets']?.command?.join()).toContain(`settings/${name}`);
      writeFileSync(join(made, name), content);
    }
  });
  afterAll(() => rmSync(made, { recursive: true }));

  const load = (dotEnv: Record<string, string> = {}) => loadSettings(SETTINGS, { ...received(dotEnv), SETTINGS_DIR: made });

  it('passes every setting on to the server, and every secret also as a file', () => {
    const names = Object.entries(SETTINGS).flatMap(([name, row]) => ('secret' in row && row.secret ? [name, `${name}_FILE`] : [name]));
    const dotEnv = Object.fromEntries([...names, ...OFTEN_MISTAKEN].map((name) => [name, `value of ${name}`]));
    expect(received(dotEnv)).toEqual(dotEnv);
  });

  it('lists the settings exactly as generated', () => {
    expect(toComposeNames(text, SETTINGS)).toBe(text);
  });

  it('serves all contracts as their documents say, with their pages, unless told otherwise', () => {
    expect(load()).toMatchObject({
      NODE_ENV: 'production',
      CONTRACTS: CONTRACT_SLUGS,
      CONTRACTS_OPEN: true,
      DOCS: true,
      MIGRATE_ON_START: true,
    });
    expect(load({ CONTRACTS: 'none', CONTRACTS_OPEN: 'false' })).toMatchObject({ CONTRACTS: [], CONTRACTS_OPEN: false });
    expect(load({ CONTRACTS: 'user-spec' }).CONTRACTS).toEqual(['user-spec']);
  });

  it('makes what the server needs, and lets .env win over each of it', () => {
    expect(load()).toMatchObject({
      APP_SECRET: SECRET,
      DATABASE_URL: 'postgres://made/db',
      SMTP_URL: 'smtp://mailpit:1025',
      PUBLIC_URL: 'http://localhost:3000',
    });
    const own = {
      APP_SECRET: SECRET.toLowerCase(),
      DATABASE_URL: 'postgres://own/db',
      SMTP_URL: 'smtp://own:587',
      PUBLIC_URL: 'https://own.example',
    };
    expect(load(own)).toMatchObject(own);
    const path = join(made, 'own-url');
    writeFileSync(path, 'postgres://from-file/db');
    expect(load({ DATABASE_URL_FILE: path }).DATABASE_URL).toBe('postgres://from-file/db');
  });

  it('keeps what the image sets: a name without a value would take it away', () => {
    const [, variables = ''] = /^ENV (.*)$/m.exec(readFileSync(new URL('Dockerfile', root), 'utf8')) ?? [];
    const names = variables.split(' ').map((pair) => String(pair.split('=', 1)[0]));
    expect(names).toContain('NODE_ENV');
    for (const name of names) expect([name, api.environment?.[name]]).not.toEqual([name, null]);
  });

  it('listens where PORT says, inside and outside', () => {
    expect(api.ports?.map((port) => interpolate(port, {}))).toEqual(['127.0.0.1:3000:3000']);
    expect(api.ports?.map((port) => interpolate(port, { PORT: '4000' }))).toEqual(['127.0.0.1:4000:4000']);
  });

  it('has only what Compose 1.29 and newer both read', () => {
    // 1.29 refuses `name`, newer ones complain about `version`; both fail without a file of `env_file`, which only newer ones can leave out.
    expect(Object.keys(file).toSorted()).toEqual(['services', 'volumes']);
    for (const service of Object.values(file.services)) expect(service.env_file).toBeUndefined();
    // 1.29 knows neither `${NAME:+…}` nor a variable inside a default.
    const variables = text.match(/(?<!\$)\$(?!\$).*/g) ?? [];
    expect(variables.length).toBeGreaterThan(5);
    for (const line of variables) expect(interpolate(line, {})).not.toMatch(/(?<!\$)\$(?!\$)/);
  });
});
