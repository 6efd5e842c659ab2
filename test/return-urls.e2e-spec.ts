import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signedIn } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const LISTED = 'https://app.example.com/welcome';
const OTHER = 'http://localhost:5173/settings?tab=mail&x=%3Cb%3E';
const NEW_PASSWORD = 'seven calm rivers run';

/** What must not lead anywhere, though it resembles an entry of the list. */
const ATTACKS = [
  '//evil.test',
  String.raw`\\evil.test`,
  '/\\evil.test',
  '/welcome',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'https://app.example.com/welcome//evil.test',
  String.raw`https://app.example.com/welcome\evil.test`,
  String.raw`https://app.example.com\@evil.test/welcome`,
  'https://app.example.com@evil.test/welcome',
  'https://app.example.com/welcome@evil.test',
  'https://app.example.com.evil.test/welcome',
  'https://app.example.com/welcome.evil',
  'https://evil.test/https://app.example.com/welcome',
  'https://evil.test#https://app.example.com/welcome',
  'https://app.example.com/welcome%0d%0aSet-Cookie:x=1',
  'https://app.example.com/welcome\r\nSet-Cookie: x=1',
  'https://app.example.com/welcome?next=https://evil.test',
  'https://app.example.com/welcome#x',
  'https://app.example.com/welcome/',
  'https://app.example.com/welcome/../evil',
  'https://app.example.com:443/welcome',
  'https://APP.example.com/welcome',
  'HTTPS://app.example.com/welcome',
  'http://app.example.com/welcome',
  ' https://app.example.com/welcome',
  'https://app.example.com',
  'https://аpp.example.com/welcome',
  '*',
  '',
];

