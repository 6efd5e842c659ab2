import { describe, expect, it } from 'vitest';
import { FairQueue, type Origin } from '../../../src/throttling/fair-queue.js';

/** A queue that does one task at a time, and notes whose tasks it did. */
function make(maxAdmitted = 1_000, concurrency = 1) {
  const queue = new FairQueue(concurrency, maxAdmitted);
  const done: string[] = [];
  const refused: string[] = [];
  const add = (name: string, origin: Origin = [name]): Promise<void> =>
    queue
      .admit(origin, () =>
        queue.inTurn(origin, async () => {
          await new Promise(setImmediate);
          done.push(name);
        }),
      )
      .catch((error: { code: string }) => void refused.push(`${name} ${error.code}`));
  return { queue, done, refused, add };
}

describe('FairQueue', () => {
  it('gives networks their turns in rotation, however much one of them asks for', async () => {
    const { done, add } = make();
    const all = Array.from({ length: 50 }, () => add('flood'));
    for (const name of ['ada', 'eve', 'ada']) all.push(add(name));
    await Promise.all(all);
    expect(done.slice(0, 7)).toEqual(['flood', 'flood', 'ada', 'eve', 'flood', 'ada', 'flood']);
    expect(done).toHaveLength(53);
  });

  it('keeps the order within a network', async () => {
    const { queue, add } = make();
    const order: number[] = [];
    const first = add('ada');
    await Promise.all([first, ...[1, 2, 3].map((n) => queue.inTurn(['ada'], async () => void order.push(n)))]);
    expect(order).toEqual([1, 2, 3]);
  });

  it('counts a site with many networks as one', async () => {
    const { done, add } = make();
    const all = Array.from({ length: 40 }, (_, i) => add('site', ['site/48', `site/${i % 8}/56`, `site/${i}/64`]));
    all.push(add('ada', ['ada/48', 'ada/56', 'ada/64']), add('eve'));
    await Promise.all(all);
    expect(done.indexOf('ada')).toBeLessThanOrEqual(2);
    expect(done.indexOf('eve')).toBeLessThanOrEqual(3);
  });

  it('is fair within a site, too', async () => {
    const { done, add } = make();
    const all = Array.from({ length: 40 }, () => add('flood', ['site', 'flood']));
    all.push(add('neighbour', ['site', 'neighbour']));
    await Promise.all(all);
    expect(done.indexOf('neighbour')).toBeLessThanOrEqual(2);
  });

  it('when full, takes room from the network that has most, and refuses that network', async () => {
    const { done, refused, add } = make(10);
    const flood = Array.from({ length: 15 }, () => add('flood'));
    const others = ['ada', 'eve', 'mira'].map((name) => add(name));
    const late = add('flood');
    await Promise.all([...flood, ...others, late]);
    expect(done).toEqual(expect.arrayContaining(['ada', 'eve', 'mira']));
    expect(refused).toEqual(Array(9).fill('flood server.busy'));
    expect(done.filter((name) => name === 'flood')).toHaveLength(7);
  });

  it('when full, refuses whoever has as much as the others', async () => {
    const { done, refused, add } = make(4);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => add(name)));
    expect([done, refused]).toEqual([['a', 'b', 'c', 'd'], ['e server.busy']]);
  });

  it('does so many at a time and no more, and goes on after failures', async () => {
    const queue = new FairQueue(3, 100);
    let [running, most] = [0, 0];
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        queue.inTurn([`${i % 5}`], async () => {
          most = Math.max(most, (running += 1));
          await new Promise(setImmediate);
          running -= 1;
          if (i % 2 === 0) throw new Error('as planned');
        }),
      ),
    );
    expect([most, queue.waiting, results.filter(({ status }) => status === 'rejected').length]).toEqual([3, 0, 10]);
  });
});
