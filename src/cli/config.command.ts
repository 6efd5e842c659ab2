import { SETTINGS } from '../capabilities.js';
import { type Environment, SettingsError, isGiven } from '../config/load-settings.js';
import type { Setting } from '../common/capability.js';
import { type Settings } from '../config/settings.js';
import { dkimRecord, toZoneLine } from '../mail/dkim/dkim-record.js';
import { signerOf } from '../mail/dkim/dkim-signing.js';
import { oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { complain, print } from './output.js';
import { NOT_MADE, settingsWithoutSecret } from './settings-without-secret.js';

const UNSIGNED = 'Mails are not signed here: set DKIM_KEY and DKIM_SELECTOR.';

/** Checks the settings, or prints their values. Never prints secrets. */
export function lookAtSettings(args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, {}, { min: 1, max: 1 });
  const verb = oneOf('config', positionals[0] ?? '', ['check', 'print', 'dkim']);
  const [settings, problems] = read(env);
  if (settings === null) {
    if (values.json) print(JSON.stringify({ ok: false, problems }));
    else for (const problem of problems) complain(problem);
    return Promise.resolve(EXIT.misused);
  }
  if (verb === 'dkim') return Promise.resolve(showRecord(settings, values.json));
  const shown = Object.entries(SETTINGS as Record<string, Setting<unknown>>).map(([name, setting]) => ({
    name,
    value: show(name, setting, settings),
    given: isGiven(env, name),
  }));
  if (values.json) print(JSON.stringify(verb === 'check' ? { ok: true } : { ok: true, settings: shown }));
  else if (verb === 'check') print('The settings are good.');
  else for (const { name, value, given } of shown) print(`${given ? '*' : ' '} ${name}=${value ?? ''}`);
  return Promise.resolve(EXIT.done);
}

/** Prints the DNS record of the key that signs mails. */
function showRecord(settings: Settings, json: boolean): number {
  const signer = signerOf(settings);
  if (signer === null) {
    if (json) print(JSON.stringify({ ok: false, problems: [UNSIGNED] }));
    else complain(UNSIGNED);
    return EXIT.misused;
  }
  const record = dkimRecord(signer);
  print(json ? JSON.stringify({ ok: true, ...record }) : toZoneLine(record));
  return EXIT.done;
}

function read(env: Environment): [Settings, []] | [null, readonly string[]] {
  try {
    return [settingsWithoutSecret(env), []];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [null, error.problems];
  }
}

/** A value in the form of a settings file. For a secret it shows only that it is set, and for a URL with a secret only the host. */
function show(name: string, setting: Setting<unknown>, settings: Settings): string | null {
  const value = settings[name as keyof Settings] as unknown;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return null;
  if (setting.secret === true) {
    if (value === NOT_MADE) return `(${NOT_MADE})`;
    const place = name.endsWith('_URL') ? placeOf(`${value as string}`) : null;
    return place === null ? '(secret)' : `${place} (the rest is secret)`;
  }
  if (setting.show !== undefined) return setting.show(value);
  return Array.isArray(value) ? value.join(',') : `${value as string | number | boolean}`;
}

/** Only scheme and host, without users, passwords, paths and queries. */
function placeOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
