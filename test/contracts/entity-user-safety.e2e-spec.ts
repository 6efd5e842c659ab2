import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractClient, startContracts } from '../support/contracts.js';
import type { TestApp } from '../support/start-app.js';

const PASSWORD = 'oda123';
const WRONG_PASSWORD = { status: 400, body: { data: [], message: 'Failed login. Wrong password.' } };

describe('the contract entity-user', () => {
  let app: TestApp;
  let api: ContractClient;
  beforeAll(async () => {
    app = await startContracts({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '10000/900',
      LIMIT_EDITS: '3/3600',
      AVATAR_MAX_BYTES: '65536',
    });
    api = new ContractClient(app, 'entity-user');
  });
  afterAll(() => app.stop());

  let serial = 0;
  const signedIn = async () => {
    serial += 1;
    const username = `safe.oda${serial}`;
    const email = `${username}@mail.com`;
    await api.send('POST', '/user', { username, email, password: PASSWORD });
    const { data } = (await api.send('POST', '/login', { email, password: PASSWORD })).body;
    return { username, email, id: data.data.id as number, token: data.access_token as string };
  };

  it('evaluates at most five of 50 parallel wrong passwords, and in every spelling of the path', async () => {
    const { email } = await signedIn();
    const paths = ['/login', '//login', '/login/', '/%6cogin', '/user'];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        api.send('POST', String(paths[i % paths.length]), { email, password: 'wrong1', extra: String(i) }),
      ),
    );
    expect(answers.filter(({ status }) => status === 400).map(({ status, body }) => ({ status, body }))).toEqual(
      Array(5).fill(WRONG_PASSWORD),
    );
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled).toHaveLength(45);
    expect(throttled[0]).toMatchObject({ body: { data: [], message: 'Too many requests. Try again later.' } });
    expect(Number(throttled[0]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('lets 20 parallel right passwords through', async () => {
    const { email } = await signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/login', { email, password: PASSWORD })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('lets an account change its password only so often', async () => {
    const { email } = await signedIn();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const password = i === 0 ? PASSWORD : `grey${i}owls`;
      const { data } = (await api.send('POST', '/login', { email, password })).body;
      const fields = { old_password: password, new_password: `grey${i + 1}owls` };
      statuses.push((await api.send('PATCH', '/users', fields, { token: data.access_token })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('registers one of 20 at once', async () => {
    const fields = { username: 'safe.twin', email: 'safe.twin@mail.com', password: PASSWORD };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/user', fields)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await app.rows(`SELECT 1 FROM users WHERE email_key = 'safe.twin@mail.com'`)).toHaveLength(1);
  });

  it('changes no role, id or verification, whatever is sent along', async () => {
    const { token, id } = await signedIn();
    const more = { role: 'admin', roles: ['admin'], isAdmin: true, id: 1, userId: 1, emailVerified: true, email_verified_at: 'now' };
    const answer = await api.send('PATCH', '/user', { username: `safe.new${id}`, ...more }, { token });
    expect(Object.keys(answer.body.data)).toEqual(['email', 'profile_picture', 'username']);
    expect(await app.rows('SELECT roles, email_verified_at FROM users WHERE number = $1', [id])).toEqual([
      { roles: ['user'], email_verified_at: null },
    ]);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it('clears nothing, and does not fail, over null in a field', async () => {
    const { token, username, email } = await signedIn();
    for (const fields of [{ username: null }, { email: null }, { username: null, email: null }]) {
      const answer = await api.send('PATCH', '/user', fields, { token });
      expect(answer).toMatchObject({ status: 400, body: { message: 'Validation failed.' } });
      expect(Object.keys(answer.body.data)).toEqual(Object.keys(fields));
    }
    expect((await api.get('/users', { token })).body.data).toMatchObject({ username, email });
    const registering = { username: 'safe.null', email: null, password: PASSWORD };
    expect((await api.send('POST', '/user', registering)).body.message).toBe('Validation failed.');
  });

  it('keeps the former address that was proven as the one to recover by, and tells it', async () => {
    const { token, id, email } = await signedIn();
    const confirmation = await app.mailbox.newest(email);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE number = $1', [id]);
    expect((await api.send('PATCH', '/user', { email: `thief${id}@mail.com` }, { token })).status).toBe(200);
    expect(await app.rows('SELECT email, email_verified_at, recovery_email FROM users WHERE number = $1', [id])).toEqual([
      { email: `thief${id}@mail.com`, email_verified_at: null, recovery_email: email },
    ]);
    expect((await app.mailbox.newest(email, confirmation)).links.join(' ')).toContain('/account/undo-email-change?token=');
  });

  describe('takes pictures that', () => {
    const upload = async (content: Buffer) => {
      const { token } = await signedIn();
      return api.send('PATCH', '/user', {}, { token, file: { field: 'profile_picture', content } });
    };
    const INVALID = { status: 400, body: { data: [], message: 'Invalid file type. Only PNG, JPG, or JPEG files are allowed.' } };

    it('are no larger than allowed, twice in a row', async () => {
      for (let i = 0; i < 2; i += 1) {
        expect(await upload(Buffer.alloc(65_537, 1))).toMatchObject({
          status: 400,
          body: { data: [], message: 'The request is too large.' },
        });
      }
    });

    it.each([
      ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
      ['a PDF', Buffer.from('%PDF-1.7\n')],
      ['a PNG by its first bytes only', Buffer.from('89504e470d0a1a0a00', 'hex')],
    ])('are not %s', async (_name, content) => {
      expect(await upload(content)).toMatchObject(INVALID);
    });

    it('are not a WebP or a GIF', async () => {
      const blank = sharp({ create: { width: 20, height: 20, channels: 3, background: '#fff' } });
      expect(await upload(await blank.webp().toBuffer())).toMatchObject(INVALID);
      expect(await upload(await blank.gif().toBuffer())).toMatchObject(INVALID);
    });

    it('are found by their name alone', async () => {
      for (const name of ['..%2f..%2fetc%2fpasswd', '%252e%252e', 'a%5cb', '%00.jpg', 'nothing.jpg', `${'0'.repeat(32)}.jpg`]) {
        const answer = await api.get(`/static/${name}`);
        expect([answer.status, Object.keys(answer.body)]).toEqual([404, ['data', 'message']]);
      }
      expect(await api.get('/static/default.jpg')).toMatchObject({
        status: 200,
        headers: { 'content-type': 'image/jpeg', 'content-security-policy': expect.stringContaining('sandbox') },
      });
    });
  });
});
