import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

/** 384 bits, 64 characters. */
const SECRET_BYTES = 48;

/** Writes a random secret to a file of its own, readable by its owner alone; an existing one is left as it is. */
export async function writeSecret([file]: readonly string[]): Promise<number> {
  if (file === undefined) {
    console.error('Usage: latchkey secret FILE');
    return 2;
  }
  try {
    await writeFile(file, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o400, flag: 'wx' });
    console.log(`Wrote a new secret to ${file}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    console.log(`${file} exists and stays as it is`);
  }
  return 0;
}
