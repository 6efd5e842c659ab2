import { describe, expect, it } from 'vitest';
import { nameAttempt, newSessionKey } from '../../../src/server/attempt-name.js';
import { type KeptTokens, SessionCookies } from '../../../src/server/session-cookies.js';
import type { CookieChange, ServerCookies } from '../../../src/server/cookies.js';
import { BrowserCookies } from '../../support/browser-cookies.js';

const sessionIn = (cookies: ServerCookies, secure = true): SessionCookies => new SessionCookies(cookies, 'latchkey', secure);

const tokens = (name: string, length = 700): KeptTokens => ({
  accessToken: `${name}.${'x'.repeat(length)}.y`,
  refreshToken: `lkr_${name}`,
  expiresAt: 1_800_000_000_000,
  key: newSessionKey(),
  rotation: 0,
});

/** Answers a request of the browser that sets these tokens. */
const set = async (browser: BrowserCookies, session: KeptTokens, isNew = true): Promise<void> => {
  const request = browser.request();
  await sessionIn(request).write(session, isNew);
  request.answer();
};

describe('the cookies of a session', () => {
  it('are out of reach of scripts, foreign pages, other hosts and plain HTTP', async () => {
    const changes: CookieChange[] = [];
    await sessionIn({ getAll: () => [], setAll: (more) => void changes.push(...more) }).write(tokens('ada'), true);
    expect(changes).toHaveLength(2);
    for (const { name, options } of changes) {
      expect(name).toMatch(/^__Host-latchkey/);
      expect(options).toEqual({ httpOnly: true, secure: true, sameSite: 'lax', path: '/', maxAge: 34_560_000 });
    }
    const [plain] = await setPlain();
    expect(plain).toMatchObject({ name: 'latchkey', options: { secure: false } });
  });

  it.each([0, 700, 3_500, 3_600, 8_192, 20_000])('hold an access token of %d characters', async (length) => {
    const browser = new BrowserCookies();
    const session = tokens('ada', length);
    await set(browser, session);
    expect(await sessionIn(browser.request()).read()).toEqual(session);
  });

  it('lose the pieces that shorter tokens leave over', async () => {
    const browser = new BrowserCookies();
    const long = tokens('long', 9_000);
    await set(browser, long);
    expect(browser.all).toHaveLength(4);
    const short = { ...tokens('short'), key: long.key, rotation: 1 };
    await set(browser, short, false);
    expect(browser.all).toHaveLength(2);
    expect(await sessionIn(browser.request()).read()).toEqual(short);
  });

  it.each(['', 'x', '~', '12~a', '12~a~b c', '12~a~b~c', '<script>~a~b'])('are nobody with the value %j', async (value) => {
    const browser = new BrowserCookies();
    const session = tokens('ada');
    await set(browser, session);
    const read = (edit: (value: string) => string) =>
      sessionIn({ getAll: () => browser.all.map((cookie) => ({ ...cookie, value: edit(cookie.value) })) }).read();
    expect(await read((kept) => (kept === session.key ? kept : value))).toBeNull();
    expect(await read((kept) => (kept === session.key ? value : kept))).toBeNull();
  });

  it('are not taken back to older tokens by a late answer', async () => {
    const browser = new BrowserCookies();
    const first = tokens('first');
    await set(browser, first);
    const late = browser.request();
    await sessionIn(late).write({ ...tokens('second'), key: first.key, rotation: 1 }, false);
    for (const rotation of [1, 2, 3]) await set(browser, { ...first, rotation, refreshToken: `lkr_${rotation}` }, false);
    late.answer();
    expect(await sessionIn(browser.request()).read()).toMatchObject({ rotation: 3, refreshToken: 'lkr_3' });
    await set(browser, { ...first, rotation: 10 }, false);
    expect(await sessionIn(browser.request()).read()).toMatchObject({ rotation: 10 });
    expect(browser.all).toHaveLength(2);
  });

  it('of somebody who signed in are not replaced by the late answer to a request of the account before', async () => {
    const browser = new BrowserCookies();
    const ada = tokens('ada');
    await set(browser, ada);
    const late = browser.request();
    await sessionIn(late).write({ ...tokens('ada-2'), key: ada.key, rotation: 1 }, false);
    const bob = tokens('bob');
    await set(browser, bob);
    late.answer();
    expect(await sessionIn(browser.request()).read()).toEqual(bob);
    // What nobody needs is gone with the next write.
    await set(browser, bob, false);
    expect(browser.all).toHaveLength(2);
  });

  it('do not come back after signing out, by an answer that was under way', async () => {
    const browser = new BrowserCookies();
    const ada = tokens('ada');
    await set(browser, ada);
    const late = browser.request();
    await sessionIn(late).write({ ...tokens('ada-2'), key: ada.key, rotation: 1 }, false);
    const leaving = browser.request();
    await sessionIn(leaving).clear();
    leaving.answer();
    expect(browser.all).toEqual([]);
    late.answer();
    expect(await sessionIn(browser.request()).read()).toBeNull();
  });

  it('of a former session that is over take nothing from the present one', async () => {
    const browser = new BrowserCookies();
    const ada = tokens('ada');
    await set(browser, ada);
    const late = browser.request();
    await sessionIn(late).drop(ada.key);
    const bob = tokens('bob');
    await set(browser, bob);
    late.answer();
    expect(await sessionIn(browser.request()).read()).toEqual(bob);
  });

  it('cannot be written where there is no response', async () => {
    await expect(sessionIn({ getAll: () => [] }).write(tokens('ada'), true)).rejects.toThrow('only be read');
  });

  it('name an attempt to refresh: always the same for one token, and not without the key', async () => {
    const { key, refreshToken } = tokens('ada');
    expect(await nameAttempt(key, refreshToken)).toMatch(/^[\da-f]{64}$/);
    expect(await nameAttempt(key, refreshToken)).toBe(await nameAttempt(key, refreshToken));
    expect(await nameAttempt(newSessionKey(), refreshToken)).not.toBe(await nameAttempt(key, refreshToken));
    expect(await nameAttempt(key, 'lkr_next')).not.toBe(await nameAttempt(key, refreshToken));
  });
});

async function setPlain(): Promise<CookieChange[]> {
  const changes: CookieChange[] = [];
  await sessionIn({ getAll: () => [], setAll: (more) => void changes.push(...more) }, false).write(tokens('ada'), true);
  return changes;
}
