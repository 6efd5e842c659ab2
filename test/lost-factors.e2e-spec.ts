import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DelayedResetJobs } from '../src/auth/lost-factors/delayed-reset-jobs.service.js';
import { DatabaseService } from '../src/database/database.service.js';
import { momentInWords } from '../src/mail/moment.js';
import { SmsQueue } from '../src/sms/sms-queue.service.js';
import { signIn } from './support/accounts.js';
import { DeletionFlow } from './support/account-deletion.js';
import { NEW_PASSWORD, ResetFlow } from './support/password-reset.js';
import { poll } from './support/poll.js';
import { plantTotp, factorsOf } from './support/second-factor.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const WAIT_PAGE = '/account/reset-password/wait';
const STOP_PAGE = '/account/stop-reset';

let serial = 0;

/** A text without its line breaks, which depend on the lengths of names. */
const words = (text: string | null): string => String(text).replaceAll(/\s+/g, ' ');

describe('a reset for somebody who has lost the second factor', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const flow = new ResetFlow(() => app);
  const deletion = new DeletionFlow(() => app);
  const ask = (body: object, to = app): Promise<Answer> => to.post('/v1/auth/password/reset/delayed', body);
  const jobs = (): DelayedResetJobs => app.nest.get(DelayedResetJobs, { strict: false });
  const submit = (path: string, fields: Record<string, string>): Promise<Answer> =>
    app.post(path, new URLSearchParams(fields).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const waiterOf = async () => {
    const user = await deletion.proven();
    const totp = await plantTotp(app, user.id);
    return { ...user, totp, mail: await flow.mailFor(user.email) };
  };
  /** Somebody who has asked; `notice` is the mail about it. */
  const waiting = async () => {
    const user = await waiterOf();
    const answer = await ask({ token: user.mail.token });
    expect(answer.status).toBe(202);
    const notice = await app.mailbox.newest(user.email, user.mail);
    const [waiver] = await app.rows<{ id: string }>('SELECT id FROM factor_waivers WHERE user_id = $1', [user.id]);
    return { ...user, answer, notice, waiverId: String(waiver?.id) };
  };
  /** Lets the wait be over, as if it had begun a day earlier. */
  const passTime = (userId: string): Promise<object[]> =>
    app.rows(
      `UPDATE factor_waivers SET asked_at = asked_at - interval '24 hours', due_at = due_at - interval '24 hours', ends_at = ends_at - interval '24 hours' WHERE user_id = $1`,
      [userId],
    );
  const events = async (id: string): Promise<string[]> =>
    (
      await app.rows<{ action: string }>(
        `SELECT action FROM audit_events WHERE subject_id = $1 AND outcome = 'success' AND (action LIKE 'password.%' OR action LIKE 'authenticators.%') ORDER BY id`,
        [id],
      )
    ).map(({ action }) => action);

  it('takes effect after a day, of which the owner is told, and then needs no factor', async () => {
    const user = await waiting();
    const due = new Date(user.answer.body.dueAt).getTime();
    expect(Math.abs(due - Date.now() - 86_400_000)).toBeLessThan(60_000);
    expect(user.notice.subject).toContain('without your second factor');
    const opensAt = momentInWords(new Date(due));
    expect(words(user.notice.text)).toContain(`From ${opensAt} on they can choose a new password`);
    expect(user.notice.links.some((link) => link.startsWith(`${app.settings.PUBLIC_URL}${STOP_PAGE}?token=`))).toBe(true);
    // The link that it was asked for by is used up, and a new one needs the factor still.
    expect((await flow.reset({ token: user.mail.token })).body.code).toBe('challenge.invalid');
    const early = await flow.mailFor(user.email);
    expect((await flow.reset({ token: early.token })).body.code).toBe('auth.second_factor_required');
    const queued = await app.rows<{ task: string; hours: number }>(
      `SELECT task_identifier AS task, round(extract(epoch FROM run_at - now()) / 3600)::int AS hours FROM graphile_worker.jobs j
       WHERE task_identifier LIKE '%delayed_reset' AND (SELECT payload FROM graphile_worker._private_jobs p WHERE p.id = j.id)->>'id' = $1 ORDER BY run_at`,
      [user.waiverId],
    );
    expect(queued).toEqual([
      { task: 'remind_delayed_reset', hours: 18 },
      { task: 'open_delayed_reset', hours: 24 },
    ]);
    await jobs().remind(user.waiverId);
    const reminder = await app.mailbox.newest(user.email, early);
    expect(reminder.subject).toMatch(/^Soon /);
    expect(words(reminder.text)).toContain(`On ${opensAt} we send a link`);
    expect((await app.get(`${STOP_PAGE}?token=${user.notice.token}`)).status).toBe(200);
    expect((await app.get(`${STOP_PAGE}?token=${reminder.token}`)).status).toBe(200);
    await passTime(user.id);
    await jobs().open(user.waiverId);
    const ready = await app.mailbox.newest(user.email, reminder);
    expect(ready.subject).toContain('the wait is over');
    const page = await app.get(`/account/reset-password?token=${ready.token}`);
    expect(page.text).not.toContain('name="factor"');
    expect((await flow.reset({ token: ready.token })).status).toBe(204);
    expect(await app.rows('SELECT factors, mfa_required_at IS NOT NULL AS required FROM users WHERE id = $1', [user.id])).toEqual([
      { factors: [], required: true },
    ]);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(401);
    expect(await events(user.id)).toEqual([
      'password.reset_requested',
      'password.delayed_reset_requested',
      'password.reset_requested',
      'password.delayed_reset_due',
      'authenticators.removed',
      'password.reset',
    ]);
    expect(await app.rows('SELECT id FROM factor_waivers WHERE user_id = $1', [user.id])).toEqual([]);
  });

  it('is told by text message, too, to a number that its owner has proven, and to no other', async () => {
    serial += 1;
    const number = `+1212555${String(2_000 + serial)}`;
    const user = await waiterOf();
    await app.rows(`UPDATE users SET mobile = $2, mobile_key = $2, mobile_verified_at = now(), mobile_claimed = false WHERE id = $1`, [
      user.id,
      number,
    ]);
    const answer = await ask({ token: user.mail.token });
    const told = await app.mailbox.newest(number);
    const text = String(told.text);
    expect(text).toMatch(
      /^Latchkey: somebody asked to reset your password without your second factor, from \d{4}-\d\d-\d\d \d\d:\d\d UTC on\./,
    );
    expect(text).toContain(answer.body.dueAt.slice(0, 16).replace('T', ' '));
    expect(text.length).toBeLessThanOrEqual(250);
    const [waiver] = await app.rows<{ id: string }>('SELECT id FROM factor_waivers WHERE user_id = $1', [user.id]);
    await jobs().remind(String(waiver?.id));
    expect((await app.mailbox.newest(number, told)).text).toBe(text);

    const unproven = await waiterOf();
    const strange = `+1212555${String(3_000 + serial)}`;
    await app.rows(`UPDATE users SET mobile = $2, mobile_key = $2, mobile_verified_at = NULL WHERE id = $1`, [unproven.id, strange]);
    expect((await ask({ token: unproven.mail.token })).status).toBe(202);
    await app.mailbox.newest(unproven.email, unproven.mail);
    const jobsOf = await app.rows(
      `SELECT task_identifier AS task FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p ON p.id = j.id
       WHERE p.payload->>'id' = (SELECT id::text FROM factor_waivers WHERE user_id = $1) ORDER BY 1`,
      [unproven.id],
    );
    expect(jobsOf).toEqual([{ task: 'open_delayed_reset' }, { task: 'remind_delayed_reset' }]);
    expect(app.mailbox.count(strange)).toBe(0);
  });

  it('that was stopped before the text message went out texts nobody', async () => {
    const user = await waiting();
    await app.rows(`UPDATE users SET mobile = $2, mobile_key = $2, mobile_verified_at = now() WHERE id = $1`, [user.id, '+12125554001']);
    await app.post(STOP_PAGE, new URLSearchParams({ token: user.notice.token }).toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await app.nest.get(DatabaseService).transaction(() => app.nest.get(SmsQueue).enqueueNotice(user.waiverId));
    await poll('the job to be done', async () =>
      (await app.rows(`SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'send_sms_notice'`)).length === 0 ? true : undefined,
    );
    expect(app.mailbox.count('+12125554001')).toBe(0);
  });

  it('is stopped by the link of the notice, once, and the page says what to do', async () => {
    const user = await waiting();
    const page = await app.get(`${STOP_PAGE}?token=${user.notice.token}`);
    expect(page.text).toContain(`<form method="post" action="${STOP_PAGE}">`);
    await passTime(user.id);
    const stopped = await submit(STOP_PAGE, { token: user.notice.token });
    expect([stopped.status, stopped.text.includes('<h1>The reset is stopped</h1>')]).toEqual([200, true]);
    expect((await submit(STOP_PAGE, { token: user.notice.token })).status).toBe(400);
    await jobs().open(user.waiverId);
    expect(await app.rows(`SELECT kind FROM mails WHERE user_id = $1 AND kind = 'reset-due'`, [user.id])).toEqual([]);
    const { token } = await flow.mailFor(user.email);
    expect((await flow.reset({ token })).body.code).toBe('auth.second_factor_required');
    expect(await factorsOf(app, user.id)).toEqual(['totp']);
    expect(await events(user.id)).toContain('password.delayed_reset_stopped');
  });

  it('is stopped by the API as well', async () => {
    const user = await waiting();
    expect((await app.post('/v1/auth/password/reset/stop', { token: user.notice.token })).status).toBe(204);
    expect(await app.rows('SELECT id FROM factor_waivers WHERE user_id = $1', [user.id])).toEqual([]);
  });

  it('is stopped by any use of a factor, which shows that it is not lost', async () => {
    const user = await waiting();
    await passTime(user.id);
    await app.rows('UPDATE authenticators SET last_used_at = now() WHERE user_id = $1', [user.id]);
    await jobs().open(user.waiverId);
    const { token } = await flow.mailFor(user.email);
    expect((await flow.reset({ token })).body.code).toBe('auth.second_factor_required');
    expect(
      await app.rows(
        `SELECT details->>'reason' AS reason FROM audit_events WHERE subject_id = $1 AND action = 'password.delayed_reset_stopped'`,
        [user.id],
      ),
    ).toEqual([{ reason: 'factor-used' }]);
  });

  it('is neither shortened nor prolonged by asking again', async () => {
    const user = await waiting();
    await app.rows(`UPDATE factor_waivers SET due_at = due_at - interval '1 hour' WHERE user_id = $1`, [user.id]);
    const again = await ask({ token: (await flow.mailFor(user.email)).token });
    expect(new Date(user.answer.body.dueAt).getTime() - new Date(again.body.dueAt).getTime()).toBe(3_600_000);
    expect(await app.rows(`SELECT kind FROM mails WHERE user_id = $1 AND kind = 'reset-delayed'`, [user.id])).toHaveLength(1);
  });

  it('can be used for three days', async () => {
    const user = await waiting();
    await passTime(user.id);
    await app.rows(`UPDATE factor_waivers SET ends_at = now() WHERE user_id = $1`, [user.id]);
    const { token } = await flow.mailFor(user.email);
    expect((await flow.reset({ token })).body.code).toBe('auth.second_factor_required');
  });

  it('happens once, however many ask at the same time', async () => {
    const user = await waiting();
    await passTime(user.id);
    await jobs().open(user.waiverId);
    const { token } = await app.mailbox.newest(user.email, user.notice);
    const answers = await Promise.all(Array.from({ length: 8 }, () => flow.reset({ token })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('is asked for by the button of the page', async () => {
    const user = await waiterOf();
    const page = await app.get(`/account/reset-password?token=${user.mail.token}`);
    expect(page.text).toContain(`<form method="post" action="${WAIT_PAGE}">`);
    const begun = await submit(WAIT_PAGE, { token: user.mail.token });
    expect([begun.status, begun.text.includes('<h1>You can choose a new password in 24 hours</h1>')]).toEqual([200, true]);
    const { token } = await flow.mailFor(user.email);
    expect((await app.get(`/account/reset-password?token=${token}`)).text).not.toContain(WAIT_PAGE);
  });

  it('is none for administrators, and their link stays good', async () => {
    const user = await waiterOf();
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [user.id]);
    const refused = await ask({ token: user.mail.token });
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.second_factor_required']);
    expect((await app.get(`/account/reset-password?token=${user.mail.token}`)).text).not.toContain(WAIT_PAGE);
    expect((await submit(WAIT_PAGE, { token: user.mail.token })).status).toBe(403);
    expect((await flow.reset({ token: user.mail.token, totp: user.totp.code() })).status).toBe(204);
  });

  it('does not help somebody who became an administrator during the wait', async () => {
    const user = await waiting();
    await passTime(user.id);
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [user.id]);
    const { token } = await flow.mailFor(user.email);
    expect((await flow.reset({ token })).body.code).toBe('auth.second_factor_required');
  });

  it('is none for accounts that need no factor: they have their link', async () => {
    const { mail, email } = await flow.candidate();
    expect((await ask({ token: mail.token })).body.code).toBe('auth.second_factor_required');
    expect((await flow.reset({ token: mail.token })).status).toBe(204);
    await signIn(app, email, NEW_PASSWORD);
  });

  it('is none where the installation has none', async () => {
    // Before the second server starts: each sends mails that the other has queued.
    const user = await waiterOf();
    const strict = await startApp({ RESET_WITHOUT_FACTOR_HOURS: '0' }, app.settings.DATABASE_URL);
    try {
      expect((await ask({ token: user.mail.token }, strict)).status).toBe(403);
    } finally {
      await strict.stop();
    }
  });

  it('tells a stranger with a wrong code nothing', async () => {
    const user = await waiterOf();
    const wrong = await ask({ identifier: user.email, code: '00000000' });
    const unknown = await ask({ identifier: 'nobody@example.com', code: '00000000' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'challenge.invalid']);
    expect([unknown.status, unknown.body.code]).toEqual([400, 'challenge.invalid']);
  });
});
