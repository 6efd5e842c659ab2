import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS } from '../src/contracts/shared/contract-slugs.js';
import { signedIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { ContractClient, startContracts } from './support/contracts.js';
import { forgetStep, totpCode } from './support/factors.js';
import { VirtualAuthenticator } from './support/passkeys.js';
import { attempt, begin } from './support/sign-ins.js';
import type { Answer, TestApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

/** `secret` under bcrypt, of cost 4. */
const BCRYPT = '$2y$04$sFWP5DL84W2IBaYdytjYe.fglVXuHq63O6NGqAv5KQEQS9P3pVeSe';
const PASSWORD = 'secret';

/** Where each contract signs in; all take one of these fields. */
const LOGINS = {
  'test-library': '/users/login',
  'entity-user': '/login',
  sadhelx: '/login',
  'user-auth': '/user/login',
  'user-spec': '/users/login',
};

describe('an account that needs a second factor, where the server offers none', () => {
  let app: TestApp;
  let cli: CommandLine;
  beforeAll(async () => {
    app = await startContracts({ MFA: 'off' });
    cli = new CommandLine(String(app.settings.DATABASE_URL));
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  /** An account that was imported with the wish, and without a factor. */
  const imported = async (name: string): Promise<{ email: string; id: string }> => {
    const email = `${name}@example.com`;
    const record = { username: name, email, emailVerifiedAt: true, activatedAt: true, passwordHash: BCRYPT, mfaRequiredAt: true };
    expect((await cli.run('users', 'import', cli.write(`${name}.ndjson`, [record]))).code).toBe(0);
    const [{ id } = { id: '' }] = await app.rows<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
    return { email, id };
  };
  const login = ({ email }: { email: string }): Promise<Answer> => app.post('/v1/auth/login', { identifier: email, password: PASSWORD });
  const at = ({ id, secret }: { id: string; secret: string }, path: string, body: object = {}): Promise<Answer> =>
    app.post(`/v1/sign-ins/${id}/authenticators/${path}`, body, { headers: { 'sign-in-secret': secret } });

  it('is let in by no door with the password alone', async () => {
    const of = await imported('no.way.round');
    const refused = await login(of);
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.enrollment_required']);
    expect((await begin(app, { identifier: of.email, password: PASSWORD })).status).toBe('needs_enrollment');
    for (const slug of CONTRACT_SLUGS) {
      const fields = {
        email: of.email,
        identity: of.email,
        username: slug === 'user-spec' ? of.email : 'no.way.round',
        password: PASSWORD,
      };
      const answer = await new ContractClient(app, slug).send('POST', LOGINS[slug], fields);
      expect([slug, answer.status >= 400 && answer.status < 500, answer.text.includes('token')]).toEqual([slug, true, false]);
    }
    expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1', [of.id])).toEqual([]);
  });

  it('sets one up while it signs in, is asked for it from then on, and replaces it when it is lost', async () => {
    const of = await imported('no.dead.end');
    const { signIn } = (await login(of)).body;
    const { id, secret } = (await at(signIn, 'totp')).body;
    const done = await at(signIn, `${id}/confirm`, { code: totpCode(secret) });
    expect([done.status, done.body.status, done.body.recoveryCodes.length]).toEqual([200, 'complete', 10]);
    expect(claimsOf(done.body.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal2' });
    const next = (await login(of)).body;
    expect(next.code).toBe('auth.second_factor_required');
    await forgetStep(app, id);
    expect((await attempt(app, next.signIn, { totp: totpCode(secret) })).body.status).toBe('complete');
    const lost = await begin(app, { identifier: of.email, password: PASSWORD });
    const { session } = (await attempt(app, lost, { recoveryCode: done.body.recoveryCodes[0] })).body;
    const again = await app.post('/v1/users/me/authenticators/totp', {}, { token: session.accessToken });
    expect(again.status).toBe(201);
  });

  it('sets up a passkey just as well', async () => {
    const { signIn } = (await login(await imported('by.passkey'))).body;
    const device = new VirtualAuthenticator();
    const options = (await at(signIn, 'passkeys/options')).body;
    expect((await at(signIn, 'passkeys', { credential: device.create(options) })).body.status).toBe('complete');
  });

  it('is the only one: nobody else is offered an authenticator', async () => {
    const { accessToken: token } = await signedIn(app);
    for (const path of ['totp', 'passkeys/options']) {
      const refused = await app.post(`/v1/users/me/authenticators/${path}`, {}, { token });
      expect([refused.status, refused.body.code]).toEqual([403, 'auth.method_disabled']);
    }
  });
});
