import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitForDatabase } from '../../src/database/wait-for-database.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** Longer than any test takes. */
const PATIENT = { totalMs: 600_000, restMs: 10 };

describe('a start whose database is not ready', () => {
  let proxy: TcpProxy;
  let notes: string[];
  beforeAll(async () => {
    proxy = await TcpProxy.start(await createDatabase());
  });
  beforeEach(() => {
    notes = [];
  });
  afterAll(() => proxy.stop());

  const wait = (url: string, patience = PATIENT): Promise<void> => waitForDatabase(url, (line) => notes.push(line), patience);

  it('waits for it, and says so once', async () => {
    proxy.refuse();
    const waiting = wait(proxy.url);
    await poll('the note', async () => (notes.length > 0 ? true : undefined));
    proxy.heal();
    await waiting;
    expect(notes).toEqual([expect.stringMatching(/^The database is not ready yet, waiting up to 600 s: /)]);
  });

  it('says nothing when it is ready', async () => {
    await wait(proxy.url);
    expect(notes).toEqual([]);
  });

  it('does not wait for what does not pass by itself', async () => {
    const nowhere = new URL(proxy.url);
    nowhere.pathname = '/there_is_no_such_database';
    await expect(wait(nowhere.href)).rejects.toMatchObject({ code: '3D000' });
    expect(notes).toEqual([]);
  });

  it('gives up in the end, with the reason', async () => {
    proxy.refuse();
    await expect(wait(proxy.url, { totalMs: 0, restMs: 10 })).rejects.toThrow(/ECONNRESET|terminated/);
    proxy.heal();
  });
});
