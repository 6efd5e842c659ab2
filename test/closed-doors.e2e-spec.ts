import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS } from '../src/contracts/shared/contract-slugs.js';
import type { SettingValues } from '../src/common/declared.js';
import { Settings } from '../src/config/settings.js';
import { PASSWORD, freshEmail, register, signedIn } from './support/accounts.js';
import { REFUSALS, SIGN_UPS } from './support/contract-sign-ups.js';
import { ContractClient } from './support/contracts.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import { askForCode, attempt, begin, mailedCode, readSignIn } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const CLOSED = 'Nobody can register on this server. Its administrators make the accounts.';
const OUTSIDE = 'This server takes only e-mail addresses of certain domains.';

describe('who can register', () => {
  let app: TestApp;
  let fake: FalseProvider;
  let before: Pick<SettingValues, 'REGISTRATION' | 'REGISTRATION_DOMAINS'>;
  const choose = (settings: Partial<SettingValues>) => Object.assign(app.nest.get(Settings), settings);
  const countAccounts = async () => (await app.rows<{ count: string }>('SELECT count(*) FROM users'))[0]?.count;

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp({ CONTRACTS: 'all', ...FEDERATED }), falseProvider()]);
    const { REGISTRATION, REGISTRATION_DOMAINS } = app.nest.get(Settings);
    before = { REGISTRATION, REGISTRATION_DOMAINS };
  });
  beforeEach(() => fake.reset());
  afterEach(() => choose(before));
  afterAll(() => app.stop());

  const provide = async (settings: Record<string, unknown> = {}) => {
    await app.rows('DELETE FROM identities');
    await app.rows(`DELETE FROM providers WHERE slug = 'fake'`);
    await addProvider(app, { issuer: fake.issuer, signUps: true, emailTrusted: true, ...settings });
  };

  it('is told to frontends', async () => {
    expect((await app.get('/v1/registration')).body).toEqual({ registration: 'open', emailDomains: [] });
    choose({ REGISTRATION: 'closed', REGISTRATION_DOMAINS: ['example.com'] });
    expect((await app.get('/v1/registration')).body).toEqual({ registration: 'closed', emailDomains: ['example.com'] });
  });

  describe('with REGISTRATION=closed', () => {
    it('is nobody by a password, whether or not the address is known, with either privacy', async () => {
      const known = (await register(app)).email;
      const accounts = await countAccounts();
      const countMails = async () => (await app.rows<{ count: string }>('SELECT count(*) FROM mails'))[0]?.count;
      const mails = await countMails();
      for (const ACCOUNT_PRIVACY of ['open', 'strict'] as const) {
        choose({ REGISTRATION: 'closed', ACCOUNT_PRIVACY });
        for (const fields of [{ email: known }, { email: freshEmail() }, { mobile: '+1 202 555 0177' }]) {
          const { status, body } = await app.post('/v1/auth/register', { ...fields, password: PASSWORD });
          expect([status, body.code, body.detail]).toEqual([403, 'registration.closed', CLOSED]);
        }
      }
      choose({ ACCOUNT_PRIVACY: 'open' });
      expect(await countAccounts()).toBe(accounts);
      expect(await countMails()).toBe(mails);
    });

    it.each(CONTRACT_SLUGS)('is nobody through the contract %s', async (slug) => {
      const accounts = await countAccounts();
      choose({ REGISTRATION: 'closed' });
      const { path, fields } = SIGN_UPS[slug](freshEmail());
      const answer = await new ContractClient(app, slug).send('POST', path, fields);
      expect([answer.status, answer.body]).toEqual(REFUSALS[slug](CLOSED));
      expect(await countAccounts()).toBe(accounts);
      choose({ REGISTRATION: 'open' });
      expect((await new ContractClient(app, slug).send('POST', path, fields)).status).toBeLessThan(300);
    });

    it('is nobody by a mailed code; the answers are those for a known address, which still gets its code', async () => {
      const { email } = await register(app);
      await app.rows('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
      const stranger = freshEmail();
      choose({ REGISTRATION: 'closed' });
      const known = await begin(app, { identifier: email });
      const unknown = await begin(app, { identifier: stranger });
      const { mail } = await mailedCode(app, known, email);
      expect(mail.secretCode).toMatch(/^\d{8}$/);
      const shape = ({ status, body }: Answer) => [status, Object.keys(body), body.type];
      expect(shape(await askForCode(app, unknown))).toEqual(shape(await askForCode(app, known)));
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [stranger])).toEqual([]);
    });

    it('is nobody with a code from before', async () => {
      const email = freshEmail();
      const waiting = await begin(app, { identifier: email });
      const { answer } = await mailedCode(app, waiting, email);
      choose({ REGISTRATION: 'closed' });
      const { status, body } = await attempt(app, waiting, answer);
      expect([status, body.code]).toEqual([403, 'registration.closed']);
      expect(await app.rows('SELECT 1 FROM users WHERE email = $1', [email])).toEqual([]);
    });

    it('is nobody by a provider or by an ID token; whoever has an account still signs in', async () => {
      await provide();
      const person = { sub: `sub-${Math.random()}`, email: freshEmail(), email_verified: true };
      const first = await readSignIn(app, await signInBy(app, fake, person));
      expect(first.body.status).toBe('complete');
      choose({ REGISTRATION: 'closed' });
      const stranger = { email: freshEmail(), email_verified: true };
      expect((await signInBy(app, fake, stranger)).code).toBe('registration.closed');
      expect((await signInBy(app, fake, {})).code).toBe('registration.closed');
      const waiting = await begin(app);
      const idToken = fake.idToken({ sub: 'somebody-new', ...stranger, nonce: waiting.id });
      const { status, body } = await attempt(app, waiting, { provider: 'fake', idToken });
      expect([status, body.code]).toEqual([403, 'registration.closed']);
      expect(await app.rows('SELECT 1 FROM users WHERE email = $1', [stranger.email])).toEqual([]);
      expect((await readSignIn(app, await signInBy(app, fake, person))).body.session.user.id).toBe(first.body.session.user.id);
    });
  });

  describe('with REGISTRATION_DOMAINS', () => {
    const inside = () => freshEmail().replace(/@.*/, '@firm.example');
    const outside = () => freshEmail().replace(/@.*/, '@elsewhere.example');
    const DOMAINS = ['firm.example', '*.branch.example', 'xn--bcher-kva.example'];

    it('has an address of one of them, in any spelling', async () => {
      choose({ REGISTRATION_DOMAINS: DOMAINS });
      const name = () => freshEmail().replace(/@.*/, '');
      const good = [inside(), inside().toUpperCase(), `${name()}@north.branch.example`, `${name()}@a.b.branch.example`];
      for (const email of [...good, `${name()}@Bücher.example`, `${name()}@firm。example`]) {
        expect((await app.post('/v1/auth/register', { email, password: PASSWORD })).status).toBe(201);
      }
      const bad = [outside(), `${name()}@branch.example`, `${name()}@sub.firm.example`, `${name()}@otherfirm.example`];
      for (const fields of [...bad.map((email) => ({ email })), { mobile: '+1 202 555 0178' }]) {
        const { status, body } = await app.post('/v1/auth/register', { ...fields, password: PASSWORD });
        expect([status, body.code, body.detail]).toEqual([403, 'registration.domain_not_allowed', OUTSIDE]);
      }
    });

    it.each(CONTRACT_SLUGS)('has one through the contract %s', async (slug) => {
      choose({ REGISTRATION_DOMAINS: DOMAINS });
      const { path, fields } = SIGN_UPS[slug](outside());
      const refused = await new ContractClient(app, slug).send('POST', path, fields);
      expect([refused.status, refused.body]).toEqual(REFUSALS[slug](OUTSIDE));
      if (slug === 'user-auth') return;
      const { path: again, fields: right } = SIGN_UPS[slug](inside());
      expect((await new ContractClient(app, slug).send('POST', again, right)).status).toBeLessThan(300);
    });

    it('has one by a mailed code and by a provider', async () => {
      await provide();
      choose({ REGISTRATION_DOMAINS: DOMAINS });
      const [email, stranger] = [inside(), outside()];
      const refused = await begin(app, { identifier: stranger });
      expect((await askForCode(app, refused)).status).toBe(201);
      const waiting = await begin(app, { identifier: email });
      expect((await attempt(app, waiting, (await mailedCode(app, waiting, email)).answer)).body.status).toBe('complete');
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [stranger])).toEqual([]);
      expect((await signInBy(app, fake, { email: stranger, email_verified: true })).code).toBe('registration.domain_not_allowed');
      expect((await signInBy(app, fake, { email: inside(), email_verified: true })).code).toBeNull();
    });

    it('changes no address by a code or link from before', async () => {
      const user = await signedIn(app, { email: inside() });
      const { accessToken: token } = user;
      const stranger = outside();
      expect((await app.post('/v1/users/me/email', { email: stranger, currentPassword: user.password }, { token })).status).toBe(202);
      const mail = await app.mailbox.newest(stranger);
      choose({ REGISTRATION_DOMAINS: DOMAINS });
      for (const proof of [{ code: mail.secretCode }, { token: mail.token }]) {
        const { status, body } = await app.post('/v1/users/me/email/confirm', proof, { token });
        expect([status, body.code]).toEqual([403, 'registration.domain_not_allowed']);
      }
      const form = new URLSearchParams({ token: mail.token, password: user.password });
      const page = await app.call('POST', '/account/confirm-new-email', {
        body: form.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect([page.status, page.text.includes(OUTSIDE)]).toEqual([403, true]);
      expect((await app.get('/v1/users/me', { token })).body.email).toBe(user.email);
    });

    it('changes the address only to another of them, also through a contract', async () => {
      choose({ REGISTRATION_DOMAINS: DOMAINS });
      const user = await signedIn(app, { email: inside(), username: `u${Math.random().toString(36).slice(2)}` });
      const { accessToken: token } = user;
      const ask = (email: string) => app.post('/v1/users/me/email', { email, currentPassword: user.password }, { token });
      const { status, body } = await ask(outside());
      expect([status, body.code]).toEqual([403, 'registration.domain_not_allowed']);
      expect((await ask(inside())).status).toBe(202);
      const api = new ContractClient(app, 'entity-user');
      const login = await api.send('POST', '/login', { email: user.email, password: user.password });
      const edit = (email: string) =>
        api.send('PATCH', '/user', { email }, { token: login.body.data.access_token ?? login.body.data.token });
      expect([(await edit(outside())).status, (await edit(outside())).body.message]).toEqual([400, OUTSIDE]);
    });
  });
});
