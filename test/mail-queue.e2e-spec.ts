import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from '../src/mail/mail.entity.js';
import { type ClaimedMail, MailRepository } from '../src/mail/mail.repository.js';
import { JobWorker } from '../src/jobs/job-worker.js';
import { register } from './support/accounts.js';
import { type TestApp, startApp } from './support/start-app.js';

const LEASE_SECONDS = 60;
const MAX_AGE_HOURS = 24;

interface Job {
  run_at: Date;
  attempts: number;
}

describe('the mail queue', () => {
  let app: TestApp;
  let mails: MailRepository;
  let id: string;
  beforeAll(async () => {
    app = await startApp();
    mails = app.nest.get(MailRepository);
    // What a worker does is done here, step by step.
    await app.nest.get(JobWorker).stop();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    const { email } = await register(app);
    [{ id }] = (await app.rows('SELECT id FROM mails WHERE recipient = $1', [email])) as [{ id: string }];
  });

  const row = async (): Promise<Record<string, unknown>> => {
    const [found] = await app.rows<Record<string, unknown>>('SELECT * FROM mails WHERE id = $1', [id]);
    return found ?? {};
  };
  const jobs = (): Promise<Job[]> => app.rows<Job>('SELECT run_at, attempts FROM graphile_worker.jobs WHERE key = $1', [id]);
  const set = (assignments: string): Promise<object[]> => app.rows(`UPDATE mails SET ${assignments} WHERE id = $1`, [id]);
  const claim = async (): Promise<ClaimedMail> => {
    const claimed = await mails.claim(id, LEASE_SECONDS);
    if (claimed === null) throw new Error('It cannot be claimed');
    return claimed;
  };

  it('gives a mail to one of 20 workers, and to another one once the lease is over', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => mails.claim(id, LEASE_SECONDS)));
    expect(claims.filter((found) => found !== null)).toMatchObject([{ id, attempts: 1 }]);
    await set(`leased_until = now() - interval '1 second'`);
    expect(await claim()).toMatchObject({ id, attempts: 2 });
  });

  it('looks again at a mail that somebody else has when that lease ends', async () => {
    await claim();
    await app.rows(`SELECT graphile_worker.remove_job($1)`, [id]);
    await mails.awaitLease(id);
    const [job] = await jobs();
    const { leased_until: leasedUntil } = await row();
    expect(job?.run_at.getTime()).toBeGreaterThan((leasedUntil as Date).getTime());
    expect(job?.run_at.getTime()).toBeLessThan((leasedUntil as Date).getTime() + 2_000);
  });

  it('tries a mail again after the pause, with its last error on record', async () => {
    const before = Date.now();
    expect(await mails.retry(await claim(), 40, MAX_AGE_HOURS, '451 try later')).toBe(true);
    expect(await row()).toMatchObject({ state: 'queued', attempts: 1, last_error: '451 try later', leased_until: null });
    const [job, ...more] = await jobs();
    expect(more).toEqual([]);
    expect(job?.run_at.getTime()).toBeGreaterThan(before + 35_000);
  });

  it('gives up on a mail that could not be handed over for a day', async () => {
    await set(`created_at = now() - interval '24 hours 1 minute'`);
    await app.rows(`SELECT graphile_worker.remove_job($1)`, [id]);
    expect(await mails.retry(await claim(), 300, MAX_AGE_HOURS, 'connection refused')).toBe(false);
    expect(await row()).toMatchObject({ state: 'failed', last_error: 'connection refused' });
    expect(await jobs()).toEqual([]);
    expect(await mails.claim(id, LEASE_SECONDS)).toBeNull();
  });

  it('listens to nobody who has lost the claim, except that a mail has left', async () => {
    const stalled = await claim();
    await set(`leased_until = now() - interval '1 second'`);
    await claim();
    await mails.close(stalled, 'failed', 'late');
    expect(await mails.retry(stalled, 5, MAX_AGE_HOURS, 'late')).toBe(false);
    expect(await row()).toMatchObject({ state: 'queued', attempts: 2, last_error: null });
    await mails.markSent(stalled.id);
    expect(await row()).toMatchObject({ state: 'sent' });
    expect(await mails.claim(id, LEASE_SECONDS)).toBeNull();
  });

  it('forgets whom a mail greets once it is done', async () => {
    const done: [Mail['state'], (mail: ClaimedMail) => Promise<void>][] = [
      ['sent', (mail) => mails.markSent(mail.id)],
      ['dropped', (mail) => mails.close(mail, 'dropped', 'expired')],
    ];
    for (const [state, finish] of done) {
      await set(`state = 'queued', leased_until = NULL, params = '{"firstName":"Ada"}'`);
      await finish(await claim());
      expect(await row()).toMatchObject({ state, params: {} });
    }
  });

  it('makes a new job for a mail that has lost its own, and only for such a one', async () => {
    await app.rows(`SELECT graphile_worker.remove_job(key) FROM graphile_worker.jobs WHERE key = $1`, [id]);
    expect(await mails.requeueForgotten(120)).toBe(0);
    await set(`due_at = now() - interval '121 seconds'`);
    expect(await mails.requeueForgotten(120)).toBe(1);
    expect(await jobs()).toHaveLength(1);
    expect(await mails.requeueForgotten(120)).toBe(0);
    // One that has its job, however late it is, waits for a worker.
    await set(`due_at = now() - interval '121 seconds'`);
    expect(await mails.requeueForgotten(120)).toBe(0);
  });

  it('keeps what is done with for 30 days, and what is not for as long as it takes', async () => {
    const old = `created_at = now() - interval '31 days'`;
    await set(old);
    await mails.purge(30);
    expect(await row()).toMatchObject({ state: 'queued' });
    for (const state of ['sent', 'dropped', 'failed', 'bounced']) {
      const { email } = await register(app);
      await app.rows(`UPDATE mails SET state = $2, ${old} WHERE recipient = $1`, [email, state]);
      await mails.purge(32);
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toHaveLength(1);
      await mails.purge(30);
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
    }
  });
});
