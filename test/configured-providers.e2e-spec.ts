import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../src/capabilities.js';
import { ConfiguredProviders } from '../src/auth/providers/configured-providers.service.js';
import { ProviderSecrets } from '../src/auth/providers/provider-secrets.service.js';
import type { NewProvider } from '../src/auth/providers/provider.js';
import { SettingsError, loadSettings } from '../src/config/load-settings.js';
import { type TestUser, signedInAs } from './support/accounts.js';
import { CLIENT_ID, CLIENT_SECRET } from './support/false-provider.js';
import { FEDERATED, falseProvider, signInBy } from './support/federation.js';
import { readSignIn } from './support/sign-ins.js';
import { type TestApp, startApp } from './support/start-app.js';

const GOOGLE = { preset: 'google', clientId: 'an-id', clientSecret: 'very-secret-4711' } as const;

describe('the setting PROVIDERS', () => {
  const problemsOf = (value: unknown): readonly string[] => {
    try {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      loadSettings(SETTINGS, { APP_SECRET: 'of a test 0123456789 0123456789 abc', PROVIDERS: text });
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
  };

  it('takes what the API takes, with the name of the preset as the slug', () => {
    const named = { slug: 'ours', name: 'Ours', issuer: 'https://id.example.com', clientId: 'id', acrMap: { mfa: 2 }, scopes: ['openid'] };
    expect(problemsOf([GOOGLE, named])).toEqual([]);
    const { PROVIDERS } = loadSettings(SETTINGS, {
      APP_SECRET: 'of a test',
      PROVIDERS: JSON.stringify([GOOGLE, { ...GOOGLE, slug: 'g2' }]),
    });
    expect(PROVIDERS.map(({ slug }) => slug)).toEqual(['google', 'g2']);
  });

  it.each([
    ['{', ['PROVIDERS must be a JSON array of objects']],
    ['{"slug": "secret-4711"}', ['PROVIDERS must be a JSON array of objects']],
    ['[1]', ['PROVIDERS must be a JSON array of objects']],
    [[{}], ['(number 1, slug)', '(number 1, clientId)']],
    [[GOOGLE, GOOGLE], ['PROVIDERS must name each slug once (google)']],
    [
      [{ ...GOOGLE, clientId: 4, signUps: 'yes', links: 'maybe', unknown: 'x' }],
      ['(google, clientId)', '(google, signUps)', '(google, links)', '(google, unknown)'],
    ],
    [[{ ...GOOGLE, slug: 'Bad Slug' }], ['(number 1, slug)']],
    [Array.from({ length: 2 }, () => ({ ...GOOGLE, slug: 'SECRET 4711' })), ['(number 1, slug)', '(number 2, slug)']],
    [[{ ...GOOGLE, preset: 'myspace' }], ['(myspace, preset)']],
    [[{ ...GOOGLE, name: 'a\nb', scopes: ['two words'] }], ['(google, name)', '(google, scopes)']],
    [[{ ...GOOGLE, issuer: 'http://169.254.169.254' }], ['(google, issuer)']],
    [[{ ...GOOGLE, preset: 'microsoft' }], ['(microsoft, issuer)']],
    [[{ ...GOOGLE, preset: 'microsoft', issuer: 'https://login.microsoftonline.com/common/v2.0' }], ['(microsoft, issuer)']],
    [[{ preset: 'apple', clientId: 'com.example' }], ['(apple, appleKey)', '(apple, clientSecret)']],
    [
      [{ preset: 'apple', clientId: 'com.example', clientSecret: 'k', appleKey: { teamId: 'short' } }],
      ['(apple, appleKey/teamId)', '(apple, appleKey/keyId)'],
    ],
    [[{ slug: 'plain', name: 'Plain', kind: 'oauth2', issuer: 'https://id.example.com', clientId: 'id' }], ['(plain, endpoints)']],
    [[{ slug: 'x', clientId: 'id', endpoints: 'no', acrMap: { mfa: 3 } }], ['(x, endpoints)', '(x, acrMap)']],
    [[{ slug: 'x', clientId: 'id' }], ['(x, issuer)', '(x, name)']],
    [[GOOGLE, { slug: 'bad', clientId: '' }], ['(bad, clientId)']],
  ])('refuses %j and names every wrong field, without its value', (value, expected) => {
    const problems = problemsOf(value);
    expect(problems).toHaveLength(expected.length);
    expected.forEach((part, index) => expect(problems[index]).toContain(part));
    expect(problems.every((problem) => problem.startsWith('PROVIDERS '))).toBe(true);
    expect(problems.join()).not.toMatch(/4711|a\nb|169\.254/);
  });
});

describe('providers that a setting sets up', () => {
  let app: TestApp;
  let admin: TestUser;
  const token = () => ({ token: admin.accessToken });
  const listed = async () => (await app.get('/v1/providers', token())).body;
  /** What a start with these settings does. */
  const startWith = async (providers: readonly object[]): Promise<void> => {
    const configured = app.nest.get(ConfiguredProviders, { strict: false });
    app.settings.PROVIDERS = providers as readonly NewProvider[];
    await configured.apply();
  };
  const events = () =>
    app.rows<{ action: string; details: object }>(
      `SELECT action, details FROM audit_events WHERE action LIKE 'provider.%' AND actor_id IS NULL ORDER BY id`,
    );

  beforeAll(async () => {
    app = await startApp({ ...FEDERATED, PROVIDERS: JSON.stringify([GOOGLE]) });
    admin = await signedInAs(app, 'admin');
  });
  afterAll(() => app.stop());

  it('are there after the start, with their secret sealed, and on record once', async () => {
    expect((await app.get('/v1/providers')).body).toEqual([{ slug: 'google', name: 'Google', preset: 'google' }]);
    expect(await listed()).toMatchObject([{ slug: 'google', fromSettings: true, hasSecret: true, enabled: true }]);
    const [row] = await app.rows<{ client_secret: string }>('SELECT * FROM providers');
    expect(JSON.stringify(row)).not.toContain('4711');
    await startWith([{ ...GOOGLE, slug: 'google' }]);
    expect(await events()).toEqual([{ action: 'provider.created', details: { slug: 'google', by: 'settings' } }]);
    // Nothing was written anew.
    expect((await app.rows('SELECT * FROM providers'))[0]).toEqual(row);
  });

  it('cannot be changed over the API', async () => {
    const [{ id }] = await listed();
    for (const [method, body] of [
      ['PATCH', { signUps: true }],
      ['DELETE', undefined],
    ] as const) {
      const refused = await app.call(method, `/v1/providers/${id}`, { ...token(), body });
      expect([refused.status, refused.body.code]).toEqual([409, 'provider.from_settings']);
    }
    const again = await app.post('/v1/providers', { ...GOOGLE, slug: 'google' }, token());
    expect(again.body.code).toBe('provider.slug_taken');
    expect(await listed()).toMatchObject([{ id, signUps: false }]);
  });

  it('become what the setting says at the next start, and are left to administrators when it names them no more', async () => {
    await startWith([{ ...GOOGLE, slug: 'google', clientSecret: 'another-4712', signUps: true, enabled: false }]);
    expect(await listed()).toMatchObject([{ signUps: true, enabled: false, fromSettings: true }]);
    const [{ client_secret: sealed } = { client_secret: '' }] = await app.rows<{ client_secret: string }>(
      'SELECT client_secret FROM providers',
    );
    expect(app.nest.get(ProviderSecrets, { strict: false }).open(sealed)).toBe('another-4712');
    await startWith([{ ...GOOGLE, slug: 'google' }]);
    await startWith([]);
    const [released] = await listed();
    expect(released).toMatchObject({ slug: 'google', enabled: false, fromSettings: false });
    expect((await events()).slice(1)).toEqual([
      { action: 'provider.updated', details: { slug: 'google', by: 'settings', fields: 'signUps clientSecret enabled' } },
      { action: 'provider.updated', details: { slug: 'google', by: 'settings', fields: 'signUps clientSecret enabled' } },
      { action: 'provider.updated', details: { slug: 'google', by: 'settings', fields: 'enabled fromSettings' } },
    ]);
    const enabled = await app.call('PATCH', `/v1/providers/${released.id}`, { ...token(), body: { enabled: true } });
    expect(enabled.body).toMatchObject({ enabled: true, fromSettings: false });
    expect((await app.call('DELETE', `/v1/providers/${released.id}`, token())).status).toBe(204);
  });

  it('take over one that an administrator made, with the identities of its accounts', async () => {
    const fake = await falseProvider();
    const ours = { slug: 'fake', name: 'Fake', issuer: fake.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, signUps: true };
    const made = await app.post('/v1/providers', ours, token());
    const person = { sub: 'known-before', email: 'known@example.org', email_verified: true };
    const before = await readSignIn(app, await signInBy(app, fake, person));
    await startWith([{ ...ours, name: 'Ours', signUps: false }]);
    expect(await listed()).toMatchObject([{ id: made.body.id, name: 'Ours', fromSettings: true }]);
    const after = await readSignIn(app, await signInBy(app, fake, person));
    expect(after.body.session.user.id).toBe(before.body.session.user.id);
    await startWith([]);
    expect((await app.get('/v1/providers')).body).toEqual([]);
  });

  it('start on several servers at once', async () => {
    await startWith([]);
    const configured = app.nest.get(ConfiguredProviders, { strict: false });
    app.settings.PROVIDERS = [{ ...GOOGLE, slug: 'at-once' }];
    await Promise.all([1, 2, 3].map(() => configured.apply()));
    expect((await listed()).filter(({ slug }: { slug: string }) => slug === 'at-once')).toHaveLength(1);
  });
});
