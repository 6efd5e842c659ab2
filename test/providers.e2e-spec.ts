import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, signedIn, signedInAs } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('providers, as administrators set them up', () => {
  let app: TestApp;
  let admin: TestUser;
  const token = () => ({ token: admin.accessToken });
  const GOOGLE = { slug: 'google', preset: 'google', clientId: 'an-id', clientSecret: 'very-secret-4711' };

  beforeAll(async () => {
    app = await sharedApp();
    admin = await signedInAs(app, 'admin');
  });
  afterAll(() => app.stop());

  it('fills in what a preset knows, and never answers the secret', async () => {
    const made = await app.post('/v1/providers', GOOGLE, token());
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      slug: 'google',
      name: 'Google',
      kind: 'oidc',
      issuer: 'https://accounts.google.com',
      scopes: ['openid', 'email', 'profile'],
      hasSecret: true,
      emailTrusted: false,
      links: 'ask',
      signUps: false,
      enabled: true,
      redirectUri: 'https://accounts.latchkey.test/v1/sign-ins/callback/google',
    });
    const read = await app.get(`/v1/providers/${made.body.id}`, token());
    expect(read.body).toEqual(made.body);
    expect(made.text + read.text).not.toContain('very-secret');
    const [row] = await app.rows<{ client_secret: string }>('SELECT client_secret FROM providers WHERE id = $1', [made.body.id]);
    expect(row?.client_secret).not.toContain('very-secret');
    const events = await app.rows(`SELECT action, actor_id, details FROM audit_events WHERE subject_id = $1 AND action LIKE 'provider.%'`, [
      made.body.id,
    ]);
    expect(events).toEqual([{ action: 'provider.created', actor_id: admin.id, details: { slug: 'google' } }]);
  });

  it('shows everybody the enabled ones, and administrators all with their settings', async () => {
    const disabled = await app.post('/v1/providers', { ...GOOGLE, slug: 'off', name: 'Off', enabled: false }, token());
    const shown = await app.get('/v1/providers');
    expect(shown.body).toContainEqual({ slug: 'google', name: 'Google', preset: 'google' });
    expect(shown.body.map(({ slug }: { slug: string }) => slug)).not.toContain('off');
    const user = await signedIn(app);
    expect((await app.get('/v1/providers', { token: user.accessToken })).body).toEqual(shown.body);
    const all = await app.get('/v1/providers', token());
    expect(all.body).toContainEqual(disabled.body);
  });

  it('takes plain OAuth 2 by its endpoints, and any OpenID provider by its issuer', async () => {
    const endpoints = {
      authorization: 'https://id.example.com/authorize',
      token: 'https://id.example.com/token',
      userinfo: 'https://id.example.com/me',
    };
    const plain = {
      slug: 'plain',
      name: 'Plain',
      kind: 'oauth2',
      issuer: 'https://id.example.com',
      endpoints,
      clientId: 'id',
      clientSecret: 's',
    };
    expect((await app.post('/v1/providers', plain, token())).body).toMatchObject({ kind: 'oauth2', endpoints });
    const any = { slug: 'any', name: 'Any', issuer: 'https://tenant.example.com/', clientId: 'id' };
    expect((await app.post('/v1/providers', any, token())).body).toMatchObject({ issuer: any.issuer, hasSecret: false });
  });

  it.each([
    [{ slug: 'Bad Slug' }, ['/slug']],
    [{ preset: 'myspace' }, ['/preset']],
    [{ kind: 'oauth2' }, ['/endpoints', '/kind']],
    [{ issuer: 'http://id.example.com' }, ['/issuer']],
    [{ issuer: 'https://127.0.0.1' }, ['/issuer']],
    [{ issuer: 'https://localhost' }, ['/issuer']],
    [{ issuer: 'https://keycloak:8443/realms/people' }, ['/issuer']],
    [{ issuer: 'https://169.254.169.254/latest' }, ['/issuer']],
    [{ issuer: 'https://[::ffff:10.0.0.1]/' }, ['/issuer']],
    [{ issuer: 'https://user:secret@id.example.com' }, ['/issuer']],
    [{ preset: undefined }, ['/issuer', '/name']],
    [{ preset: undefined, kind: 'oauth2', name: 'X', issuer: 'https://id.example.com' }, ['/endpoints']],
    [
      { preset: undefined, kind: 'oauth2', endpoints: { authorization: 'https://10.0.0.1/', token: 'https://id.example.com', more: 1 } },
      ['/endpoints/authorization', '/endpoints/more', '/endpoints/userinfo'],
    ],
    [{ preset: 'microsoft' }, ['/issuer']],
    [{ preset: 'microsoft', issuer: 'https://login.microsoftonline.com/common/v2.0' }, ['/issuer']],
    [{ preset: 'apple', clientSecret: undefined }, ['/appleKey', '/clientSecret']],
    [{ preset: 'apple', appleKey: { teamId: 'short' } }, ['/appleKey/keyId', '/appleKey/teamId']],
    [{ acrMap: { mfa: 3 } }, ['/acrMap']],
    [{ scopes: ['two words'], links: 'maybe', emailTrusted: 'yes' }, ['/emailTrusted', '/links', '/scopes']],
    [{ unknown: 1 }, ['/unknown']],
  ])('refuses %j', async (fields, pointers) => {
    const answer = await app.post('/v1/providers', { ...GOOGLE, slug: 'refused', ...fields }, token());
    expect(answer.status).toBe(422);
    expect(new Set(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer))).toEqual(new Set(pointers));
  });

  it('keeps slugs apart', async () => {
    const both = await Promise.all([1, 2].map(() => app.post('/v1/providers', { ...GOOGLE, slug: 'twice' }, token())));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
  });

  it('changes what is sent, once per version, and asks for the secret again when it goes elsewhere', async () => {
    const { body, headers } = await app.post('/v1/providers', { ...GOOGLE, slug: 'edited' }, token());
    const url = `/v1/providers/${body.id}`;
    const ifMatch = { 'if-match': String(headers['etag']) };
    const changed = await app.call('PATCH', url, { ...token(), headers: ifMatch, body: { signUps: true, acrMap: { mfa: 2 } } });
    expect(changed.body).toEqual({ ...body, signUps: true, acrMap: { mfa: 2 } });
    expect((await app.call('PATCH', url, { ...token(), headers: ifMatch, body: { signUps: false } })).status).toBe(412);
    const moved = await app.call('PATCH', url, { ...token(), body: { issuer: 'https://elsewhere.example.com' } });
    expect([moved.status, moved.body.errors[0].pointer]).toEqual([422, '/clientSecret']);
    const withSecret = await app.call('PATCH', url, { ...token(), body: { issuer: 'https://elsewhere.example.com', clientSecret: 'new' } });
    expect(withSecret.body.issuer).toBe('https://elsewhere.example.com');
    expect((await app.call('PATCH', url, { ...token(), body: { slug: 'other' } })).status).toBe(422);
    const off = await app.call('PATCH', url, { ...token(), body: { enabled: false } });
    expect(off.body.enabled).toBe(false);
    const events = await app.rows<{ details: object }>(
      `SELECT details FROM audit_events WHERE subject_id = $1 AND action = 'provider.updated' ORDER BY id`,
      [body.id],
    );
    expect(events.map(({ details }) => details)).toEqual([
      { slug: 'edited', fields: 'signUps acrMap' },
      { slug: 'edited', fields: 'issuer clientSecret' },
      { slug: 'edited', fields: 'enabled' },
    ]);
  });

  it('deletes one that nobody uses', async () => {
    const { body } = await app.post('/v1/providers', { ...GOOGLE, slug: 'deleted' }, token());
    expect((await app.call('DELETE', `/v1/providers/${body.id}`, token())).status).toBe(204);
    expect((await app.get(`/v1/providers/${body.id}`, token())).body.code).toBe('provider.not_found');
  });

  it('is for administrators alone', async () => {
    const user = await signedIn(app);
    const { body } = await app.post('/v1/providers', { ...GOOGLE, slug: 'guarded' }, token());
    for (const bearer of [undefined, user.accessToken]) {
      const refused = bearer === undefined ? 401 : 403;
      const options = { token: bearer, body: {} };
      expect((await app.call('POST', '/v1/providers', options)).status).toBe(refused);
      for (const method of ['PATCH', 'DELETE'] as const) {
        expect((await app.call(method, `/v1/providers/${body.id}`, options)).status).toBe(refused);
      }
      expect((await app.get(`/v1/providers/${body.id}`, { token: bearer })).status).toBe(refused);
    }
  });
});
