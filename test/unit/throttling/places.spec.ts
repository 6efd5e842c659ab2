import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalPlaces, type Place } from '../../../src/throttling/places.js';

const LIMIT = { points: 3, seconds: 60 };

describe('places of one process', () => {
  let places: LocalPlaces;
  beforeEach(() => {
    vi.useFakeTimers();
    places = new LocalPlaces(LIMIT);
  });
  afterEach(() => void vi.useRealTimers());

  const take = async (key = 'ada'): Promise<Place> => {
    const { place } = await places.reserve(key);
    if (place === null) throw new Error('There is no place');
    return place;
  };
  const isFull = async (key = 'ada'): Promise<boolean> => {
    const { place } = await places.reserve(key);
    await place?.free();
    return place === null;
  };
  const fail = async (times: number, key?: string): Promise<void> => {
    for (let i = 0; i < times; i += 1) await (await take(key)).fail();
  };
  const kept = (): number => (Reflect.get(places, 'buckets') as Map<string, unknown>).size;

  it('are taken by failures and by attempts in progress together', async () => {
    await fail(1);
    const [first] = [await take(), await take()];
    expect(await isFull()).toBe(true);
    await first.free();
    expect(await isFull()).toBe(false);
  });

  it('are counted for each bucket separately', async () => {
    await fail(3, 'ada');
    expect([await isFull('ada'), await isFull('grace')]).toEqual([true, false]);
  });

  it('report the number of failures, and when they expire', async () => {
    await fail(1);
    vi.advanceTimersByTime(20_500);
    expect(await (await take()).fail()).toEqual({ allowed: true, consumed: 2, secondsLeft: 40 });
    await fail(1);
    expect(await places.reserve('ada')).toEqual({ place: null, failures: { allowed: true, consumed: 3, secondsLeft: 40 } });
  });

  it('become free when the window of the first failure ends', async () => {
    await fail(3);
    vi.advanceTimersByTime(59_900);
    expect(await isFull()).toBe(true);
    vi.advanceTimersByTime(200);
    expect(await isFull()).toBe(false);
  });

  it('stay taken by an attempt in progress when the window ends', async () => {
    await fail(2);
    const slow = await take();
    vi.advanceTimersByTime(61_000);
    const others = [await take(), await take()];
    expect(await isFull()).toBe(true);
    for (const place of [slow, ...others]) await place.free();
    expect(kept()).toBe(0);
  });

  it('count failures after a reset for a whole new window', async () => {
    await fail(3);
    vi.advanceTimersByTime(50_000);
    await places.clear('ada');
    await fail(3);
    vi.advanceTimersByTime(11_000);
    expect(await isFull()).toBe(true);
    vi.advanceTimersByTime(50_000);
    expect(await isFull()).toBe(false);
  });

  it('take no memory when nothing is counted, because anybody can name a bucket', async () => {
    for (let i = 0; i < 100; i += 1) await (await take(`right ${i}`)).free();
    expect(kept()).toBe(0);
    for (let i = 0; i < 100; i += 1) await fail(2, `wrong ${i}`);
    expect(kept()).toBe(100);
    vi.advanceTimersByTime(61_000);
    expect(kept()).toBe(0);
    await fail(1, 'forgiven');
    await places.clear('forgiven');
    expect(kept()).toBe(0);
  });
});
