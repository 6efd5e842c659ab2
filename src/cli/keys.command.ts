import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { type Environment, loadSettings } from '../config/load-settings.js';
import { DatabaseModule } from '../database/database.module.js';
import { KeyTooFreshError, SigningKeyRotation } from '../tokens/signing-key-rotation.service.js';
import { SigningKeysModule } from '../tokens/signing-keys.module.js';
import { KEYS_USAGE } from './keys.usage.js';

const OPTIONS = {
  now: { type: 'boolean', default: false },
  compromised: { type: 'boolean', default: false },
  'lost-secret': { type: 'boolean', default: false },
} as const;

class KeysCommandModule {}

/** Shows, rotates and withdraws the keys that sign access tokens. */
export async function manageKeys(args: readonly string[], env: Environment): Promise<number> {
  const asked = read(args);
  if (asked === null) {
    console.error(KEYS_USAGE);
    return 2;
  }
  const settings = loadSettings(env);
  if (settings.DATABASE_URL === undefined) {
    console.error('DATABASE_URL must be set.');
    return 2;
  }
  const module = { module: KeysCommandModule, imports: [ConfigModule.register(settings), DatabaseModule.register(), SigningKeysModule] };
  const context = await NestFactory.createApplicationContext(module, { logger: ['error', 'warn'], abortOnError: false });
  try {
    return await asked(context.get(SigningKeyRotation));
  } finally {
    await context.close();
  }
}

type Act = (rotation: SigningKeyRotation) => Promise<number>;

/** What the arguments ask for; null when they make no sense. */
function read(args: readonly string[]): Act | null {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const { now, compromised, 'lost-secret': lostSecret } = values;
    const [verb, id, ...rest] = positionals;
    if (rest.length > 0 || (now && compromised) || (lostSecret && !compromised)) return null;
    if (verb === 'rotate' && id === undefined)
      return (rotation) => (compromised ? replaceAll(rotation, lostSecret) : rotate(rotation, now));
    if (now || compromised) return null;
    if (verb === 'list' && id === undefined) return list;
    return verb === 'retire' && id !== undefined ? (rotation) => retire(rotation, id) : null;
  } catch {
    return null;
  }
}

async function list(rotation: SigningKeyRotation): Promise<number> {
  for (const { id, state, createdAt, activatedAt, retiredAt } of await rotation.list()) {
    const times = { published: createdAt, 'signs since': activatedAt, withdrawn: retiredAt };
    const shown = Object.entries(times).flatMap(([name, time]) => (time === null ? [] : [`${name} ${time.toISOString()}`]));
    console.log([id, state.padEnd(8), ...shown].join('  '));
  }
  return 0;
}

async function rotate(rotation: SigningKeyRotation, evenIfFresh: boolean): Promise<number> {
  try {
    console.log(`${await rotation.rotate({ evenIfFresh })} signs from now on. Tokens of the key before it stay valid until they expire.`);
    return 0;
  } catch (error) {
    if (!(error instanceof KeyTooFreshError)) throw error;
    console.error(`${error.message}.`);
    console.error('Backends that check tokens with a copy of the key set would refuse new tokens until they read it again.');
    console.error('Wait, or rotate all the same: latchkey keys rotate --now');
    return 1;
  }
}

async function replaceAll(rotation: SigningKeyRotation, lostSecret: boolean): Promise<number> {
  const id = await rotation.replaceAll({ lostSecret });
  console.log(`${id} signs from now on. All other keys are withdrawn; clients have to refresh their access tokens.`);
  return 0;
}

async function retire(rotation: SigningKeyRotation, id: string): Promise<number> {
  if (await rotation.retire(id)) {
    console.log(`${id} is withdrawn; clients with tokens of it have to refresh them.`);
    return 0;
  }
  console.error(`There is no published key ${id}. See: latchkey keys list`);
  return 1;
}
