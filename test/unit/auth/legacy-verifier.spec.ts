import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LegacyVerifier } from '../../../src/auth/legacy/legacy-verifier.service.js';
import type { Caller } from '../../../src/common/caller.js';
import { BusyError, UnavailableError } from '../../../src/common/errors.js';
import { SETTINGS } from '../../../src/capabilities.js';
import { SettingsError, loadSettings } from '../../../src/config/load-settings.js';
import type { Settings } from '../../../src/config/settings.js';
import type { MetricsService } from '../../../src/metrics/metrics.service.js';
import { OLD_SYSTEM_SECRET, OldSystem } from '../../support/old-system.js';
import { poll } from '../../support/poll.js';

const CALLER: Caller = { ip: '192.0.2.7', userAgent: null, requestId: 'r', limits: [] };

describe('LegacyVerifier', () => {
  const old = new OldSystem();
  let verifier: LegacyVerifier;
  const warnings: unknown[] = [];
  beforeAll(async () => {
    const settings = { LEGACY_VERIFY_URL: await old.start(), LEGACY_VERIFY_SECRET: OLD_SYSTEM_SECRET } as Settings;
    const metrics = { counter: () => () => {} } as unknown as MetricsService;
    verifier = new LegacyVerifier(settings, metrics);
  });
  afterAll(() => old.stop());
  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => void warnings.push(message));
    vi.spyOn(Logger.prototype, 'log').mockImplementation((message: unknown) => void warnings.push(message));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    Object.assign(old, { manner: null, busiest: 0 });
    old.asked.length = warnings.length = 0;
  });

  it('sends 16 requests at a time, lets 64 sign-ins wait, and refuses the others at once', async () => {
    const replies: (() => void)[] = [];
    old.manner = (_, __, reply) => {
      replies.push(() => void reply.writeHead(401).end());
      return null;
    };
    let ended = 0;
    const asking = Array.from({ length: 70 }, (_, at) =>
      verifier.ask(`grace${at}`, 'x', CALLER).then(
        () => ((ended += 1), 'no'),
        (error: unknown) => (error instanceof BusyError ? 'busy' : error),
      ),
    );
    await poll('all places taken', () => (replies.length === 16 ? true : undefined));
    for (let at = 0; at < 64; at += 1) (await poll('the next request', () => replies[at]))();
    const outcomes = await Promise.all(asking);
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(6);
    expect(outcomes.filter((outcome) => outcome === 'no')).toHaveLength(64);
    expect([old.busiest, ended]).toEqual([16, 64]);
  });

  it('says once that the old system does not answer, and once that it does again', async () => {
    old.manner = () => ({ status: 500 });
    for (let i = 0; i < 3; i += 1) await expect(verifier.ask('grace', 'x', CALLER)).rejects.toBeInstanceOf(UnavailableError);
    old.manner = null;
    for (let i = 0; i < 3; i += 1) expect(await verifier.ask('grace', 'x', CALLER)).toBeNull();
    expect(warnings).toEqual([expect.objectContaining({ reason: 'it answered 500' }), 'The old system answers again']);
  });
});

describe('LEGACY_VERIFY_…', () => {
  const problemsOf = (environment: Record<string, string>): readonly string[] => {
    try {
      loadSettings(SETTINGS, { NODE_ENV: 'test', APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz', ...environment });
      return [];
    } catch (error) {
      return (error as SettingsError).problems;
    }
  };
  const secret = { LEGACY_VERIFY_SECRET: OLD_SYSTEM_SECRET };

  it.each(['https://old.example.com/verify?tenant=1', 'http://127.0.0.1:8080/verify', 'http://localhost/', 'http://[::1]:1/'])(
    'takes %s',
    (url) => {
      expect(problemsOf({ LEGACY_VERIFY_URL: url, ...secret })).toEqual([]);
    },
  );

  it.each([
    'http://old.example.com/',
    'http://127.example.com/',
    'ftp://localhost/',
    'old.example.com',
    'https://ada:secret@old.example.com/',
    'https://old.example.com/#x',
  ])('refuses %s without repeating it', (url) => {
    const problems = problemsOf({ LEGACY_VERIFY_URL: url, ...secret });
    expect(problems).toEqual([expect.stringMatching(/^LEGACY_VERIFY_URL must be /)]);
    expect(problems.join()).not.toContain('secret');
  });

  it.each(['swordfish', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(90)}`, OLD_SYSTEM_SECRET.slice(6), 'whsec_!!!!'])(
    'refuses the secret %s',
    (value) => {
      expect(problemsOf({ LEGACY_VERIFY_URL: 'https://old.example.com/', LEGACY_VERIFY_SECRET: value })).toEqual([
        'LEGACY_VERIFY_SECRET must be whsec_ and the base64 of 24 to 64 random bytes',
      ]);
    },
  );

  it('belong together', () => {
    expect(problemsOf({ LEGACY_VERIFY_URL: 'https://old.example.com/' })).toEqual([
      'LEGACY_VERIFY_SECRET must be set, because LEGACY_VERIFY_URL is',
    ]);
    expect(problemsOf({ LEGACY_VERIFY_UNKNOWN: 'true' })).toEqual(['LEGACY_VERIFY_UNKNOWN needs LEGACY_VERIFY_URL']);
  });
});
