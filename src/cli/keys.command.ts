import type { INestApplicationContext } from '@nestjs/common';
import type { Environment } from '../config/load-settings.js';
import { KeyTooFreshError, SigningKeyRotation } from '../tokens/signing-keys/signing-key-rotation.service.js';
import { SigningKeyRotationModule } from '../tokens/signing-keys/signing-key-rotation.module.js';
import { UsageError, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { withServices } from './services.js';
import { complain, print } from './output.js';

const OPTIONS = {
  now: { type: 'boolean', default: false },
  compromised: { type: 'boolean', default: false },
  'lost-secret': { type: 'boolean', default: false },
} as const;

/** Shows, rotates and withdraws the keys that sign access tokens. */
export async function manageKeys(args: readonly string[], env: Environment): Promise<number> {
  const { act, json } = read(args);
  const answer = await withServices(env, [SigningKeyRotationModule], (services: INestApplicationContext) =>
    act(services.get(SigningKeyRotation)),
  );
  if (json) print(JSON.stringify(answer.data));
  else for (const line of answer.lines) (answer.ok ? print : complain)(line);
  return answer.ok ? EXIT.done : EXIT.failed;
}

/** Output of a verb, for people and for programs. */
interface Answer {
  ok: boolean;
  lines: string[];
  data: object;
}

type Act = (rotation: SigningKeyRotation) => Promise<Answer>;

/** Parses the arguments. @throws UsageError if they are wrong */
function read(args: readonly string[]): { act: Act; json: boolean } {
  const { values, positionals } = readArguments(args, OPTIONS, { min: 1, max: 2 });
  const { json, now, compromised, 'lost-secret': lostSecret } = values;
  const [verb, id] = positionals;
  const act = ((): Act | null => {
    if ((now && compromised) || (lostSecret && !compromised)) return null;
    if (verb === 'rotate' && id === undefined)
      return (rotation) => (compromised ? replaceAll(rotation, lostSecret) : rotate(rotation, now));
    if (now || compromised) return null;
    if (verb === 'list' && id === undefined) return list;
    return verb === 'retire' && id !== undefined ? (rotation) => retire(rotation, id) : null;
  })();
  if (act === null) throw new UsageError('These arguments make no sense together.');
  return { act, json };
}

async function list(rotation: SigningKeyRotation): Promise<Answer> {
  const keys = await rotation.list();
  const lines = keys.map(({ id, state, createdAt, activatedAt, retiredAt }) => {
    const times = { published: createdAt, 'signs since': activatedAt, withdrawn: retiredAt };
    const shown = Object.entries(times).flatMap(([name, time]) => (time === null ? [] : [`${name} ${time.toISOString()}`]));
    return [id, state.padEnd(8), ...shown].join('  ');
  });
  const data = keys.map(({ id, state, createdAt, activatedAt, retiredAt }) => ({ id, state, createdAt, activatedAt, retiredAt }));
  return { ok: true, lines, data: { keys: data } };
}

async function rotate(rotation: SigningKeyRotation, evenIfFresh: boolean): Promise<Answer> {
  try {
    const id = await rotation.rotate({ evenIfFresh });
    return { ok: true, lines: [`${id} signs from now on. Tokens of the key before it stay valid until they expire.`], data: { signs: id } };
  } catch (error) {
    if (!(error instanceof KeyTooFreshError)) throw error;
    const lines = [
      `${error.message}.`,
      'Backends that check tokens with a copy of the key set would refuse new tokens until they read it again.',
      'Wait, or rotate all the same: latchkey keys rotate --now',
    ];
    return { ok: false, lines, data: { error: error.message, waitSeconds: error.waitSeconds } };
  }
}

async function replaceAll(rotation: SigningKeyRotation, lostSecret: boolean): Promise<Answer> {
  const id = await rotation.replaceAll({ lostSecret });
  const line = `${id} signs from now on. All other keys are withdrawn; clients have to refresh their access tokens.`;
  return { ok: true, lines: [line], data: { signs: id } };
}

async function retire(rotation: SigningKeyRotation, id: string): Promise<Answer> {
  const done = await rotation.retire(id);
  const line = done
    ? `${id} is withdrawn; clients with tokens of it have to refresh them.`
    : `There is no published key ${id}. See: latchkey keys list`;
  return { ok: done, lines: [line], data: done ? { retired: id } : { error: line } };
}
