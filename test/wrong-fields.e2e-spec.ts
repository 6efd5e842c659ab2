import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signedIn, signedInAs } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const fieldsOf = ({ status, body }: Answer): unknown => [
  status,
  (body.errors as { pointer: string; rule: string }[]).map(({ pointer, rule }) => `${pointer} ${rule}`),
];

describe('one answer names every wrong field', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('of a registration: format, policy and identifiers together', async () => {
    const register = async (body: object): Promise<unknown> => fieldsOf(await app.post('/v1/auth/register', body));
    expect(await register({ email: 'x', password: 'short' })).toEqual([422, ['/email email.invalid', '/password password.too_short']]);
    expect(await register({})).toEqual([422, ['/email identifier.missing', '/password required']]);
    expect(await register({ email: 'x', mobile: '12', username: '?', firstName: 'a\nb', locale: '-', gender: 'x', extra: 1 })).toEqual([
      422,
      [
        '/email email.invalid',
        '/mobile mobile.invalid',
        '/username username.invalid',
        '/firstName name.invalid',
        '/gender isIn',
        '/locale locale.invalid',
        '/password required',
        '/extra unknownField',
      ],
    ]);
    expect(await register({ email: 'a\0b', mobile: 7, password: 'ada lovelace 1' })).toEqual([
      422,
      ['/email isText', '/mobile isString', '/password password.too_short'],
    ]);
    const email = freshEmail();
    expect(await register({ email, username: 'x y', password: `my ${email}` })).toEqual([
      422,
      ['/username username.invalid', '/password password.personal'],
    ]);
    expect(await register({ email, password: PASSWORD, returnTo: 'https://elsewhere.example', username: '' })).toEqual([
      422,
      ['/username username.invalid', '/returnTo returnTo.not_allowed'],
    ]);
  });

  it('of a sign-in', async () => {
    expect(fieldsOf(await app.post('/v1/auth/login', {}))).toEqual([422, ['/identifier required', '/password required']]);
    expect(fieldsOf(await app.post('/v1/auth/login', { identifier: '', password: null, session: 'x' }))).toEqual([
      422,
      ['/identifier required', '/password required', '/session isIn'],
    ]);
  });

  it('of proofs: what is missing is said once, not for each way', async () => {
    expect(fieldsOf(await app.post('/v1/auth/password/reset', {}))).toEqual([422, ['/token required', '/newPassword required']]);
    expect(fieldsOf(await app.post('/v1/auth/password/reset', { identifier: 'ada', newPassword: 'short' }))).toEqual([
      422,
      ['/code required', '/newPassword password.too_short'],
    ]);
    expect(fieldsOf(await app.post('/v1/auth/password/reset', { token: 't', code: '1', newPassword: 7 }))).toEqual([
      422,
      ['/token proof.ambiguous', '/code matches', '/newPassword isString'],
    ]);
    expect(fieldsOf(await app.post('/v1/auth/email/verification/confirm', {}))).toEqual([422, ['/token required']]);
    expect(fieldsOf(await app.post('/v1/auth/email/verification/confirm', { code: 'x', newPassword: 'short' }))).toEqual([
      422,
      ['/newPassword password.too_short', '/email required', '/code matches'],
    ]);
  });

  it('of edits and changes by the owner', async () => {
    const { accessToken: token } = await signedIn(app);
    const edit = await app.call('PATCH', '/v1/users/me', { body: { username: 'x', lastName: 'a\tb', locale: '?', metadata: [] }, token });
    expect(fieldsOf(edit)).toEqual([
      422,
      ['/username username.invalid', '/lastName name.invalid', '/locale locale.invalid', '/metadata isObject'],
    ]);
    const change = await app.call('PUT', '/v1/auth/password', { body: { currentPassword: '', newPassword: 'short' }, token });
    expect(fieldsOf(change)).toEqual([422, ['/currentPassword required', '/newPassword password.too_short']]);
    const email = await app.post('/v1/users/me/email', { email: 'ada@', currentPassword: '' }, { token });
    expect(fieldsOf(email)).toEqual([422, ['/email email.invalid', '/currentPassword required']]);
    const mobile = await app.call('PUT', '/v1/users/me/mobile', { body: { currentPassword: '', mobile: '1' }, token });
    expect((fieldsOf(mobile) as [number, string[]])[1].toSorted()).toEqual(['/currentPassword required', '/mobile mobile.invalid']);
  });

  it('of a list', async () => {
    const { accessToken: token } = await signedInAs(app, 'admin');
    const list = await app.get('/v1/users?search=ab&limit=0&status=x&createdFrom=yesterday', { token });
    expect((fieldsOf(list) as [number, string[]])[1].toSorted()).toEqual([
      '?createdFrom isDate',
      '?limit min',
      '?search search.too_short',
      '?status isIn',
    ]);
  });

  it('of a list that is paged on: the cursor of another search beside the other parameters', async () => {
    const { accessToken: token } = await signedInAs(app, 'admin');
    await signedIn(app);
    const get = (path: string): Promise<Answer> => app.get(path, { token });
    const of = (answer: Answer): string[] => (fieldsOf(answer) as [number, string[]])[1].toSorted();
    for (const list of ['/v1/users', '/v1/audit', '/v1/users/me/security-events', '/v1/books'])
      expect([list, of(await get(`${list}?limit=101&cursor=x`))]).toEqual([list, ['?cursor cursor.invalid', '?limit max']]);
    const { nextCursor } = (await get('/v1/audit?limit=1')).body as { nextCursor: string };
    expect((await get(`/v1/audit?limit=1&cursor=${nextCursor}`)).status).toBe(200);
    expect(of(await get(`/v1/audit?outcome=x&from=now&cursor=${nextCursor}`))).toEqual([
      '?cursor cursor.invalid',
      '?from isDate',
      '?outcome isIn',
    ]);
    expect(of(await get(`/v1/audit?outcome=failure&cursor=${nextCursor}`))).toEqual(['?cursor cursor.invalid']);
    expect(of(await get(`/v1/users?search=ab&cursor=${nextCursor}`))).toEqual(['?cursor cursor.invalid', '?search search.too_short']);
    expect(of(await get(`/v1/users?cursor=${nextCursor}&cursor=${nextCursor}&limit=x`))).toEqual(['?cursor isString', '?limit isInt']);
  });

  it('in words for people', async () => {
    const { body } = await app.post('/v1/auth/register', { email: 5, gender: 'x', mobile: '1'.repeat(60) });
    expect((body.errors as { pointer: string; detail: string }[]).map(({ pointer, detail }) => [pointer, detail])).toEqual([
      ['/email', 'This must be text.'],
      ['/mobile', 'Use at most 40 characters.'],
      ['/gender', 'Use female, male or other.'],
      ['/password', 'This field is required.'],
    ]);
  });
});

