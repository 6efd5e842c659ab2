import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Creates `path` with `content` unless it exists, in one step: no process ever sees it empty or half written.
 * @returns whether it was created
 */
export function createOnce(path: string, content: string, mode = 0o644): boolean {
  return throughDraft(path, content, mode, (draft) => {
    try {
      linkSync(draft, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Writes or replaces `path` in one step. */
export function replaceFile(path: string, content: string): void {
  throughDraft(path, content, 0o644, (draft) => renameSync(draft, path));
}

/** The JSON in `path`; undefined if it is missing or damaged. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function throughDraft<T>(path: string, content: string, mode: number, publish: (draft: string) => T): T {
  const draft = `${path}.draft-${randomUUID()}`;
  try {
    writeFileSync(draft, content, { mode, flag: 'wx' });
    return publish(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}
