import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { totpCode } from './support/factors.js';
import { RP_ID, VirtualAuthenticator } from './support/passkeys.js';
import { attempt, begin } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- files and answers are JSON of every shape */

/** `secret` under bcrypt, of cost 4. */
const BCRYPT = '$2y$04$sFWP5DL84W2IBaYdytjYe.fglVXuHq63O6NGqAv5KQEQS9P3pVeSe';
const PASSWORD = 'secret';

/** A secret as apps know it, and the text that has the same bytes. */
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const RAW = 'XqYk0uR2m9zA4bC6dE8f';
const RAW_IN_BASE32 = 'LBYVS2ZQOVJDE3JZPJATIYSDGZSEKODG';

describe('authenticators of other systems', () => {
  let app: TestApp;
  let cli: CommandLine;
  beforeAll(async () => {
    app = await sharedApp();
    cli = new CommandLine(String(app.settings.DATABASE_URL));
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  const move = async (from: string, file: string, ...options: string[]): Promise<[string, string, number][]> => {
    const { json } = await cli.run('users', 'import', '--from', from, file, ...options, '--json');
    expect(json.bad).toBe(0);
    return json.notes
      .filter(({ kind }: any) => String(kind).startsWith('factor.'))
      .map(({ kind, about, count }: any) => [kind, about, count]);
  };
  const byCode = async (identifier: string, secret: string): Promise<string> => {
    const signedIn = await begin(app, { identifier, password: PASSWORD });
    return (await attempt(app, signedIn, { totp: totpCode(secret) })).body.status;
  };

  describe('Keycloak', () => {
    const otp = (data: object, secret: object, label?: string): object => ({
      type: 'otp',
      userLabel: label,
      createdDate: 1_693_888_572_701,
      secretData: JSON.stringify(secret),
      credentialData: JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1', ...data }),
    });
    const user = (name: string, credentials: object[], id: string = crypto.randomUUID()): object => ({
      id,
      username: name,
      enabled: true,
      credentials: [
        {
          type: 'password',
          secretData: JSON.stringify({ value: BCRYPT, salt: '' }),
          credentialData: '{"hashIterations":4,"algorithm":"bcrypt"}',
        },
        ...credentials,
      ],
    });
    const realm = (name: string, users: object[]): string => cli.write(name, [JSON.stringify({ realm: 'shop', users })]);

    it('gives the secrets of apps, in both of its encodings; what is checked otherwise here is named', async () => {
      const file = realm('otp.json', [
        user('kc.raw', [otp({}, { value: RAW }, 'Phone')]),
        user('kc.base32', [otp({ secretEncoding: 'BASE32' }, { value: SECRET })]),
        user('kc.sha256', [otp({ algorithm: 'HmacSHA256' }, { value: RAW })]),
        user('kc.digits', [otp({ digits: 8 }, { value: RAW })]),
        user('kc.period', [otp({ period: 60 }, { value: RAW })]),
        user('kc.counter', [otp({ subType: 'hotp' }, { value: RAW })]),
        user('kc.two', [otp({}, { value: RAW }, 'x'.repeat(200)), otp({ digits: 8 }, { value: RAW })]),
        user('kc.codes', [{ type: 'recovery-authn-codes', secretData: '{}', credentialData: '{}' }]),
      ]);
      expect(await move('keycloak', file)).toEqual(
        expect.arrayContaining([
          ['factor.added', 'authenticator app', 3],
          ['factor.left_out', 'authenticator app: HmacSHA256', 1],
          ['factor.left_out', 'authenticator app: 8 digits', 2],
          ['factor.left_out', 'authenticator app: every 60 s', 1],
          ['factor.left_out', 'one-time code by counter (hotp)', 1],
          ['factor.left_out', 'recovery codes', 1],
        ]),
      );
      expect(await byCode('kc.raw', RAW_IN_BASE32)).toBe('complete');
      expect(await byCode('kc.base32', SECRET)).toBe('complete');
      expect(await byCode('kc.two', RAW_IN_BASE32)).toBe('complete');
      await signIn(app, 'kc.sha256', PASSWORD);
      expect(
        await app.rows(`SELECT a.name, a.created_at FROM authenticators a JOIN users u ON u.id = a.user_id WHERE username = 'kc.raw'`),
      ).toEqual([{ name: 'Phone', created_at: new Date(1_693_888_572_701) }]);
    });

    const passkeyOf = (id: string, more: object = {}): { device: VirtualAuthenticator; data: object } => {
      const device = new VirtualAuthenticator();
      const made = device.create({
        rp: { id: RP_ID, name: 'Keycloak' },
        user: { id: Buffer.from(id).toString('base64url'), name: 'x', displayName: 'x' },
        challenge: 'AAAA',
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        excludeCredentials: [],
      });
      const bytes = Buffer.from(made.response.attestationObject, 'base64url');
      const credentialId = Buffer.from(made.id, 'base64url');
      const publicKey = bytes.subarray(bytes.indexOf(credentialId) + credentialId.length);
      const data = {
        aaguid: '00000000-0000-0000-0000-000000000000',
        credentialId: credentialId.toString('base64'),
        counter: 0,
        credentialPublicKey: publicKey.toString('base64url'),
        attestationStatementFormat: 'none',
        transports: ['INTERNAL'],
        ...more,
      };
      return { device, data };
    };
    const webauthn = (type: string, data: object): object => ({
      type,
      userLabel: 'Laptop',
      secretData: '{}',
      credentialData: JSON.stringify(data),
    });

    it('gives passkeys, which work where the domain is the same', async () => {
      const [first, second, third] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
      const [passwordless, factor, u2f] = [
        passkeyOf(first),
        passkeyOf(second),
        passkeyOf(third, { attestationStatementFormat: 'fido-u2f' }),
      ];
      const file = realm('webauthn.json', [
        user('kc.passwordless', [webauthn('webauthn-passwordless', passwordless.data)], first),
        user('kc.second', [webauthn('webauthn', factor.data)], second),
        user('kc.u2f', [webauthn('webauthn', u2f.data)], third),
      ]);
      const dry = await cli.run('users', 'import', '--from', 'keycloak', file, '--dry-run', '--json');
      expect(dry.json.notes).toContainEqual(
        expect.objectContaining({ kind: 'factor.left_out', about: 'passkey: --rp-id tells its domain' }),
      );
      expect(await move('keycloak', file, '--rp-id', RP_ID)).toEqual([
        ['factor.left_out', 'security key of FIDO U2F', 1],
        ['factor.added', 'passkey', 2],
      ]);
      const { id, secret, challenge } = (await app.post('/v1/sign-ins/passkey', {})).body;
      const credential = passwordless.device.get(challenge.publicKey);
      const answer = await attempt(app, { id, secret }, { challengeId: challenge.id, credential });
      // Nobody knows whether Keycloak ever verified its user: it is one factor, until another one has vouched for it.
      expect([answer.body.status, answer.body.session.user.id]).toEqual(['complete', first]);
      expect(
        await app.rows(
          `SELECT backup_known, backup_eligible FROM passkeys p JOIN authenticators a ON a.id = p.authenticator_id WHERE a.user_id = $1`,
          [first],
        ),
      ).toEqual([{ backup_known: true, backup_eligible: true }]);
      // A second factor there stays one here.
      const begun = await begin(app, { identifier: 'kc.second', password: PASSWORD });
      expect(begun.status).toBe('needs_second_factor');
      const asked = await app.post(
        `/v1/sign-ins/${begun.id}/challenges`,
        { type: 'passkey' },
        { headers: { 'sign-in-secret': begun.secret } },
      );
      const proof = factor.device.get(asked.body.publicKey);
      expect((await attempt(app, begun, { challengeId: asked.body.id, credential: proof })).body.status).toBe('complete');
      await signIn(app, 'kc.u2f', PASSWORD);
    });
  });

  it('Auth0 gives them in the form in which it imports enrolments', async () => {
    const user = (name: string, factors: object[]): object => ({
      user_id: `auth0|${name}`,
      email: `${name}@example.com`,
      email_verified: true,
      password_hash: BCRYPT,
      mfa_factors: factors,
    });
    const file = cli.write('auth0.ndjson', [
      user('a0.app', [{ totp: { secret: SECRET } }]),
      user('a0.phone', [{ phone: { value: '+12125550123' } }, { email: { value: 'x@example.com' } }]),
      user('a0.broken', [{ totp: { secret: 'not base32!' } }]),
    ]);
    expect(await move('auth0', file)).toEqual(
      expect.arrayContaining([
        ['factor.added', 'authenticator app', 1],
        ['factor.left_out', 'text message', 1],
        ['factor.left_out', 'mail', 1],
        ['factor.left_out', 'authenticator app: unreadable secret', 1],
      ]),
    );
    expect(await byCode('a0.app@example.com', SECRET)).toBe('complete');
  });

  it('Supabase gives them in a table of their own', async () => {
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    const user = (id: string, email: string): object => ({
      id,
      email,
      email_confirmed_at: '2024-01-01T00:00:00Z',
      encrypted_password: BCRYPT,
    });
    const users = cli.write('sb-users.ndjson', [user(one, 'sb.one@example.com'), user(two, 'sb.two@example.com')]);
    const factor = (user_id: string, more: object): object => ({
      user_id,
      factor_type: 'totp',
      status: 'verified',
      friendly_name: 'Phone',
      ...more,
    });
    const factors = cli.write('sb-factors.ndjson', [
      factor(one, { secret: SECRET }),
      factor(one, { secret: RAW_IN_BASE32, status: 'unverified' }),
      factor(two, { secret: '{"key_id":"k","alg":"aes-gcm-hkdf"}' }),
      factor(two, { factor_type: 'phone', secret: null }),
    ]);
    expect(await move('supabase', users, '--mfa-factors', factors)).toEqual(
      expect.arrayContaining([
        ['factor.added', 'authenticator app', 1],
        ['factor.left_out', 'authenticator app: encrypted by GoTrue', 1],
        ['factor.left_out', 'text message', 1],
      ]),
    );
    expect(await byCode('sb.one@example.com', SECRET)).toBe('complete');
    await signIn(app, 'sb.two@example.com', PASSWORD);
  });

  it('Firebase and better-auth give none, and the import says who had one', async () => {
    const exported = (name: string): string => fileURLToPath(new URL(`exports/${name}`, import.meta.url));
    const notes = await move('better-auth', exported('better-auth-user.ndjson'), '--accounts', exported('better-auth-account.ndjson'));
    expect(notes).toEqual([['factor.left_out', 'one-time code of an app', 1]]);
  });
});
