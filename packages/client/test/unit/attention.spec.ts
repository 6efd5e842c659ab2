import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AutoRefresh, attend } from '../../src/attention.js';

describe('looking after a session without being asked', () => {
  let page: EventTarget;
  let document: EventTarget & { visibilityState: string };
  let calls: string[];
  beforeEach(() => {
    page = new EventTarget();
    document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    calls = [];
    vi.useFakeTimers();
    vi.stubGlobal('document', document);
    for (const name of ['addEventListener', 'removeEventListener'] as const) vi.stubGlobal(name, page[name].bind(page));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const start = (choice: AutoRefresh): (() => void) =>
    attend(
      choice,
      () => calls.push('check'),
      () => calls.push('refresh'),
    );
  /** What happens when somebody turns to the page. */
  const focus = (): boolean => page.dispatchEvent(new Event('focus'));

  it('happens when somebody turns to the page, and at no other time', () => {
    const stop = start('focus');
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual([]);
    for (const [target, event] of [
      [page, 'focus'],
      [page, 'pageshow'],
      [page, 'online'],
      [document, 'visibilitychange'],
    ] as const) {
      calls = [];
      target.dispatchEvent(new Event(event));
      vi.advanceTimersByTime(1_500);
      expect(calls).toEqual(['check']);
    }
    stop();
    calls = [];
    focus();
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual([]);
  });

  it('happens once for many events in a row, and not for a page that is hidden', () => {
    start('focus');
    for (let i = 0; i < 20; i += 1) focus();
    vi.advanceTimersByTime(0);
    expect(calls).toEqual(['check']);
    focus();
    vi.advanceTimersByTime(1_499);
    expect(calls).toEqual(['check']);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['check', 'check']);
    document.visibilityState = 'hidden';
    focus();
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual(['check', 'check']);
  });

  it('happens also in between, if the app wants that', () => {
    const stop = start('always');
    vi.advanceTimersByTime(15_000);
    expect(calls).toEqual(['refresh', 'refresh', 'refresh']);
    focus();
    vi.advanceTimersByTime(0);
    expect(calls).toEqual(['refresh', 'refresh', 'refresh', 'check']);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(calls).toHaveLength(4);
  });

  it('never happens, if the app wants that', () => {
    start('off');
    focus();
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual([]);
  });
});
