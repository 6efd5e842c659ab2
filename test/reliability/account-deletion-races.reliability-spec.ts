import { MailerService } from '@nestjs-modules/mailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountDeletionService } from '../../src/auth/account/account-deletion.service.js';
import { PASSWORD, signedIn } from '../support/accounts.js';
import { CALLER, authorized } from '../support/authorized.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { dump } from '../support/tables.js';

const ME = '/v1/users/me';
const WRONG = 'four bright birds sang';

describe('deleting an account while something else of it is under way', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it.each([
    ['is handed over', async () => {}],
    ['fails for now', () => Promise.reject(Object.assign(new Error('try later'), { responseCode: 451 }))],
    ['fails for good', () => Promise.reject(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))],
  ])('does not mind that a mail %s whose row is gone', async (_, outcome) => {
    // A node of its own, so that no other one sends the mail.
    const single = await startApp();
    let asked = (): void => {};
    let finish = (): void => {};
    const sending = new Promise<void>((resolve) => (asked = resolve));
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const sendMail = async (): Promise<void> => {
      asked();
      await finished;
      return outcome();
    };
    Object.assign(single.nest.get(MailerService), { sendMail });
    try {
      const user = await signedIn(single);
      await sending;
      expect((await single.call('DELETE', ME, { token: user.accessToken, body: { password: PASSWORD } })).status).toBe(204);
      finish();
      await poll('the job to be done', async () =>
        (await single.rows('SELECT id FROM graphile_worker.jobs')).length === 0 ? true : undefined,
      );
      expect(await single.rows('SELECT id FROM mails')).toEqual([]);
      expect(single.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    } finally {
      await single.stop();
    }
  });

  it('fails in nothing else than saying so, and leaves nothing behind', async () => {
    for (let round = 0; round < 5; round += 1) {
      const user = await signedIn(app, { username: `Race.${round}.${process.pid}` });
      const { accessToken: token, refreshToken, email, id } = user;
      const requests = [
        () => app.post('/v1/auth/login', { identifier: email, password: PASSWORD }),
        () => app.post('/v1/auth/login', { identifier: email, password: WRONG }),
        () => app.post('/v1/auth/refresh', { refreshToken }),
        () => app.post('/v1/auth/email/verification', { email }),
        () => app.post('/v1/auth/password/forgot', { identifier: email }),
        () => app.call('PATCH', ME, { token, body: { firstName: 'Race' } }),
        // Broken off where the database stops answering in the middle of it.
        () => app.get(`${ME}/export`, { token }).catch((error: Error) => ({ status: /destroyed/.test(error.message) ? 503 : 500 })),
        () => app.post('/v1/auth/logout-all', undefined, { token }),
        () => app.call('DELETE', ME, { token, body: { password: PASSWORD } }),
      ];
      const deletion = app.call('DELETE', ME, { token, body: { password: PASSWORD } });
      // Spread over the time that the password takes to be compared.
      const answers = await Promise.all(
        Array.from({ length: 48 }, async (_, i) => {
          await new Promise((resolve) => setTimeout(resolve, i * 4));
          return requests[i % requests.length]?.();
        }),
      );
      const statuses = [...answers, await deletion].map((answer) => answer?.status ?? 0);
      const unasked = answers.filter((_, i) => [3, 4].includes(i % requests.length)).map((answer) => answer?.status);
      expect(unasked.filter((status) => status !== 202 && status !== 503)).toEqual([]);
      // A machine that is busy with other things may say so; then nothing was done.
      expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
      // Whoever signed everywhere out was faster than the deletion, perhaps.
      await poll('the account to be gone', async () => {
        const last = authorized(app, id, 'deletion');
        return last
          .then((leave) => app.nest.get(AccountDeletionService).delete(leave, CALLER))
          .then(
            () => true,
            (error: { code?: string }) => (error.code === 'user.not_found' ? true : undefined),
          );
      });
      const tables = [...(await dump(app))].filter(([, rows]) => rows.some((row) => row.includes(id)));
      expect(tables.map(([table]) => table)).toEqual(['public.audit_events']);
    }
    // That two requests wait for each other would be answered with 503 as well.
    expect(app.logs.filter((line) => /deadlock|40P01/.test(line))).toEqual([]);
  });
});
