import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { print } from './output.js';

/** 384 bits, 64 characters. */
const SECRET_BYTES = 48;

/** Writes a random secret to a file that only its owner can read; keeps an existing file. */
export async function writeSecret(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {}, { min: 1, max: 1 });
  const file = String(positionals[0]);
  const written = await writeNew(file);
  if (values.json) print(JSON.stringify({ file, written }));
  else print(written ? `Wrote a new secret to ${file}` : `${file} exists and stays as it is`);
  return EXIT.done;
}

async function writeNew(file: string): Promise<boolean> {
  try {
    await writeFile(file, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o400, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
