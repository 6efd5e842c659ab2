import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const ENDS = new URL('../../../bench/side-by-side/ends.mjs', import.meta.url).href;

/** Runs `body` with `ends` in its own process; sends `signal` after the first output. */
const run = async (body: string, signal?: 'SIGINT') => {
  const script = `import { withEnds } from '${ENDS}';
    const end = (name) => async () => console.log('end of ' + name);
    console.log('result ' + (await withEnds(async (ends) => { ${body} })));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const exit = once(child, 'exit');
  const errors = text(child.stderr);
  child.stdout.once('data', () => signal && child.kill(signal));
  const lines = (await text(child.stdout)).trim().split('\n');
  const [code, endedBy] = (await exit) as [number | null, string | null];
  return { lines, code, endedBy, errors: await errors };
};

const TWO = `ends.add(end('the first')); ends.add(end('the second'));`;
const FOREVER = `await new Promise((resolve) => setTimeout(resolve, 60_000));`;
const ENDED = ['end of the second', 'end of the first'];

describe('what a benchmark run has started', () => {
  it('ends with the run, the last one first', async () => {
    expect(await run(`${TWO} return 7;`)).toMatchObject({ lines: [...ENDED, 'result 7'], code: 0 });
  });

  it('ends if a step fails, awaited or not, and even if another end fails', async () => {
    for (const failure of [`throw new Error('no room');`, `setTimeout(() => { throw new Error('no room'); }); ${FOREVER}`]) {
      const { lines, code, errors } = await run(`${TWO} ends.add(async () => { throw new Error('stuck'); }); ${failure}`);
      expect(lines).toEqual(ENDED);
      expect(code).toBe(1);
      expect(errors).toContain('stuck');
      expect(errors).toContain('no room');
    }
  });

  it('ends when the run is interrupted, and nothing new is started', async () => {
    const { lines, endedBy } = await run(
      `${TWO} ends.signal.addEventListener('abort', () => console.log('aborted')); console.log('started'); ${FOREVER}`,
      'SIGINT',
    );
    expect(lines).toEqual(['started', 'aborted', ...ENDED]);
    expect(endedBy).toBe('SIGINT');
  });
});
