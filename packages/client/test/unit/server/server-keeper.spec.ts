import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/result.js';
import { ServerKeeper } from '../../../src/server/server-keeper.js';
import { SessionCookies } from '../../../src/server/session-cookies.js';
import { BrowserCookies } from '../../support/browser-cookies.js';

/** An access token of a session. */
const tokenOf = (sid: string, serial: number): string => `h.${Buffer.from(JSON.stringify({ sid })).toString('base64url')}.${serial}`;

const make = async () => {
  const exchanged: string[] = [];
  const ended: string[] = [];
  const keeper = new ServerKeeper(new SessionCookies(new BrowserCookies().request(), 'latchkey', true), {
    exchange: async (refreshToken) => {
      exchanged.push(refreshToken);
      const serial = exchanged.length;
      return ok({ accessToken: tokenOf('one', serial), refreshToken: `lkr_${serial}`, tokenType: 'Bearer', expiresIn: 900 });
    },
    end: async (refreshToken) => {
      ended.push(refreshToken);
      return ok(null);
    },
  });
  const open = (sid: string, refreshToken: string) =>
    keeper.open({ accessToken: tokenOf(sid, 0), refreshToken, expiresAt: Date.now() - 1, user: {} as never, version: 1 });
  await open('one', 'lkr_0');
  return { keeper, open, exchanged, ended };
};

describe('the keeper of a session on a server', () => {
  it('exchanges once in a request, however often its tokens are refused', async () => {
    const { keeper, exchanged } = await make();
    const tokens = await Promise.all([keeper.fresh(), keeper.fresh(), keeper.refresh()]);
    expect(tokens.map(({ data }) => data?.accessToken)).toEqual(Array.from({ length: 3 }, () => tokenOf('one', 1)));
    expect((await keeper.refresh(tokenOf('one', 1))).data?.accessToken).toBe(tokenOf('one', 1));
    expect(exchanged).toEqual(['lkr_0']);
  });

  it('answers for the session that asked only, and ends the one that another replaces', async () => {
    const { keeper, open, exchanged, ended } = await make();
    await open('two', 'lkr_two');
    expect((await keeper.refresh(tokenOf('one', 0))).error?.code).toBe('client.session_changed');
    expect([exchanged, ended]).toEqual([[], ['lkr_0']]);
    // Nor is the one that replaced it closed on behalf of the former.
    await keeper.close(tokenOf('one', 0));
    expect((await keeper.read())?.accessToken).toBe(tokenOf('two', 0));
  });
});
