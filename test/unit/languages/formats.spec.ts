import { describe, expect, it, vi } from 'vitest';
import { keptByTag } from '../../../src/languages/formats.js';

describe('formats that are kept', () => {
  it('are made once for a tag', () => {
    const make = vi.fn<(tag: string) => object>((tag) => ({ tag }));
    const formatOf = keptByTag(make);
    expect(formatOf('de')).toBe(formatOf('de'));
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('stay right, and few, however many tags come', () => {
    const make = vi.fn<(tag: string) => { tag: string }>((tag) => ({ tag }));
    const formatOf = keptByTag(make);
    for (let round = 0; round < 2; round += 1)
      for (let nth = 0; nth < 200; nth += 1) expect(formatOf(`en-x-a${nth}`).tag).toBe(`en-x-a${nth}`);
    // Of the first 136, none was kept until the second round.
    expect(make.mock.calls.length).toBeGreaterThan(300);
  });

  it('are not kept of a tag for which none can be made', () => {
    const formatOf = keptByTag((tag) => new Intl.NumberFormat(tag));
    for (let nth = 0; nth < 2; nth += 1) expect(() => formatOf('no_tag')).toThrow(RangeError);
  });
});
