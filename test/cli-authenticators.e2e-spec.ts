import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestUser, signedIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { type TestTotp, addTotp, forgetStep, totpCode } from './support/factors.js';
import { VirtualAuthenticator } from './support/passkeys.js';
import { attempt, beginWithPassword } from './support/sign-ins.js';
import { type TestApp, startApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- records and answers are JSON of every shape */

const AUTHENTICATORS = '/v1/users/me/authenticators';
const OTHER_SECRET = 'another-installation-0123456789abcdefghijklmnopqrstuvwxyz';
const KEY = 'a-key-that-travels-apart-0123456789abcdefghijklmnop';

/** An account with everything that proves it. */
interface Owner extends TestUser {
  totp: TestTotp;
  device: VirtualAuthenticator;
}

describe('authenticators in files of accounts', () => {
  /** Where the accounts come from, another installation, and one that took over the secret of the first. */
  let home: TestApp;
  let away: TestApp;
  let heir: TestApp;
  let owner: Owner;
  const lines: CommandLine[] = [];
  const lineOf = (app: TestApp, env: Record<string, string> = {}): CommandLine => {
    const line = new CommandLine(String(app.settings.DATABASE_URL), { APP_SECRET: String(app.settings.APP_SECRET), ...env });
    lines.push(line);
    return line;
  };
  let fromHome: CommandLine;
  let toAway: CommandLine;
  let toHeir: CommandLine;
  /** The file of all accounts, sealed. */
  let file: string;
  let key: string;

  beforeAll(async () => {
    [home, away, heir] = await Promise.all([startApp(), startApp({ APP_SECRET: OTHER_SECRET }), startApp()]);
    [fromHome, toAway, toHeir] = [lineOf(home), lineOf(away), lineOf(heir)];
    owner = await withAll(home);
    key = fromHome.write('factors.key', [KEY]);
    file = fromHome.path('users.ndjson');
    const { json } = await fromHome.run('users', 'export', file, '--factors-key', key, '--json');
    expect(json).toMatchObject({ accounts: 1, withFactors: true });
  });
  afterAll(async () => {
    await Promise.all([home, away, heir].map((app) => app.stop()));
    for (const line of lines) line.clear();
  });

  const withAll = async (app: TestApp): Promise<Owner> => {
    const user = await signedIn(app);
    const device = new VirtualAuthenticator();
    const options = (await app.post(`${AUTHENTICATORS}/passkeys/options`, {}, { token: user.accessToken })).body;
    const credential = device.create(options);
    const added = await app.post(`${AUTHENTICATORS}/passkeys`, { name: 'Laptop', credential }, { token: user.accessToken });
    expect(added.status).toBe(201);
    await app.rows(`UPDATE sessions SET aal = 2 WHERE user_id = $1`, [user.id]);
    const { accessToken } = (await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).body;
    const totp = await addTotp(app, accessToken, 'Phone');
    return { ...user, accessToken, device, totp: { ...totp, recoveryCodes: added.body.recoveryCodes } };
  };
  const empty = async (app: TestApp): Promise<void> => {
    await app.rows('DELETE FROM users');
  };
  const recordsOf = (path: string): any[] =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const notesOf = ({ notes }: any): [string, string][] => notes.map(({ kind, about }: any) => [kind, about]);
  const passkeySignIn = async (app: TestApp, device: VirtualAuthenticator): Promise<any> => {
    const { id, secret, challenge } = (await app.post('/v1/sign-ins/passkey', {})).body;
    return attempt(app, { id, secret }, { challengeId: challenge.id, credential: device.get(challenge.publicKey) });
  };

  it('are sealed: the file shows neither secrets nor passkeys', () => {
    const text = readFileSync(file, 'utf8');
    const [record] = recordsOf(file);
    expect(record.authenticators).toMatch(/^sealed1\.[\w-]{8}\.[\w-]+$/);
    for (const secret of [owner.totp.secret, 'Laptop', 'Phone', 'publicKey', KEY]) expect(text).not.toContain(secret);
  });

  it('work on another installation: the same codes, the same passkey, and no code twice', async () => {
    await home.rows('UPDATE authenticators SET last_step = floor(extract(epoch FROM now()) / 30) + 1 WHERE id = $1', [owner.totp.id]);
    const fresh = fromHome.path('after-a-code.ndjson');
    await fromHome.run('users', 'export', fresh, '--factors-key', key);
    const dry = await toAway.run('users', 'import', fresh, '--factors-key', key, '--json', '--dry-run');
    const { json, code } = await toAway.run('users', 'import', fresh, '--factors-key', key, '--json');
    expect([code, json.stored]).toEqual([0, 1]);
    expect(notesOf(json)).toEqual(notesOf(dry.json));
    expect(notesOf(json)).toEqual(
      expect.arrayContaining([
        ['factor.added', 'authenticator app'],
        ['factor.added', 'passkey'],
        ['factor.left_out', 'recovery codes, made under another APP_SECRET'],
      ]),
    );
    const signIn = await beginWithPassword(away, owner);
    expect(signIn.factors).toEqual([
      { type: 'passkey', role: 'second' },
      { type: 'totp', role: 'second', name: 'Phone', authenticatorId: expect.any(String) },
    ]);
    // A code that was used before the move is used up after it.
    expect((await attempt(away, signIn, { totp: totpCode(owner.totp.secret) })).body.code).toBe('factor.invalid');
    const [{ id } = { id: '' }] = await away.rows<{ id: string }>(`SELECT id FROM authenticators WHERE type = 'totp'`);
    await forgetStep(away, id);
    expect((await attempt(away, signIn, { totp: totpCode(owner.totp.secret) })).body.status).toBe('complete');
    const byPasskey = await passkeySignIn(away, owner.device);
    expect([byPasskey.body.status, byPasskey.body.session.user.id]).toEqual(['complete', owner.id]);
    const listed = (await away.get(AUTHENTICATORS, { token: byPasskey.body.session.accessToken })).body;
    expect(listed).toMatchObject({ passkeys: [{ name: 'Laptop' }], totp: [{ name: 'Phone' }], recoveryCodes: { left: 0 } });
    expect(away.mailbox.count(owner.email)).toBe(0);
  });

  it('come with the recovery codes where APP_SECRET is the same', async () => {
    const used = String(owner.totp.recoveryCodes[0]);
    const there = await beginWithPassword(home, owner);
    expect((await attempt(home, there, { recoveryCode: used })).body.status).toBe('complete');
    const fresh = fromHome.path('after-a-recovery.ndjson');
    await fromHome.run('users', 'export', fresh, '--factors-key', key);
    expect((await toHeir.run('users', 'import', fresh, '--factors-key', key)).code).toBe(0);
    const signIn = await beginWithPassword(heir, owner);
    expect((await attempt(heir, signIn, { recoveryCode: used })).body.code).toBe('factor.invalid');
    expect((await attempt(heir, signIn, { recoveryCode: String(owner.totp.recoveryCodes[1]) })).body.status).toBe('complete');
  });

  it('are the same after a round trip, in CSV too, and the accounts as they were', async () => {
    await empty(away);
    const csv = fromHome.path('users.csv');
    expect((await fromHome.run('users', 'export', csv, '--factors-key', key)).code).toBe(0);
    expect((await toAway.run('users', 'import', csv, '--factors-key', key)).code).toBe(0);
    const [before, after] = await Promise.all(
      [home, away].map((app) =>
        app.rows(
          `SELECT u.id, u.version, u.mfa_required_at, u.factors, a.type, a.name, a.created_at, a.confirmed_at, a.last_used_at, a.last_step, p.credential_id,
             p.public_key, p.sign_count, p.aaguid, p.transports, p.backup_eligible, p.backup_known, p.backed_up, p.uv_initialized, h.handle
           FROM users u JOIN authenticators a ON a.user_id = u.id LEFT JOIN passkeys p ON p.authenticator_id = a.id
             JOIN webauthn_handles h ON h.user_id = u.id ORDER BY a.id`,
        ),
      ),
    );
    const toMs = (rows: any): any => JSON.parse(JSON.stringify(rows));
    expect(toMs(after)).toEqual(toMs(before));
    expect(after).toHaveLength(2);
  });

  it('are left out without the key, and told; the account sets up another one before it is let in', async () => {
    await empty(away);
    const { json, code } = await toAway.run('users', 'import', file, '--json');
    expect([code, json.stored]).toEqual([0, 1]);
    expect(notesOf(json)).toContainEqual(['factor.left_out', 'sealed: --factors-key opens it']);
    const login = await away.post('/v1/auth/login', { identifier: owner.email, password: PASSWORD });
    expect(login.body.code).toBe('auth.enrollment_required');
    const without = fromHome.path('without.ndjson');
    const plain = await fromHome.run('users', 'export', without);
    expect(plain.out.join('\n')).toContain('--factors-key FILE adds them');
    expect(recordsOf(without)[0]).not.toHaveProperty('authenticators');
  });

  it('that cannot be opened are named with line and field, and their accounts not imported', async () => {
    await empty(away);
    const [record] = recordsOf(file);
    const [mark, id, body] = record.authenticators.split('.');
    const other = { id: crypto.randomUUID(), username: 'somebody.else' };
    const broken = toAway.write('broken.ndjson', [
      { ...record, authenticators: `${mark}.${id}.${body.slice(0, -4)}AAAA` },
      { ...other, authenticators: record.authenticators },
      { ...record, authenticators: 'letmein' },
      { ...record, authenticators: `${mark}.AAAAAAAA.${body}` },
      { username: 'without.an.id', authenticators: record.authenticators },
      record,
    ]);
    for (const flags of [['--dry-run'], []]) {
      const { json } = await toAway.run('users', 'import', broken, '--factors-key', key, '--json', ...flags);
      expect(json).toMatchObject({ stored: 1, bad: 5 });
      expect(json.problems.map(({ line, field, rule }: any) => [line, field, rule])).toEqual([
        [1, 'authenticators', 'seal.broken'],
        [2, 'authenticators', 'seal.broken'],
        [3, 'authenticators', 'seal.form'],
        [4, 'authenticators', 'seal.other_key'],
        [5, 'authenticators', 'seal.broken'],
      ]);
    }
    const wrong = toAway.write('wrong.key', ['another-key-of-32-characters-or-more-0123456789']);
    await empty(away);
    const answer = await toAway.run('users', 'import', file, '--factors-key', wrong);
    expect(answer.err.join('\n')).toContain('line 1: bad: authenticators: This was sealed under another key');
    expect(await away.rows('SELECT id FROM users')).toEqual([]);
  });

  it('take a key that nobody can guess', async () => {
    const short = toAway.write('short.key', ['too short']);
    for (const args of [
      ['import', file],
      ['export', toAway.path('never.ndjson')],
    ]) {
      const { code, err } = await toAway.run('users', ...args, '--factors-key', short);
      expect([code, err.join('\n')]).toEqual([1, expect.stringContaining('at least 32 characters')]);
    }
    expect((await toAway.run('users', 'import', file, '--factors-key', toAway.path('none.key'))).code).toBe(1);
    expect((await toAway.run('users', 'import', '--from', 'django', file, '--factors-key', key)).code).toBe(2);
    expect((await toAway.run('users', 'factors', 'reset', 'x', '--reason', 'y', '--factors-key', key)).code).toBe(2);
  });

  it('leave passkeys of another domain out, for they could not be used', async () => {
    await empty(away);
    const elsewhere = lineOf(away, { PUBLIC_URL: 'https://login.example.org' });
    const { json } = await elsewhere.run('users', 'import', file, '--factors-key', key, '--json');
    expect(notesOf(json)).toContainEqual(['factor.left_out', 'passkey of accounts.latchkey.test, not of login.example.org']);
    expect(await away.rows('SELECT type FROM authenticators')).toEqual([{ type: 'totp' }]);
    expect(await away.rows('SELECT factors FROM users')).toEqual([{ factors: ['totp'] }]);
  });

  it('leave out a passkey that an account has already', async () => {
    await empty(away);
    const [record] = recordsOf(file);
    const [credential] = await home.rows<any>('SELECT credential_id, public_key FROM passkeys');
    const passkey = {
      credentialId: credential.credential_id.toString('base64url'),
      publicKey: credential.public_key.toString('base64url'),
    };
    const twin = (username: string, userHandle: string): object => ({
      username,
      authenticators: { passkeys: [passkey], rpId: 'accounts.latchkey.test', userHandle: Buffer.from(userHandle).toString('base64url') },
    });
    const twins = toAway.write('twins.ndjson', [twin('twin.one', 'one'), twin('twin.two', 'two'), record]);
    const { json } = await toAway.run('users', 'import', twins, '--factors-key', key, '--json');
    expect(json).toMatchObject({ stored: 3, bad: 0 });
    expect(notesOf(json)).toContainEqual(['factor.left_out', 'passkey: another account has it']);
    expect(
      await away.rows(
        `SELECT u.username FROM passkeys p JOIN authenticators a ON a.id = p.authenticator_id JOIN users u ON u.id = a.user_id`,
      ),
    ).toEqual([{ username: 'twin.one' }]);
    expect(await away.rows(`SELECT factors FROM users WHERE username = 'twin.two'`)).toEqual([{ factors: [] }]);
  });

  it('may be written by hand; what this server would check otherwise is refused with its place', async () => {
    await empty(away);
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    const totp = (app: object): object => ({ totp: [{ secret, ...app }] });
    const records = [
      {
        username: 'by.hand',
        passwordHash: null,
        authenticators: { totp: [{ name: 'Old phone', secret: 'jbsw y3dp ehpk 3pxp', algorithm: 'SHA1', digits: 6, period: 30 }] },
      },
      { username: 'sha.256', authenticators: totp({ algorithm: 'SHA256' }) },
      { username: 'eight.digits', authenticators: totp({ digits: 8 }) },
      { username: 'a.minute', authenticators: totp({ period: 60 }) },
      { username: 'no.base32', authenticators: totp({ secret: 'JBSWY3DP0189!' }) },
      { username: 'too.short', authenticators: totp({ secret: 'JBSWY3DP' }) },
      { username: 'unknown', authenticators: { ...totp({}), recoveryCodes: [] } },
      { username: 'no.domain', authenticators: { passkeys: [{ credentialId: 'AAAA', publicKey: 'pQEC' }] } },
      {
        username: 'no.key',
        authenticators: { passkeys: [{ credentialId: 'AAAA', publicKey: 'AAAA' }], rpId: 'x.test', userHandle: 'AAAA' },
      },
      { username: 'a.list', authenticators: [] },
    ];
    const { json } = await toAway.run('users', 'import', toAway.write('by-hand.ndjson', records), '--json');
    expect(json).toMatchObject({ stored: 1, bad: 9 });
    expect(json.problems.map(({ line, field, rule }: any) => [line, field, rule])).toEqual([
      [2, 'authenticators/totp/0/algorithm', 'totp.algorithm'],
      [3, 'authenticators/totp/0/digits', 'totp.digits'],
      [4, 'authenticators/totp/0/period', 'totp.period'],
      [5, 'authenticators/totp/0/secret', 'totp.secret'],
      [6, 'authenticators/totp/0/secret', 'totp.secret'],
      [7, 'authenticators/recoveryCodes', 'field.unknown'],
      [8, 'authenticators/rpId', 'rpId.missing'],
      [8, 'authenticators/userHandle', 'userHandle.invalid'],
      [9, 'authenticators/passkeys/0/publicKey', 'passkey.publicKey'],
      [10, 'authenticators', 'authenticators.invalid'],
    ]);
    expect(await away.rows(`SELECT u.username, u.factors, a.name FROM users u JOIN authenticators a ON a.user_id = u.id`)).toEqual([
      { username: 'by.hand', factors: ['totp'], name: 'Old phone' },
    ]);
  });

  it('of which the secret is sealed under a lost APP_SECRET stay behind, and their account demands another one', async () => {
    const lost = lineOf(home, { APP_SECRET: OTHER_SECRET });
    const path = lost.path('lost.ndjson');
    const { code, err } = await lost.run('users', 'export', path, '--factors-key', key);
    expect([code, err.join('\n')]).toEqual([0, expect.stringContaining('is left out')]);
    await empty(away);
    expect((await toAway.run('users', 'import', path, '--factors-key', key)).code).toBe(0);
    expect(await away.rows('SELECT factors, mfa_required_at IS NOT NULL AS required FROM users')).toEqual([
      { factors: ['passkey'], required: true },
    ]);
  });

  it('are on record as a part of the export', async () => {
    expect(
      await home.rows(`SELECT DISTINCT details->>'withFactors' AS sealed FROM audit_events WHERE action = 'accounts.exported' ORDER BY 1`),
    ).toEqual([{ sealed: 'false' }, { sealed: 'true' }]);
  });
});