describe('what keyboards and address books add', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('does not keep anybody from an account: digits of other scripts, full stops of an IME, marks around', async () => {
    const digits = String(process.pid).padStart(7, '0').slice(-7);
    const arabic = [...`+1202${digits}`].map((digit) => (digit === '+' ? digit : '٠١٢٣٤٥٦٧٨٩'[Number(digit)])).join('');
    const mobile = await app.post('/v1/auth/register', { mobile: `\u200F${arabic}`, password: PASSWORD });
    expect([mobile.status, mobile.body.mobile]).toEqual([201, `+1202${digits}`]);
    const name = freshEmail().split('@')[0];
    const made = await app.post('/v1/auth/register', {
      email: `\u202A${name}@例え。テスト\u202C`,
      password: PASSWORD,
      firstName: '\u3164\u200B',
    });
    expect([made.status, made.body.email, made.body.firstName]).toEqual([201, `${name}@xn--r8jz45g.xn--zckzah`, null]);
    const identifier = `${name}＠例え．テスト`;
    expect((await app.post('/v1/auth/login', { identifier, password: PASSWORD })).status).toBe(200);
    const { accessToken: token } = await signedInAs(app, 'admin');
    for (const query of [`email=${name}@例え.テスト`, `search=${name}@例え.テスト`, `email=${name}@xn--r8jz45g`, `mobile=${arabic}`]) {
      const { body } = await app.get(`/v1/users?${query.replace(/=(.*)$/u, (_, text: string) => `=${encodeURIComponent(text)}`)}`, {
        token,
      });
      expect([query, (body.data as { id: string }[]).map(({ id }) => id)]).toEqual([
        query,
        [(query.startsWith('mobile') ? mobile : made).body.id],
      ]);
    }
  });
});
