import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn } from '../support/accounts.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import { poll } from '../support/poll.js';
import { SadhelxFlow } from '../support/sadhelx.js';
import type { Answer, TestApp } from '../support/start-app.js';

const SAVED = [201, '{"status":true,"msg":"Avatar has been saved"}'];
const REFUSED = [401, '{"status":false,"msg":"Authentication failed. Invalid token"}'];
const UNKNOWN = [401, '{"status":false,"msg":"Invalid username or email"}'];

const picture = (background = '#336699', format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png'): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .toFormat(format)
    .toBuffer();

let app: TestApp;
let api: ContractClient;
let flow: SadhelxFlow;

async function start(environment: Record<string, string>): Promise<void> {
  app = await startContracts({ AVATAR_MAX_BYTES: '65536', ...environment });
  api = new ContractClient(app, 'sadhelx');
  flow = new SadhelxFlow(app);
}

async function upload(identity: unknown, content: Buffer, token?: string): Promise<[number, string, Answer]> {
  const answer = await api.send('PUT', '/avatar-upload', { identity }, { token, file: { field: 'avatar', name: 'me.png', content } });
  return [answer.status, answer.text, answer];
}

const said = ([status, text]: [number, string, Answer]) => [status, text];
const avatarOf = async (email: string): Promise<string | null> =>
  (await app.rows<{ avatar: string | null }>('SELECT avatar FROM users WHERE email_key = $1', [email]))[0]?.avatar ?? null;

describe('avatars of the contract sadhelx, with its open operations', () => {
  beforeAll(() => start({}));
  afterAll(() => app.stop());

  it.each(['png', 'jpeg', 'webp'] as const)('are taken as %s from anyone, shown at sign-in, and served', async (format) => {
    const { username, email, password } = await flow.verified();
    for (const identity of [email, username]) expect(said(await upload(identity, await picture('#336699', format)))).toEqual(SAVED);
    const { user } = (await flow.login(email, password)).body.data;
    expect(Object.keys(user)).toEqual(['user_id', 'username', 'email', 'firstname', 'image_file']);
    for (const path of [`/avatar-storage/${user.image_file}`, `/avatar-storage/${user.image_file}/`]) {
      expect(await api.get(path)).toMatchObject({
        status: 200,
        headers: {
          'content-type': 'image/jpeg',
          'x-content-type-options': 'nosniff',
          'content-security-policy': expect.stringContaining('sandbox'),
        },
      });
    }
    expect((await api.send('HEAD', `/avatar-storage/${user.image_file}`)).status).toBe(200);
    const tag = { 'if-none-match': `"${user.image_file}"` };
    expect((await api.get(`/avatar-storage/${user.image_file}`, { headers: tag })).status).toBe(304);
  });

  it('are taken whatever token comes along, as the document asks for none', async () => {
    const { email } = await flow.signedUp();
    expect(said(await upload(email, await picture(), 'stale'))).toEqual(SAVED);
  });

  it('are on record as a stranger’s act', async () => {
    const { email } = await flow.signedUp();
    await upload(email, await picture());
    expect(
      await app.rows(
        `SELECT a.actor_id FROM audit_events a JOIN users u ON u.id = a.subject_id WHERE u.email_key = $1 AND a.action = 'avatar.changed'`,
        [email],
      ),
    ).toEqual([{ actor_id: null }]);
  });

  it('are refused for nobody, and without a file', async () => {
    const { email } = await flow.signedUp();
    expect(said(await upload('nobody@email.com', await picture()))).toEqual(UNKNOWN);
    const missing = [400, { status: false, msg: 'avatar: Send the picture as a file in a multipart body.' }];
    for (const format of ['json', 'urlencoded', 'multipart'] as const) {
      const { status, body } = await api.send('PUT', '/avatar-upload', { identity: email, avatar: 'me.png' }, { format });
      expect([status, body]).toEqual(missing);
    }
    const [status, , { body }] = await upload(email, Buffer.alloc(0));
    expect([status, body]).toEqual(missing);
    const anonymous = await api.send('PUT', '/avatar-upload', {}, { file: { field: 'avatar', content: await picture() } });
    expect([anonymous.status, anonymous.body]).toEqual([400, { status: false, msg: 'identity: This field is required.' }]);
    expect(await avatarOf(email)).toBeNull();
  });

  it('are judged by their content', async () => {
    const { email } = await flow.signedUp();
    const png = await picture();
    for (const content of [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      Buffer.from('%PDF-1.7\n'),
      await picture('#fff', 'gif'),
      Buffer.concat([png, Buffer.from('<script>alert(1)</script>')]),
    ]) {
      const [status, , { body }] = await upload(email, content);
      expect([status, body]).toEqual([400, { status: false, msg: 'avatar must be a PNG, JPEG or WebP picture' }]);
    }
    const [status, , { body }] = await upload(email, png.subarray(0, 40));
    expect([status, body]).toEqual([400, { status: false, msg: expect.stringMatching(/^avatar: /) }]);
    expect(await avatarOf(email)).toBeNull();
  });

  it('are refused one byte too large, twice in a row', async () => {
    const { email } = await flow.signedUp();
    for (let i = 0; i < 2; i += 1)
      expect(said(await upload(email, Buffer.alloc(65_537, 1)))).toEqual([413, '{"status":false,"msg":"The request is too large"}']);
    expect(said(await upload(email, await picture()))).toEqual(SAVED);
  });

  it('are taken from others while one network sends many slowly', async () => {
    const { email } = await flow.signedUp();
    const content = await picture();
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as { port: number };
    const head = `PUT /contracts/sadhelx/avatar-upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n`;
    const start = '--x\r\nContent-Disposition: form-data; name="avatar"; filename="a"\r\n\r\nabc';
    const answers: string[] = [];
    const slow = Array.from({ length: 30 }, () => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${head}Content-Length: 10000\r\n\r\n${start}`));
      return socket.on('data', (data) => answers.push(data.toString()));
    });
    // Eight have a place and wait; the others are told.
    await poll('refusals', () => (answers.length === 22 ? true : undefined));
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 503') && answer.includes('{"status":false,'))).toBe(true);
    const file = { field: 'avatar', content };
    const elsewhere = await api.send('PUT', '/avatar-upload', { identity: email }, { file, remoteAddress: '192.0.2.7' });
    expect(elsewhere.status).toBe(201);
    for (const socket of slow) socket.destroy();
    await poll('places that were given back', async () => ((await upload(email, content))[0] === 201 ? true : undefined));
  });

  it.each(['..%2f..%2fetc%2fpasswd', '%252e%252e', 'a%5cb', '%00.jpg', 'nothing.jpg', `${'0'.repeat(32)}.jpg`, 'x'.repeat(300)])(
    'are found by their name alone, not by %s',
    async (name) => {
      const answer = await api.get(`/avatar-storage/${name}`);
      expect([answer.status, answer.body.status, Object.keys(answer.body)]).toEqual([404, false, ['status', 'msg']]);
    },
  );
});

describe('avatars of the contract sadhelx, with CONTRACTS_OPEN=false', () => {
  beforeAll(() => start({ CONTRACTS_OPEN: 'false' }));
  afterAll(() => app.stop());

  const backdate = (email: string, minutes: number) =>
    app.rows(
      `UPDATE users SET created_at = created_at - make_interval(mins => $2), first_picture_until = first_picture_until - make_interval(mins => $2)
       WHERE email_key = $1`,
      [email, minutes],
    );

  it('are taken once without a token, right after signing up', async () => {
    const { email, username } = await flow.signedUp();
    expect(said(await upload(username, await picture()))).toEqual(SAVED);
    const first = await avatarOf(email);
    expect(first).not.toBeNull();
    expect(said(await upload(email, await picture('#ff0000')))).toEqual(REFUSED);
    expect(await avatarOf(email)).toBe(first);
  });

  it('are refused alike for nobody and for somebody, but to administrators', async () => {
    const { email, password } = await flow.verified({ password: PASSWORD });
    const other = await flow.signedIn();
    for (const token of [undefined, other.accessToken])
      for (const identity of [email, 'nobody@email.com', 'nobody.4', '008070898700'])
        expect(said(await upload(identity, await picture(), token))).toEqual(REFUSED);
    await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE email_key = $1`, [email]);
    const admin = await signIn(app, email, password);
    expect(said(await upload('nobody@email.com', await picture(), admin.accessToken))).toEqual(UNKNOWN);
    // A session that this contract opened carries no such role.
    const { token_access: ordinary } = (await flow.login(email, password)).body.data.token;
    expect(said(await upload('nobody@email.com', await picture(), ordinary))).toEqual(REFUSED);
  });

  it('are refused without a token for accounts that the core made', async () => {
    const { email } = await register(app);
    expect(said(await upload(email, await picture()))).toEqual(REFUSED);
    expect(await avatarOf(email)).toBeNull();
  });

  it('are taken once of two at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { email } = await flow.signedUp();
      const pictures = await Promise.all([picture(`#0000${round}1`), picture(`#0000${round}2`)]);
      const answers = await Promise.all(pictures.map((each) => upload(email, each)));
      expect(answers.map(said)).toEqual(expect.arrayContaining([SAVED, REFUSED]));
    }
  });

  it('are refused without a token once the address is verified, or 30 minutes have passed', async () => {
    const verified = await flow.verified();
    const late = await flow.signedUp();
    await backdate(late.email, 30);
    const early = await flow.signedUp();
    await backdate(early.email, 29);
    const disabled = await flow.signedUp();
    await app.rows('UPDATE users SET disabled_at = now() WHERE email_key = $1', [disabled.email]);
    for (const { email } of [verified, late, disabled]) {
      expect(said(await upload(email, await picture()))).toEqual(REFUSED);
      expect(await avatarOf(email)).toBeNull();
    }
    expect(said(await upload(early.email, await picture()))).toEqual(SAVED);
  });

  it('are changed by the owner and by administrators, and by nobody else', async () => {
    const owner = await flow.signedIn();
    const other = await flow.signedIn();
    const admin = await flow.verified({ password: PASSWORD });
    await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE email_key = $1`, [admin.email]);
    const { accessToken: adminToken } = await signIn(app, admin.email, admin.password);
    expect(said(await upload(owner.email, await picture(), owner.accessToken))).toEqual(SAVED);
    expect(said(await upload(owner.username, await picture('#00ff00'), adminToken))).toEqual(SAVED);
    const kept = await avatarOf(owner.email);
    for (const token of [other.accessToken, 'nonsense', owner.refreshToken, `${owner.accessToken}A`])
      expect(said(await upload(owner.email, await picture('#ff0000'), token))).toEqual(REFUSED);
    expect(await avatarOf(owner.email)).toBe(kept);
    await app.post('/v1/auth/logout', undefined, { token: owner.accessToken });
    expect(said(await upload(owner.email, await picture('#ff0000'), owner.accessToken))).toEqual(REFUSED);
  });

  it('are changed with no forged token', async () => {
    const { username, accessToken } = await flow.signedIn();
    const [head = '', payload = '', signature = ''] = accessToken.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ ...header, alg: 'HS256' })}.${payload}`;
    const { keys } = (await app.get('/.well-known/jwks.json')).body;
    for (const token of [
      `${part({ ...header, alg: 'none' })}.${payload}.`,
      `${part({ ...header, alg: 'nOnE' })}.${payload}.${signature}`,
      `${unsigned}.${createHmac('sha256', JSON.stringify(keys[0])).update(unsigned).digest('base64url')}`,
      `${part({ ...header, jku: 'http://127.0.0.1:9/keys' })}.${payload}.${signature}`,
      `${part({ ...header, kid: '../../etc/passwd' })}.${payload}.${signature}`,
      `${part({ ...header, kid: 'k'.repeat(5_000) })}.${payload}.${signature}`,
      `${head}.${part({ ...claims, exp: '1e308' })}.${signature}`,
      `${head}.${part({ ...claims, roles: ['admin'] })}.${signature}`,
      `${head}.${payload}.`,
    ]) {
      expect(said(await upload(username, await picture(), token))).toEqual(REFUSED);
    }
    expect(said(await upload(username, await picture(), accessToken))).toEqual(SAVED);
  });

  it('of a new account are refused to whoever comes with somebody else’s token', async () => {
    const other = await flow.signedIn();
    const { email } = await flow.signedUp();
    expect(said(await upload(email, await picture(), other.accessToken))).toEqual(REFUSED);
    expect(await avatarOf(email)).toBeNull();
  });
});
