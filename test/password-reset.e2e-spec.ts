import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordResetRequestService } from '../src/auth/password-reset/password-reset-request.service.js';
import { PasswordResetService } from '../src/auth/password-reset/password-reset.service.js';
import { newId } from '../src/common/ids.js';
import { GrantedReset } from '../src/contracts/test-library/granted-reset.service.js';
import type { Caller } from '../src/common/caller.js';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { NEW_PASSWORD, ResetFlow, wrongCode } from './support/password-reset.js';
import { TOLD_MS, poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const CHROME = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

describe('resetting a password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
  });
  afterAll(() => app.stop());

  const { forgot, check, reset, mailFor, candidate } = new ResetFlow(() => app);
  const login = (identifier: string, password: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });
  const isVerified = async (id: string): Promise<boolean> =>
    (await app.rows('SELECT id FROM users WHERE id = $1 AND email_verified_at IS NOT NULL', [id])).length === 1;

  it.each(['link', 'code'])('sets the new password by the %s, ends everything from before and tells the owner', async (by) => {
    const user = await signedIn(app);
    const mail = await mailFor(user.email);
    expect(mail.subject).toBe('Choose a new password for Latchkey');
    const proof = by === 'link' ? { token: mail.token } : { identifier: user.email, code: mail.secretCode };
    expect((await check(proof)).status).toBe(204);

    const done = await reset(proof, { headers: { 'user-agent': CHROME }, remoteAddress: '192.0.2.7' });
    expect([done.status, done.text]).toEqual([204, '']);
    expect(done.headers['set-cookie']).toBeUndefined();
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.code).toBe('token.revoked');
    expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(401);
    expect((await login(user.email, PASSWORD)).status).toBe(401);
    await signIn(app, user.email, NEW_PASSWORD);

    const notice = await app.mailbox.newest(user.email, mail);
    expect(notice.subject).toBe('Your Latchkey password was changed');
    expect(notice.text).toContain('Device: Chrome on macOS');
    expect(notice.text).toContain('IP address: 192.0.2.7');
    expect(notice.text).toMatch(/When: \d{1,2} \w+ \d{4} at \d\d:\d\d UTC/);
    expect(new Set(notice.links)).toEqual(new Set([`${app.settings.PUBLIC_URL}/account/disavow?token=${notice.token}`]));
    const events = await app.rows<{ action: string }>(
      "SELECT action FROM audit_events WHERE subject_id = $1 AND outcome = 'success' ORDER BY id",
      [user.id],
    );
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['password.reset_requested', 'email.verified', 'password.reset', 'sessions.ended']),
    );
  });

  it('takes any identifier, and mails the stored address only', async () => {
    const username = `Joan.${process.pid}`;
    const mobile = '+1 202 555 0163';
    const email = freshEmail('Joan');
    await register(app, { email, username, mobile });
    for (const identifier of [` ${email.toUpperCase()} `, username.toLowerCase(), '2025550163']) {
      const mail = await mailFor(email, identifier);
      expect(mail.to).toEqual([email]);
      expect((await check({ identifier, code: mail.secretCode })).status).toBe(204);
    }
  });

  describe('asked for by a stranger', () => {
    it('answers alike for known, unknown, unverified, verified and disabled accounts, and for those without an address', async () => {
      const unverified = await register(app);
      const verified = await candidate();
      await reset({ token: verified.mail.token });
      const disabled = await register(app);
      await app.mailbox.newest(disabled.email);
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
      await app.post('/v1/auth/register', { mobile: '+1 202 555 0164', password: PASSWORD });

      const seen = [];
      for (const identifier of [
        unverified.email,
        verified.email,
        disabled.email,
        '+12025550164',
        freshEmail(),
        'nobody-here',
        '99999999',
        'no@address@here',
        ' ',
      ]) {
        const { status, text, headers } = await forgot(identifier);
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        seen.push({ status, text, headers: rest });
      }
      expect(seen[0]).toMatchObject({ status: 202, text: '' });
      for (const each of seen) expect(each).toEqual(seen[0]);
      expect(await app.rows("SELECT id FROM mails WHERE kind = 'reset-password' AND user_id = $1", [disabled.id])).toEqual([]);
    });

    it('answers alike to codes for unknown accounts and wrong codes', async () => {
      const { email, mail } = await candidate();
      const other = await register(app);
      const seen = [];
      for (const identifier of [email, other.email, freshEmail(), 'nobody-here']) {
        for (const ask of [check, reset]) {
          const { status, body } = await ask({ identifier, code: wrongCode(mail.secretCode) });
          seen.push({ status, body: { ...body, requestId: '' } });
        }
      }
      expect(seen[0]).toMatchObject({ status: 400, body: { code: 'challenge.invalid' } });
      for (const each of seen) expect(each).toEqual(seen[0]);
    });

    it('builds the link from configuration, whatever the request says its host is', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      await forgot(email, {
        headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://evil.test', forwarded: 'host=evil.test' },
      });
      const mail = await app.mailbox.newest(email, before);
      expect(mail.links.length).toBeGreaterThan(0);
      expect(mail.links.every((link) => link.startsWith(`${app.settings.PUBLIC_URL}/account/reset-password?token=`))).toBe(true);
      expect(`${mail.html}${mail.text}`).not.toContain('evil');
    });
  });

  it('takes the account from a stranger who registered the address', async () => {
    const stranger = await signedIn(app);
    expect(await isVerified(stranger.id)).toBe(false);
    const mail = await mailFor(stranger.email);
    expect((await reset({ identifier: stranger.email, code: mail.secretCode })).status).toBe(204);
    expect(await isVerified(stranger.id)).toBe(true);
    expect((await app.get('/v1/users/me', { token: stranger.accessToken })).status).toBe(401);
    expect((await login(stranger.email, stranger.password)).status).toBe(401);
  });

  describe('when a password is refused', () => {
    it.each(['short', 'x'.repeat(129), 'own address'])('uses up neither link nor code nor a try (%#)', async (bad) => {
      const { id, email, mail } = await candidate();
      const newPassword = bad === 'own address' ? `my ${email}` : bad;
      for (let i = 0; i < 7; i += 1) {
        expect((await reset({ identifier: email, code: mail.secretCode, newPassword })).body.errors[0].pointer).toBe('/newPassword');
        expect((await reset({ token: mail.token, newPassword })).status).toBe(422);
      }
      const [tally] = await app.rows<{ tries: number }>(
        'SELECT c.tries FROM challenges c WHERE user_id = $1 AND consumed_at IS NULL AND purpose = $2',
        [id, 'reset-password'],
      );
      expect(tally?.tries).toBe(0);
      expect((await reset({ identifier: email, code: mail.secretCode })).status).toBe(204);
    });

    it('says so before it looks at the code', async () => {
      const { email, mail } = await candidate();
      expect((await reset({ identifier: email, code: wrongCode(mail.secretCode), newPassword: 'short' })).status).toBe(422);
      expect((await reset({ identifier: freshEmail(), code: mail.secretCode, newPassword: 'short' })).status).toBe(422);
    });
  });

  describe('for other wire formats', () => {
    const caller: Caller = { ip: '127.0.0.1', userAgent: null, requestId: 'test', limits: [] };
    const service = (): PasswordResetService => app.nest.get(PasswordResetService);
    const granted = (): GrantedReset => app.nest.get(GrantedReset);
    const LEGACY = { policy: 'legacy' } as const;
    const OTP = { clientId: 'test-library', ttlSeconds: 900 } as const;

    it('gives a grant that takes the code of its mail, and works once', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      const { found, grant } = await granted().request(email, caller, OTP);
      expect(found).toBe(true);
      const mail = await app.mailbox.newest(email, before);
      expect(mail.text).toContain('15 minutes');
      expect(grant).not.toContain(mail.secretCode);
      await expect(granted().reset({ grant, code: wrongCode(mail.secretCode) }, 'abc123', caller, LEGACY)).rejects.toMatchObject({
        code: 'challenge.invalid',
      });
      await granted().reset({ grant, code: mail.secretCode }, 'abc123', caller, LEGACY);
      await expect(granted().reset({ grant, code: mail.secretCode }, 'abc124', caller, LEGACY)).rejects.toMatchObject({
        code: 'challenge.invalid',
      });
      await signIn(app, email, 'abc123');
    });

    it('gives strangers a grant that looks the same and is good for nothing', async () => {
      const { email } = await register(app);
      const real = await granted().request(email, caller, OTP);
      const decoy = await granted().request(freshEmail(), caller, OTP);
      expect(decoy.found).toBe(false);
      expect(decoy.grant).toMatch(/^lkg_[\w-]{64}$/);
      expect(decoy.grant).toHaveLength(real.grant.length);
      const tried = (grant: string) => granted().reset({ grant, code: '123456' }, 'abc123', caller, LEGACY);
      await expect(tried(decoy.grant)).rejects.toMatchObject({ code: 'challenge.invalid' });
      const forged = `${real.grant.slice(0, -1)}${real.grant.endsWith('A') ? 'B' : 'A'}`;
      for (const grant of [forged, '', 'x', real.grant.slice(4)])
        await expect(tried(grant)).rejects.toMatchObject({ code: 'token.invalid' });
      expect((await reset({ token: real.grant })).status).toBe(400);
    });

    it('checks a code by the id of its challenge', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      const { challengeId } = await app.nest.get(PasswordResetRequestService).request(email, caller);
      const mail = await app.mailbox.newest(email, before);
      expect(await service().check({ challengeId: challengeId!, code: mail.secretCode }, caller)).toBe(mail.token);
      await expect(service().check({ challengeId: newId(), code: mail.secretCode }, caller)).rejects.toMatchObject({
        code: 'challenge.invalid',
      });
    });

    it('gives for a checked code the token of the link, of that account only; the code stays good', async () => {
      const { email, mail } = await candidate();
      const other = await register(app);
      const token = await service().check({ identifier: email, code: mail.secretCode }, caller);
      expect(token).toBe(mail.token);
      await expect(service().check({ identifier: other.email, token }, caller)).rejects.toMatchObject({ code: 'challenge.invalid' });
      expect(await service().check({ identifier: email, token }, caller)).toBe(token);
      expect((await check({ identifier: email, code: mail.secretCode })).status).toBe(204);
      await service().reset({ identifier: email, token }, NEW_PASSWORD, caller);
    });
  });

  it('ends sessions on other nodes within a second', async () => {
    const user = await signedIn(app);
    const mail = await mailFor(user.email);
    // Not before: of two nodes either may deliver a mail, each to its own mailbox.
    const second = await startApp({}, app.settings.DATABASE_URL);
    expect((await second.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);
    await reset({ token: mail.token });
    await poll(
      'the other node to know',
      async () => ((await second.get('/v1/users/me', { token: user.accessToken })).status === 401 ? true : undefined),
      TOLD_MS,
    );
    await second.stop();
  });
});
