import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../src/capabilities.js';
import { harmfulSettings, tooFewFiles } from '../../../src/config/harm.js';
import { loadSettings } from '../../../src/config/load-settings.js';
import { connectionsOf, tooManyNodes } from '../../../src/database/capacity.js';

const settingsWith = (env: Record<string, string> = {}) =>
  loadSettings(SETTINGS, { NODE_ENV: 'test', APP_SECRET: 'x', DATABASE_URL: 'postgres://x/y', ...env });
const limits = (files: number): string =>
  `Limit   Soft Limit  Hard Limit  Units\nMax open files            ${files}                 524288               files\n`;

describe('settings that harm', () => {
  it('are none of the defaults', () => {
    expect(harmfulSettings(SETTINGS, settingsWith())).toEqual([]);
  });

  it('are access tokens that live for a day: they make the window of ended sessions 96 times as large', () => {
    const found = harmfulSettings(SETTINGS, settingsWith({ ACCESS_TOKEN_TTL_SECONDS: '86400' }));
    expect(found).toEqual([{ finding: expect.stringContaining('ACCESS_TOKEN_TTL_SECONDS=86400'), advice: expect.any(String) }]);
    expect(found[0]?.finding).toContain('96 times');
    expect(harmfulSettings(SETTINGS, settingsWith({ ACCESS_TOKEN_TTL_SECONDS: '3600' }))).toEqual([]);
  });

  it('are fewer file descriptors than connections', () => {
    expect(tooFewFiles(16, limits(1_024))).toEqual([
      { finding: expect.stringContaining('may open 1024 files'), advice: expect.any(String) },
    ]);
    expect(tooFewFiles(16, limits(65_536))).toEqual([]);
    // Not Linux, or without a limit.
    expect(tooFewFiles(16, '')).toEqual([]);
    expect(tooFewFiles(16, 'Max open files            unlimited            unlimited            files\n')).toEqual([]);
  });

  it('are pools that need more connections than the database has, unless a pooler stands between', () => {
    const settings = settingsWith({ DATABASE_POOL_SIZE: '30', REDIS_URL: 'redis://x' });
    expect(connectionsOf(settings)).toBe(36);
    expect(connectionsOf(settingsWith({ DATABASE_POOL_SIZE: '30', MAIL_CONCURRENCY: '20' }))).toBe(52);
    expect(tooManyNodes({ connections: 97, nodes: 2 }, settings)).toEqual([]);
    expect(tooManyNodes({ connections: 97, nodes: 3 }, settings)).toMatchObject([
      { finding: expect.stringContaining('up to 108 connections') },
    ]);
    const pooled = settingsWith({ DATABASE_POOL_SIZE: '30', REDIS_URL: 'redis://x', DATABASE_DIRECT_URL: 'postgres://x/y' });
    expect(tooManyNodes({ connections: 97, nodes: 3 }, pooled)).toEqual([]);
    // The node that asks may not be connected yet.
    expect(tooManyNodes({ connections: 20, nodes: 0 }, settings)).toMatchObject([{ finding: expect.stringContaining('1 node needs') }]);
  });

  it('are more nodes than the feed bears, and several nodes without a common count of rate limits', () => {
    const settings = settingsWith({ REDIS_URL: 'redis://x' });
    expect(tooManyNodes({ connections: 100_000, nodes: 1_001 }, settings)).toMatchObject([
      { finding: expect.stringContaining('1001 nodes') },
    ]);
    expect(tooManyNodes({ connections: 100_000, nodes: 1_000 }, settings)).toEqual([]);
    expect(tooManyNodes({ connections: 100, nodes: 2 }, settingsWith())).toMatchObject([{ advice: 'set REDIS_URL' }]);
  });
});