describe('where the pages behind mailed links lead back to', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ RETURN_URLS: `${LISTED}, ${OTHER}` });
  });
  afterAll(() => app.stop());

  const submit = (path: string, fields: Record<string, string>): Promise<Answer> =>
    app.post(path, new URLSearchParams(fields).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' } });

  /** The four requests that cause a mail with a link. */
  async function requests(): Promise<Record<string, (returnTo: unknown) => Promise<Answer>>> {
    const user = await signedIn(app);
    return {
      register: (returnTo) => app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD, returnTo }),
      resend: (returnTo) => app.post('/v1/auth/email/verification', { email: user.email, returnTo }),
      forgot: (returnTo) => app.post('/v1/auth/password/forgot', { identifier: user.email, returnTo }),
      change: (returnTo) =>
        app.post('/v1/users/me/email', { email: freshEmail(), currentPassword: PASSWORD, returnTo }, { token: user.accessToken }),
    };
  }

  it('is refused unless it is in the list, letter for letter', async () => {
    const bad: string[] = [];
    for (const [name, request] of Object.entries(await requests())) {
      for (const attack of ATTACKS) {
        const { status, body } = await request(attack);
        if (status !== 422 || body.errors[0].pointer !== '/returnTo') bad.push(`${name} ${JSON.stringify(attack)}: ${status}`);
      }
      for (const value of [7, true, ['https://app.example.com/welcome'], { a: 1 }, 'x'.repeat(2_001)]) {
        const { status, body } = await request(value);
        if (status !== 422 || body.errors[0].pointer !== '/returnTo') bad.push(`${name} ${JSON.stringify(value).slice(0, 40)}: ${status}`);
      }
    }
    expect(bad).toEqual([]);
    expect(await app.rows('SELECT id FROM challenges WHERE return_to IS NOT NULL')).toEqual([]);
  });

  it('is refused alike for known and unknown accounts', async () => {
    const { email } = await register(app);
    for (const path of ['email/verification', 'password/forgot']) {
      const seen = [];
      for (const who of [email, freshEmail()]) {
        const { status, body } = await app.post(`/v1/auth/${path}`, { email: who, identifier: undefined, returnTo: 'https://evil.test' });
        seen.push({ status, body: { ...body, requestId: '' } });
      }
      expect(seen[0]).toEqual(seen[1]);
    }
  });

  it('may be left out or be any entry', async () => {
    for (const request of Object.values(await requests())) {
      for (const returnTo of [undefined, null, LISTED, OTHER]) expect([201, 202]).toContain((await request(returnTo)).status);
    }
  });

  describe('is shown when the link has done its work', () => {
    const link = (url: string, host: string): string =>
      `<a class="back" href="${url.replaceAll('&', '&amp;').replaceAll('=', '&#x3D;')}">Back to ${host}</a>`;

    type Flow = (returnTo?: string) => Promise<{ mail: ReceivedMail; path: string; fields: Record<string, string> }>;
    const confirming: Flow = async (returnTo) => {
      const { email } = await register(app, { returnTo });
      const mail = await app.mailbox.newest(email);
      return { mail, path: '/account/confirm-email', fields: { token: mail.token, password: PASSWORD } };
    };

    /** Each flow up to the page that says it is done. */
    const flows: Record<string, Flow> = {
      'confirm an address': confirming,
      'confirm an address, asked for again': async (returnTo) => {
        const { email } = await register(app);
        const before = await app.mailbox.newest(email);
        await app.post('/v1/auth/email/verification', { email, returnTo });
        const mail = await app.mailbox.newest(email, before);
        return { mail, path: '/account/confirm-email', fields: { token: mail.token, password: PASSWORD } };
      },
      'reset the password': async (returnTo) => {
        const { email } = await register(app);
        const before = await app.mailbox.newest(email);
        await app.post('/v1/auth/password/forgot', { identifier: email, returnTo });
        const mail = await app.mailbox.newest(email, before);
        return { mail, path: '/account/reset-password', fields: { token: mail.token, newPassword: NEW_PASSWORD } };
      },
      'change the address': async (returnTo) => {
        const user = await signedIn(app);
        const email = freshEmail();
        await app.post('/v1/users/me/email', { email, currentPassword: PASSWORD, returnTo }, { token: user.accessToken });
        const mail = await app.mailbox.newest(email);
        return { mail, path: '/account/confirm-new-email', fields: { token: mail.token, password: PASSWORD } };
      },
    };

    it.each(Object.entries(flows))('%s', async (_name, begin) => {
      for (const [returnTo, host] of [
        [LISTED, 'app.example.com'],
        [OTHER, 'localhost:5173'],
      ] as const) {
        const { mail, path, fields } = await begin(returnTo);
        // Nothing of it is in the link, so nothing of it can be changed there.
        expect(mail.links[0]).toBe(`${app.settings.PUBLIC_URL}${path}?token=${mail.token}`);
        expect(`${mail.text}${mail.html}`).not.toContain(new URL(returnTo).host);
        const form = await app.get(`${path}?token=${mail.token}&return_to=https://evil.test&returnTo=https://evil.test`);
        expect(form.status).toBe(200);
        expect(form.text).not.toContain('evil.test');
        const done = await submit(path, fields);
        expect(done.status).toBe(200);
        expect(done.headers['location']).toBeUndefined();
        expect(done.text).toContain(link(returnTo, host));
      }
    });

    it.each(Object.entries(flows))('and nothing is where none was asked for: %s', async (_name, begin) => {
      const { path, fields } = await begin();
      const done = await submit(path, fields);
      expect(done.status).toBe(200);
      expect(done.text).not.toMatch(/Back to|<a /);
    });

    it('unless the entry was taken out of the list meanwhile', async () => {
      const { path, fields } = await confirming(LISTED);
      await app.rows("UPDATE challenges SET return_to = 'https://evil.test/' WHERE return_to = $1", [LISTED]);
      const done = await submit(path, fields);
      expect(done.status).toBe(200);
      expect(done.text).not.toMatch(/Back to|evil/);
    });
  });

  it('may be an app on a device', async () => {
    const onDevice = await startApp({ RETURN_URLS: 'myapp://auth/done,com.example.app://welcome' });
    try {
      const email = freshEmail();
      await register(onDevice, { email, returnTo: 'myapp://auth/done' });
      const { token } = await onDevice.mailbox.newest(email);
      const done = await onDevice.post('/account/confirm-email', new URLSearchParams({ token, password: PASSWORD }).toString(), {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(done.text).toContain('<a class="back" href="myapp://auth/done">Back to myapp</a>');
      for (const returnTo of ['myapp://auth/other', 'myapp://auth/done/', 'myapp:auth/done', 'MYAPP://auth/done', 'yourapp://auth/done'])
        expect((await onDevice.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD, returnTo })).status).toBe(422);
    } finally {
      await onDevice.stop();
    }
  });

  it.each([
    'javascript://%0aalert(1)',
    'data://text/html,x',
    'vbscript://x',
    'file://x',
    'blob://x',
    'intent://x#Intent;end',
    'myapp:x',
    'my app://x',
  ])('is never %s', async (RETURN_URLS) => {
    await expect(startApp({ RETURN_URLS })).rejects.toThrow('RETURN_URLS');
  });

  it('cannot be sent with the form', async () => {
    const { email } = await register(app);
    const { token } = await app.mailbox.newest(email);
    expect((await submit('/account/confirm-email', { token, password: PASSWORD, returnTo: LISTED })).status).toBe(422);
  });

  it('is nowhere without RETURN_URLS', async () => {
    const bare = await startApp({ RETURN_URLS: '' });
    try {
      const { status, body } = await bare.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD, returnTo: LISTED });
      expect([status, body.errors[0].rule]).toEqual([422, 'returnTo.not_allowed']);
    } finally {
      await bare.stop();
    }
  });
});
