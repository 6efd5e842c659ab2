import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Languages } from '../src/languages/languages.service.js';
import type { Locale } from '../src/languages/locales.js';
import type { TextKey } from '../src/languages/texts.js';
import { register, signedIn } from './support/accounts.js';
import { Administration } from './support/administrators.js';
import { poll } from './support/poll.js';
import type { Answer, CallOptions, TestApp } from './support/start-app.js';

const KEY = 'about.passkey' satisfies TextKey;
const ENGLISH = 'a passkey';
const DEVICE = 'about.device' satisfies TextKey;

describe('texts of an operator’s own', () => {
  let both: Administration;
  let app: TestApp;
  beforeAll(async () => {
    both = await Administration.start();
    ({ app } = both);
  });
  afterAll(() => both.stop());

  const call = (method: 'GET' | 'PUT' | 'DELETE', path: string, options: CallOptions = {}): Promise<Answer> =>
    app.call(method, `/v1/translations${path}`, { token: both.admin.accessToken, ...options });
  const put = (locale: string, key: string, text: unknown, headers = {}) => call('PUT', `/${locale}/${key}`, { body: { text }, headers });
  const textOf = (node: TestApp, locale: Locale, key: TextKey, values = {}) => node.nest.get(Languages).text(locale, key, values);
  const whenBothSay = (text: string, locale: Locale, key: TextKey, values = {}) =>
    poll(`"${text}" on both nodes`, () =>
      Promise.resolve([app, both.second].every((node) => textOf(node, locale, key, values) === text) ? true : undefined),
    );

  it('are in use on the node that took them at once, on the others soon, and no longer when they are deleted', async () => {
    const stored = await put('uk', KEY, '  ключ доступу ');
    expect(stored.status).toBe(200);
    expect(stored.body).toMatchObject({
      locale: 'uk',
      key: KEY,
      english: ENGLISH,
      own: 'ключ доступу',
      problem: null,
      updatedBy: both.admin.id,
    });
    expect(textOf(app, 'uk', KEY)).toBe('ключ доступу');
    await whenBothSay('ключ доступу', 'uk', KEY);
    expect(textOf(both.second, 'en', KEY)).toBe(ENGLISH);
    const shipped = String(stored.body.shipped ?? ENGLISH);
    expect((await call('DELETE', `/uk/${KEY}`)).status).toBe(204);
    expect(textOf(app, 'uk', KEY)).toBe(shipped);
    await whenBothSay(shipped, 'uk', KEY);
    expect((await call('DELETE', `/uk/${KEY}`)).body).toMatchObject({ status: 404, code: 'translation.not_found' });
  });

  it('are listed with the shipped ones and what a text may use', async () => {
    await put('en', DEVICE, 'Using {program}');
    const { body } = await call('GET', '?locale=en');
    const { data } = body as { data: { key: string; shipped: string | null }[] };
    expect(data.map(({ key }) => key)).toEqual(app.nest.get(Languages).keys);
    expect(data.find(({ key }) => key === DEVICE)).toEqual({
      locale: 'en',
      key: DEVICE,
      english: '{program} on {system}',
      shipped: '{program} on {system}',
      own: 'Using {program}',
      placeholders: ['program', 'system'],
      problem: null,
      updatedBy: both.admin.id,
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(data.find(({ key }) => key === KEY)).toMatchObject({
      shipped: ENGLISH,
      own: null,
      problem: null,
      updatedBy: null,
      updatedAt: null,
    });
  });

  it('are refused with the rule that they break', async () => {
    const rules = async (text: unknown) => {
      const { status, body } = await put('de', DEVICE, text);
      return [status, ...(body.errors ?? []).map(({ pointer, rule }: { pointer: string; rule: string }) => `${pointer} ${rule}`)];
    };
    expect(await rules('{program')).toEqual([422, '/text translation.syntax']);
    expect(await rules('{secret}')).toEqual([422, '/text translation.placeholder']);
    expect(await rules('<a href="https://evil.example">{program}</a>')).toEqual([422, '/text translation.markup']);
    expect(await rules('{program}\r\nBcc: eve@example.net')).toEqual([422, '/text translation.characters']);
    expect(await rules('\u202E{program}')).toEqual([422, '/text translation.characters']);
    expect(await rules('x'.repeat(4_001))).toEqual([422, '/text maxLength']);
    expect(await rules('x'.repeat(4_000))).toEqual([200]);
    const tooLong = await put('de', 'sms.code', `{code} ${'x'.repeat(306)}`);
    expect(tooLong.body.errors).toMatchObject([{ pointer: '/text', rule: 'translation.text_message' }]);
    expect(await rules(' ')).toEqual([422, '/text required']);
    expect(await rules(7)).toEqual([422, '/text isString']);
  });

  it.each([
    ['GET', '?locale=tlh', 'translation.locale_unknown'],
    ['GET', `/constructor/${KEY}`, 'translation.locale_unknown'],
    ['PUT', `/DE/${KEY}`, 'translation.locale_unknown'],
    ['PUT', '/de/no.such-key', 'translation.key_unknown'],
    ['DELETE', '/de/__proto__', 'translation.key_unknown'],
  ] as const)('%s %s is refused as %s', async (method, path, code) => {
    const { status, body } = await call(method, path, method === 'PUT' ? { body: { text: 'x' } } : {});
    expect([status, body.code]).toEqual([404, code]);
  });

  it('are edited by one administrator at a time', async () => {
    const first = await put('fr', KEY, 'une clé', { 'if-match': '"1"' });
    expect(first.status).toBe(412);
    const { headers } = await put('fr', KEY, 'une clé');
    const etag = String(headers['etag']);
    expect((await call('GET', `/fr/${KEY}`)).headers['etag']).toBe(etag);
    const edits = await Promise.all(['un', 'deux', 'trois'].map((text) => put('fr', KEY, text, { 'if-match': etag })));
    expect(edits.map(({ status }) => String(status)).toSorted()).toEqual(['200', '412', '412']);
    expect((await call('DELETE', `/fr/${KEY}`, { headers: { 'if-match': etag } })).status).toBe(412);
    // A text that was deleted and written anew is another one.
    const latest = String((await call('GET', `/fr/${KEY}`)).headers['etag']);
    expect((await call('DELETE', `/fr/${KEY}`, { headers: { 'if-match': latest } })).status).toBe(204);
    await put('fr', KEY, 'une clé');
    expect((await call('DELETE', `/fr/${KEY}`, { headers: { 'if-match': latest } })).status).toBe(412);
    expect((await call('GET', `/es/${KEY}`)).headers['etag']).toBeUndefined();
  });

  it('are all stored when many are written at once', async () => {
    const keys = app.nest
      .get(Languages)
      .keys.filter((key) => key.startsWith('error.'))
      .slice(0, 20);
    const answers = await Promise.all(keys.map((key) => put('it', key, `testo ${key}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const key of keys) await whenBothSay(`testo ${key}`, 'it', key);
  });

  it('go on record, once for each change', async () => {
    await put('nl', KEY, 'een sleutel');
    await put('nl', KEY, 'een sleutel');
    await call('DELETE', `/nl/${KEY}`);
    const events = await app.rows(`SELECT action, actor_id, details FROM audit_events WHERE details ->> 'locale' = 'nl' ORDER BY id`);
    const about = { actor_id: both.admin.id, details: { locale: 'nl', key: KEY } };
    expect(events).toEqual([
      { action: 'translation.changed', ...about },
      { action: 'translation.deleted', ...about },
    ]);
  });

  it('are for administrators only', async () => {
    const user = await signedIn(app);
    for (const token of [user.accessToken, undefined]) {
      const status = token === undefined ? 401 : 403;
      expect((await app.get('/v1/translations?locale=de', { token })).status).toBe(status);
      expect((await app.call('PUT', `/v1/translations/de/${KEY}`, { token, body: { text: 'x' } })).status).toBe(status);
      expect((await app.call('DELETE', `/v1/translations/de/${KEY}`, { token })).status).toBe(status);
    }
  });

  it('that another version stored are told as not in use, and the shipped ones are', async () => {
    await app.rows(
      `INSERT INTO translations (locale, key, text) VALUES ('pl', $1, 'mit {gone}'), ('pl', 'no.such-key', 'x'), ('xx', $1, 'x')`,
      [DEVICE],
    );
    await app.rows(`SELECT pg_notify('latchkey_translations', 'pl'), pg_notify('latchkey_translations', 'xx')`);
    expect((await call('GET', `/pl/${DEVICE}`)).body).toMatchObject({
      own: 'mit {gone}',
      problem: expect.stringContaining('{gone}'),
      updatedBy: null,
    });
    // The next change of the language is read after that one.
    await put('pl', KEY, 'klucz');
    await whenBothSay('klucz', 'pl', KEY);
    const values = { program: 'Firefox', system: 'Linux' };
    expect(textOf(both.second, 'pl', DEVICE, values)).toContain('Firefox');
    expect(both.second.logs.join()).toContain('A text of the database is not used');
    expect((await call('GET', '?locale=pl')).status).toBe(200);
  });

  it('are in mails, escaped but for emphasis; a mail goes out with shipped words where they cannot be used', async () => {
    const shipped = String(app.nest.get(Languages).shippedText('de', 'mail.confirm-email.title'));
    await put('de', 'mail.confirm-email.subject', "'<b>' & <b>Willkommen</b> bei {appName}");
    await put('de', 'mail.confirm-email.lead', `Nur <b>ein Klick</b>: '<a href="https://evil.example">hier</a>' & fertig`);
    await app.rows(`INSERT INTO translations (locale, key, text) VALUES ('de', 'mail.confirm-email.title', 'Titel von {gone}')`);
    await put('de', 'mail.confirm-email.reason', 'Weil du dich angemeldet hast.');
    const { email } = await register(app, { locale: 'de' });
    const { subject, html, text } = await app.mailbox.newest(email);
    expect(subject).toBe(`<b> & Willkommen bei ${app.settings.APP_NAME}`);
    expect(html).toContain('Nur <strong>ein Klick</strong>: &lt;a href');
    expect(html).not.toContain('<a href="https://evil.example"');
    expect(text?.replaceAll(/\s+/g, ' ')).toContain('Nur ein Klick: <a href="https://evil.example">hier</a> & fertig');
    expect(String(html).replaceAll(/<\/?span[^>]*>/g, '')).toContain(shipped);
    expect(html).not.toContain('Titel von');
    expect(html).toContain('Weil du dich angemeldet hast.');
  });

  it('stay when the account of their author goes', async () => {
    const { body } = await put('hi', KEY, 'पासकी');
    expect(body.updatedBy).toBe(both.admin.id);
    const author = await signedIn(app);
    await app.rows(`UPDATE translations SET updated_by = $1 WHERE locale = 'hi'`, [author.id]);
    await app.rows('DELETE FROM users WHERE id = $1', [author.id]);
    expect((await call('GET', `/hi/${KEY}`)).body).toMatchObject({ own: 'पासकी', updatedBy: null });
  });
});
